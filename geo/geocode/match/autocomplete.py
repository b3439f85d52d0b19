"""Autocomplete: streets with names that begin with the typed words, as in nat bridge for Natural Bridge Rd.

The geocoder calls `prefix_street_matches` for the streets and `completion_matches` for their addresses.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence

from geo.geocode.gazetteer.address_index import AddressIndex
from geo.geocode.match.other_names import is_other_road
from geo.geocode.match.scoring import AddressMatch, StreetMatch, score_rows
from geo.geocode.parse.address_parser import ParsedAddress, SplitAddress, Street
from geo.geocode.parse.vocabulary import fold_word, has_word_prefix
from geo.language.translate import gettext

_MAX_STREETS = 200
_MAX_STREETS_WITHOUT_NUMBER = 60  # limit without a typed number
MAX_STREETS_FOR_NEAREST = 3  # with more prefix matches the nearest number is not searched
_MAX_ADDRESSES_WITHOUT_NUMBER = 10  # addresses shown for streets typed without a number
_EMPTY_STREET = Street("", "", "", "")


def completion_matches(index: AddressIndex, street_matches: Sequence[StreetMatch]) -> list[AddressMatch]:
    """Return the addresses on prefix matches with the lowest penalty. A typed number must be on record."""
    texts = (
        gettext("Read “%(typed)s” as “%(meaning)s”."),
        gettext("No number typed; these are the first on %(street)s."),
    )
    matches = [
        match
        for street_match in street_matches
        for match in _street_completions(index, street_match, len(street_matches), texts)
    ]
    min_penalty = min((match.penalty for match in matches), default=0)
    return list({match.row: match for match in matches if match.penalty == min_penalty}.values())


def prefix_street_matches(index: AddressIndex, address_splits: Iterable[SplitAddress]) -> list[StreetMatch]:
    """Return the streets that begin with the typed words and have the typed number."""
    return [
        StreetMatch(ParsedAddress(house, _EMPTY_STREET, line), street_id, index.streets[street_id])
        for house, line in address_splits
        if not line.ignored
        for street_id in streets_with_prefix(
            index, line.street, index.streets_with_number(house), _MAX_STREETS if house else _MAX_STREETS_WITHOUT_NUMBER
        )
        if not house or not is_other_road(index, line.street, street_id)
    ]


def prefix_street_matches_any_number(index: AddressIndex, address_splits: Iterable[SplitAddress]) -> list[StreetMatch]:
    """Return the streets that begin with the typed words, with any number, an empty list if they are many."""
    street_matches = [
        StreetMatch(ParsedAddress(house, _EMPTY_STREET, line), street_id, index.streets[street_id])
        for house, line in address_splits
        if house and not line.ignored
        for street_id in streets_with_prefix(index, line.street, limit=MAX_STREETS_FOR_NEAREST + 1)
        if not is_other_road(index, line.street, street_id)
    ]
    return (
        street_matches
        if len({street_match.street_id for street_match in street_matches}) <= MAX_STREETS_FOR_NEAREST
        else []
    )


def _street_completions(
    index: AddressIndex, street_match: StreetMatch, street_count: int, texts: tuple[str, str]
) -> Iterator[AddressMatch]:
    """Yield the first addresses of a street. `texts` are looked up once for all streets."""
    house = street_match.parsed.house
    label, typed = (index.street_labels[street_match.street_id], " ".join(street_match.parsed.line.street).lower())
    is_completed = typed != label.lower() and not street_match.typed_text
    first, last = index.row_range(street_match.street_id, house.number if house else None)
    if house is None:
        last = min(last, first + max(1, _MAX_ADDRESSES_WITHOUT_NUMBER // street_count))
    messages = [texts[0] % {"typed": typed, "meaning": label}] if is_completed else []
    if house is None:
        messages.append(texts[1] % {"street": label})
    for match in score_rows(index, range(first, last), street_match):
        yield match._replace(mismatches=(*messages, *match.mismatches)) if messages else match


def streets_with_prefix(
    index: AddressIndex, typed: tuple[str, ...], allowed_ids: Collection[int] | None = None, limit: int = _MAX_STREETS
) -> list[int]:
    """Return the ids of streets with words that begin, in order, with the typed words.

    `allowed_ids` limits the streets, None allows all. Less than two letters match no street.
    """
    if not typed or len("".join(typed)) < 2:
        return []
    street_ids: dict[int, None] = {}
    first, *rest = typed
    # A single letter before other words is a whole word: W Br does not begin Water Bridge.
    if rest and len(first) == 1:
        spans = [_spellings_with_two_words(index, first, rest[0])]
    else:
        spans = [_spelling_range(index, (first,), (f"{first}\uffff",))]
    if (folded_first := fold_word(first)) != first or len(first) > 1:
        spans.append(_spelling_range(index, (folded_first,), (f"{folded_first} ",)))
    for span in spans:
        for i in span:
            street_id = index.spelling_street_ids[i]
            if allowed_ids is not None and street_id not in allowed_ids:
                continue
            if not rest or has_word_prefix(index.sorted_spellings[i][1:], rest):
                street_ids[street_id] = None
                if len(street_ids) == limit:
                    return list(street_ids)
    return list(street_ids)


def _spelling_range(index: AddressIndex, start: tuple[str, ...], end: tuple[str, ...]) -> Iterable[int]:
    first = bisect_left(index.sorted_spellings, start)
    return range(first, bisect_left(index.sorted_spellings, end, first))


def _spellings_with_two_words(index: AddressIndex, first: str, second: str) -> Iterable[int]:
    """Return the positions of spellings with a first word, and a second word that begins with or folds to `second`."""
    folded_second = fold_word(second)
    prefix_range = _spelling_range(index, (first, second), (first, f"{second}\uffff"))
    folded_range = _spelling_range(index, (first, folded_second), (first, f"{folded_second} "))
    return sorted({*prefix_range, *folded_range})
