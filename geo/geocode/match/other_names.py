"""Streets under another name: an alias of the town, a road by its number or letter, a person by the initials.

`match_streets` calls `match_aliases`, and `match_other_names` where no street has the typed name.
"""

from collections.abc import Iterable, Iterator, Sequence

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.match.scoring import StreetMatch
from geo.geocode.parse.address_parser import ParsedAddress
from geo.geocode.parse.numbered_roads import Road, parse_road
from geo.geocode.parse.street_aliases import Alias
from geo.geocode.parse.vocabulary import fold_words


def match_aliases(index: AddressIndex, parsed: ParsedAddress) -> Iterator[StreetMatch]:
    """Yield the streets that a town calls by the typed name. The typed town must use the alias."""
    for street_id, town, alias in alias_entries(index, parsed.line.street):
        if not town or not parsed.line.town_name or town == parsed.line.town_name:
            yield StreetMatch(parsed, street_id, index.streets[street_id], alias)


def alias_entries(index: AddressIndex, street: tuple[str, ...]) -> Sequence[Alias]:
    """Return the aliases that typed words are, as written or as the same numbered road."""
    if not index.aliases:
        return ()
    entries = index.aliases.get(fold_words(street), ())
    road = parse_road(street)
    return (*entries, *(index.other_names.aliases_of_road(road) if road else ()))


def match_other_names(index: AddressIndex, parses: Iterable[ParsedAddress]) -> Iterator[StreetMatch]:
    """Yield the streets that are the typed road or person under another name, each with the typed text.

    Highway N is Route N and MO-N, but never Route D. M L King Dr is Martin Luther King Dr.
    """
    for parsed in parses:
        road = parse_road(parsed.line.street)
        matches = _match_road(index, parsed, road) if road else _match_person(index, parsed)
        typed_text = " ".join(parsed.line.street).lower()
        yield from (match._replace(typed_text=typed_text) for match in matches)


def _match_road(index: AddressIndex, parsed: ParsedAddress, road: Road) -> Iterator[StreetMatch]:
    for street_id in index.other_names.streets_of_road(road):
        recorded = index.streets[street_id]
        typed = recorded._replace(
            predir=recorded.predir if road.predir else "", postdir=recorded.postdir if road.postdir else ""
        )
        yield StreetMatch(parsed._replace(street=typed), street_id, recorded)


def _match_person(index: AddressIndex, parsed: ParsedAddress) -> Iterator[StreetMatch]:
    for name in index.other_names.names_of_person(parsed.street.name):
        for street_id, recorded in index.streets_by_name[name]:
            yield StreetMatch(parsed, street_id, recorded)


def is_other_road(index: AddressIndex, typed: tuple[str, ...], street_id: int, name: str | None = None) -> bool:
    """Return whether a street is a numbered or lettered road, and typed words name another one.

    Such numbers and letters are compared whole: Route N is no unfinished Route NN. A `name` of the street without
    the number or letter, such as the HWY of Highway N, is no name of it.
    """
    recorded = index.other_names.road_of_street.get(street_id)
    if recorded is None:
        return False
    if name is not None and not any(word.endswith(recorded.id) for word in name.split()):
        return True
    road = parse_road(typed)
    return road is not None and not road.is_same_road(recorded)
