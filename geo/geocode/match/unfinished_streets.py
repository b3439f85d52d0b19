"""Streets typed in one piece, or begun with a slip: "chambersrdse" is Chambers Rd SE, "partru" begins Partridge.

The geocoder tries both among the streets that have the typed house number.
"""

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.match.scoring import StreetMatch
from geo.geocode.parse.address_parser import ParsedAddress, SplitAddress, Street
from geo.geocode.parse.edit_distance import digits_in
from geo.geocode.parse.vocabulary import DIRECTION, SUFFIX, expand_name

_MIN_JOINED_LETTERS = 5
_MIN_BEGINNING, _MIN_BEGINNING_TWO_EDITS = 4, 9  # letters of a beginning that allows one or two edits
_NO_STREET = Street("", "", "", "")


def joined_street_matches(index: AddressIndex, splits: Iterable[SplitAddress]) -> list[StreetMatch]:
    """Return the streets with the typed number whose parts are the typed letters, whatever the blanks."""
    matches: dict[StreetMatch, None] = {}
    for house, line in splits:
        typed = "".join(line.street)
        if house is None or line.ignored or len(typed) < _MIN_JOINED_LETTERS:
            continue
        spelling_index = index.spelling_index_of_number(house.number)
        names = spelling_index.names_by_form[0]
        for street_id in [spelling_index.street_ids[i] for i, name in enumerate(names) if name in typed]:
            for street in _split_joined(typed, index.streets[street_id]):
                parsed = ParsedAddress(house, street, line)
                match = StreetMatch(parsed, street_id, index.streets[street_id], typed_text=_typed_text(parsed))
                matches.setdefault(match)
    return list(matches)


def _split_joined(typed: str, recorded: Street) -> Iterator[Street]:
    """Yield a recorded street with the parts that joined letters hold, nothing if they are no such street.

    >>> list(_split_joined("CHAMBERSRDSE", Street("", "CHAMBERS", "RD", "SE")))
    [Street(predir='', name='CHAMBERS', suffix='RD', postdir='SE')]
    >>> list(_split_joined("CHAMBERSRDSE", Street("", "CHAMBERS", "RD", "")))
    []
    """
    predir, name, after = typed.partition(expand_name(recorded.name))
    if not name or (predir and DIRECTION.get(predir) != recorded.predir):
        return
    for end in range(len(after) + 1):
        suffix, postdir = after[:end], after[end:]
        is_suffix = not suffix or SUFFIX.get(suffix) == recorded.suffix
        if is_suffix and (not postdir or DIRECTION.get(postdir) == recorded.postdir):
            yield Street(
                recorded.predir if predir else "",
                recorded.name,
                recorded.suffix if suffix else "",
                recorded.postdir if postdir else "",
            )
            return


def misspelled_beginning_matches(index: AddressIndex, splits: Iterable[SplitAddress]) -> list[StreetMatch]:
    """Return the streets with the typed number that begin, but for a slip, with the typed letters: those closest."""
    found: dict[StreetMatch, int] = {}
    for house, line in splits:
        if house is None or line.ignored:
            continue
        spelling_index = index.spelling_index_of_number(house.number)
        typed = expand_name(" ".join(line.street))
        for i, edits in _similar_beginnings(typed, spelling_index.names_by_form[0]):
            street_id = spelling_index.street_ids[i]
            if street_id in index.other_names.road_of_street:
                continue  # a road is its number or letter, which the beginning lacks
            parsed = ParsedAddress(house, _NO_STREET, line)
            match = StreetMatch(parsed, street_id, index.streets[street_id], typed_text=_typed_text(parsed))
            found[match] = min(edits, found.get(match, edits))
    least = min(found.values(), default=0)
    return [match for match, edits in found.items() if edits == least]


def _similar_beginnings(typed: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Return the position and the edits of each name that begins with almost the typed letters.

    >>> _similar_beginnings("PARTRU", ["PARTRIDGE", "PARK", "PARTRUSE"])
    [(0, 1), (2, 0)]
    """
    if len(typed) < _MIN_BEGINNING:
        return []
    max_edits = 1 + (len(typed) >= _MIN_BEGINNING_TWO_EDITS)
    beginnings = {i: name[: len(typed)] for i, name in enumerate(names) if len(name) > len(typed)}
    # A beginning of one letter more or less is at most one edit farther.
    near = process.extract(typed, beginnings, scorer=OSA.distance, score_cutoff=max_edits + 1, limit=None)
    positions, digits, full_names = sorted(i for _, _, i in near), digits_in(typed), list(names) if near else []
    edits_by_position = {}
    for i in positions:
        forms = [full_names[i][: len(typed) + more] for more in (-1, 0, 1)]
        edits = min((OSA.distance(typed, form) for form in forms if digits_in(form) == digits), default=max_edits + 1)
        if edits <= max_edits:
            edits_by_position[i] = edits
    return list(edits_by_position.items())


def _typed_text(parsed: ParsedAddress) -> str:
    return " ".join(parsed.line.street).lower()
