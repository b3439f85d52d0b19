"""Candidate rows for parsed addresses: exact numbers, ranges and blocks.

The geocoder calls `match_streets`, then one of the other functions. A number that differs is never
an exact match.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from geo.geocode.gazetteer.address_index import AddressIndex, address_key
from geo.geocode.gazetteer.address_table import fold_name
from geo.geocode.gazetteer.format_rows import town_of_row
from geo.geocode.match import penalties
from geo.geocode.match.other_names import alias_entries, is_other_road, match_aliases, match_other_names
from geo.geocode.match.scoring import AddressMatch, Mismatch, StreetMatch, score_rows
from geo.geocode.parse.address_parser import ParsedAddress
from geo.geocode.parse.change_texts import ignored_text, other_number_text
from geo.language.translate import gettext

MAX_LETTER_PENALTY = 3  # limit for a number that differs only by range, fraction or letter


def match_streets(index: AddressIndex, parses: Iterable[ParsedAddress]) -> list[StreetMatch]:
    """Return the streets that parsed addresses may mean, those with the fewest mismatches.

    If a typed street exists as typed, no street with another suffix or direction is returned.
    """
    street_matches: dict[StreetMatch, None] = {}
    unique_parses = list(dict.fromkeys(parses))
    for parsed in unique_parses:
        for street_id, recorded in index.streets_by_name.get(parsed.street.name, ()):
            if not is_other_road(index, parsed.line.street, street_id, recorded.name):
                street_matches[StreetMatch(parsed, street_id, recorded)] = None
        street_matches.update(dict.fromkeys(match_aliases(index, parsed)))
    min_cost = min((street_match.mismatch_cost for street_match in street_matches), default=None)
    if min_cost != 0:  # no street has the typed name
        street_matches.update(dict.fromkeys(match_other_names(index, unique_parses)))
        min_cost = min((street_match.mismatch_cost for street_match in street_matches), default=None)
    return [street_match for street_match in street_matches if street_match.mismatch_cost == min_cost]


def match_addresses(index: AddressIndex, street_matches: Iterable[StreetMatch]) -> list[AddressMatch]:
    """Return the best rows on matched streets: the number itself, or a range that holds it."""
    matches = [match for street_match in street_matches for match in _match_street_rows(index, street_match)]
    return best_matches(index, matches)


def _match_street_rows(index: AddressIndex, street_match: StreetMatch) -> Iterator[AddressMatch]:
    house = street_match.parsed.house
    if house is None:
        return
    alias_towns = _alias_towns(index, street_match)
    first, last = index.row_range(street_match.street_id, house.number)
    rows: Sequence[int] = range(first, last)
    if alias_towns:
        rows = [row for row in rows if fold_name(town_of_row(index, row)) in alias_towns]
    yield from score_rows(index, rows, street_match)
    for row in ranges_containing(index, street_match.street_id, house.number):
        recorded = f"{index.house_number(row)}-{int(index.high[row])}"
        message = gettext("Number %(typed)s is part of %(recorded)s.", typed=house, recorded=recorded)
        yield from score_rows(
            index,
            [row],
            street_match,
            ((penalties.NUMBER_WITHIN_RANGE, message), *_ignored_letter_mismatches(street_match)),
        )
    if house.high:
        first = bisect_left(index.key_view, address_key(street_match.street_id, house.number + 1))
        last = bisect_left(index.key_view, address_key(street_match.street_id, house.high + 1))
        for row in range(first, last):
            if (index.house_number(row) - house.number) % 2 == 0:
                message = other_number_text(str(house), str(index.house_number(row)))
                yield from score_rows(
                    index,
                    [row],
                    street_match,
                    ((penalties.NUMBER_INSIDE_TYPED_RANGE, message), *_ignored_letter_mismatches(street_match)),
                )


def _alias_towns(index: AddressIndex, street_match: StreetMatch) -> set[str]:
    """Return the folded towns that use an alias, empty if all towns do."""
    if not street_match.alias:
        return set()
    aliases = alias_entries(index, street_match.parsed.line.street)
    towns = {town for street_id, town, _ in aliases if street_id == street_match.street_id}
    return set() if "" in towns else towns


def _ignored_letter_mismatches(street_match: StreetMatch) -> tuple[Mismatch, ...]:
    """Return the mismatch for a fraction or letter that was ignored because only the number was compared."""
    house = street_match.parsed.house
    if house and (ignored := " ".join(filter(None, (house.frac, house.letter)))):
        return ((penalties.NUMBER_ADDITION_IGNORED, ignored_text(ignored)),)
    return ()


def ranges_containing(index: AddressIndex, street_id: int, number: int) -> list[int]:
    """Return the rows of ranges that hold a number above their lower end. 4021-25 holds odd numbers only."""
    first = bisect_left(index.range_key_view, address_key(street_id, max(0, number - index.max_range_length)))
    last = bisect_left(index.range_key_view, address_key(street_id, number), first)
    if first == last:  # the usual case
        return []
    return [row for row in index.range_row_view[first:last] if _range_contains(index, row, number)]


def _range_contains(index: AddressIndex, row: int, number: int) -> bool:
    lower, upper = index.house_number(row), index.high.item(row)
    return number <= upper and ((upper - lower) % 2 == 1 or (number - lower) % 2 == 0)


def best_matches(index: AddressIndex, matches: list[AddressMatch]) -> list[AddressMatch]:
    """Return the matches with the lowest penalty, fully typed streets first, then whole addresses.

    A whole address replaces its units only on the same street in the same town.
    """
    if not matches:
        return []
    min_penalty = min(match.penalty for match in matches)
    retained = [match for match in matches if match.penalty == min_penalty]
    retained = [match for match in retained if not match.omitted_count] or _full_street_matches(matches) + retained
    complete_keys = {_key_and_town(index, match) for match in retained if match.is_complete}
    retained = [match for match in retained if match.is_complete or _key_and_town(index, match) not in complete_keys]
    unique = list({match.row: match for match in reversed(retained)}.values())[::-1]
    return sorted(unique, key=lambda match: (match.omitted_count, not match.is_complete))


def _full_street_matches(matches: list[AddressMatch]) -> list[AddressMatch]:
    """Return the rows on a fully typed street with the right number, except for range, fraction or letter.

    They join rows with the exact number on a street typed without its direction, since both are likely.
    """
    close_matches = [match for match in matches if not match.omitted_count and match.penalty <= MAX_LETTER_PENALTY]
    min_penalty = min((match.penalty for match in close_matches), default=0)
    return [match for match in close_matches if match.penalty == min_penalty]


def _key_and_town(index: AddressIndex, match: AddressMatch) -> tuple[int, str]:
    return int(index.key[match.row]), town_of_row(index, match.row)


def match_block(index: AddressIndex, street_matches: list[StreetMatch], number: int) -> list[AddressMatch]:
    """Return the addresses of a block of a hundred numbers, lowest number first."""
    low = number - number % 100
    matches: list[AddressMatch] = []
    for street_match in street_matches:
        first = index.key.searchsorted(address_key(street_match.street_id, low))
        last = index.key.searchsorted(address_key(street_match.street_id, low + 100))
        matches += score_rows(index, range(int(first), int(last)), street_match)
    best_rank = min(((match.penalty, match.omitted_count) for match in matches), default=0)
    rows = {
        address_match.row: address_match
        for address_match in matches
        if (address_match.penalty, address_match.omitted_count) == best_rank
    }
    return sorted(rows.values(), key=lambda match: (index.house_number(match.row), match.row))
