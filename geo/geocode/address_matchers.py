"""Matchers for addresses with a house number: as typed, repaired, rewritten, on a similar street, or absent.

The geocoder calls each with a `GeocodeQuery`. Each returns a status and candidates, none if it does not apply.
"""

from collections.abc import Sequence

from geo.geocode.match import penalties
from geo.geocode.match.absent_numbers import absent_number_matches
from geo.geocode.match.autocomplete import prefix_street_matches_any_number
from geo.geocode.match.candidates import best_matches, match_addresses, match_block, match_streets
from geo.geocode.match.fuzzy import similar_streets
from geo.geocode.match.geocode_query import GeocodeQuery, result_status, to_candidates, unique_candidates
from geo.geocode.match.geocode_result import Status
from geo.geocode.match.named_places import MatcherResult
from geo.geocode.match.scoring import AddressMatch, StreetMatch
from geo.geocode.match.two_numbers import split_numbers
from geo.geocode.match.unfinished_streets import joined_street_matches, misspelled_beginning_matches
from geo.geocode.parse.address_parser import iter_parses
from geo.geocode.parse.block_ranges import parse_block
from geo.geocode.parse.repair_tokens import merge_split_number, move_suffix_last, split_glued_direction
from geo.geocode.parse.rewrite_rules import drop_words_before_number
from geo.language.translate import gettext


def match_block_streets(request: GeocodeQuery) -> tuple[int, list[StreetMatch]]:
    """Return the block number in a text and the streets it may be on, no streets without a block."""
    number, street = parse_block(request.text) or (0, "")
    parses = [parsed for parsed in iter_parses(street, request.index.town_names) if parsed.house is None]
    return number, match_streets(request.index, parses) if street else []


def find_block(request: GeocodeQuery) -> MatcherResult:
    """List the addresses of a block, lowest number first: "7300 blk Burrwood" is 7300 to 7399."""
    number, street_matches = match_block_streets(request)
    matches = match_block(request.index, street_matches, number)
    return "block", to_candidates(request.index, matches, "block", request.limit)


def find_address(request: GeocodeQuery) -> MatcherResult:
    """Find an address by its number or by a range that holds it, else what an absent number may mean."""
    matches = match_numbered_address(request)
    if not (matches and not matches[0].penalty) and request.repaired_query:
        repaired, messages = request.repaired_query
        repaired_matches = [_with_mismatches(match, messages) for match in match_numbered_address(repaired)]
        if repaired_matches and not (matches and matches[0].penalty < repaired_matches[0].penalty):
            return matcher_result(repaired, repaired_matches)
    if matches:
        return matcher_result(request, matches)
    if request.street_matches and (rewrite := merge_split_number(request.text)):
        merged_request = request.with_text(rewrite[0])
        if matches := match_numbered_address(merged_request):
            return matcher_result(merged_request, [_with_mismatches(match, rewrite[1:]) for match in matches])
    return _find_absent_number(request, request.street_matches)


def find_several_numbers(request: GeocodeQuery) -> MatcherResult:
    """Find the addresses of several numbers on one street, if two of them at least are on record."""
    addresses = split_numbers(request.text)
    if not addresses:
        return "none", []
    merged = merge_split_number(request.text)
    if merged and any(len(match.mismatches) == 0 for match in match_numbered_address(request.with_text(merged[0]))):
        return "none", []  # the table has them as one range
    match_lists = [match_numbered_address(request.with_text(address)) for address in addresses]
    numbers = ", ".join(address.split()[0] for address in addresses)
    messages = (gettext("Several house numbers were typed: %(numbers)s.", numbers=numbers),)
    matches = list({match.row: match for found in match_lists for match in found}.values())
    street_ids = [{request.index.street_id_of_row(match.row) for match in found} for found in match_lists if found]
    if sum(map(bool, match_lists)) < 2 or not set.intersection(*street_ids):
        return "none", []
    return matcher_result(request, [_with_mismatches(match, messages) for match in matches])


def match_numbered_address(request: GeocodeQuery) -> list[AddressMatch]:
    """Return the best rows for the number, on the streets that a text may mean."""
    index = request.index
    if not request.numbered_parses:
        return []  # an address needs a number
    lettered_parses = [parsed for parsed in request.numbered_parses if request.has_ambiguous_letter(parsed)]
    lettered_matches = [
        match for match in match_addresses(index, match_streets(index, lettered_parses)) if not match.penalty
    ]
    return best_matches(index, match_addresses(index, request.street_matches) + lettered_matches)


def matcher_result(request: GeocodeQuery, matches: list[AddressMatch]) -> MatcherResult:
    """Return equally good matches as candidates: one is a match, several are ambiguous."""
    is_changed = bool(matches[0].penalty)
    single_status = result_status(1, changed=is_changed)
    unique = unique_candidates(to_candidates(request.index, matches, single_status))
    if len(unique) == 1:
        return single_status, unique
    candidate_status: Status = single_status if all(match.penalty for match in matches) else "ambiguous"
    all_candidates = to_candidates(request.index, matches, candidate_status)
    return "ambiguous", unique_candidates(request.sort_candidates(all_candidates))


def find_rewritten(request: GeocodeQuery) -> MatcherResult:
    """Find an address typed in another order or with glued words."""
    rewrites = [*request.rewrites]
    text, messages = rewrites[-1] if rewrites else (request.text, ())
    extra_rewrites = (
        rule(text) for rule in (split_glued_direction, move_suffix_last)
    )  # used only if that address is on record
    rewrites += [(rewrite[0], (*messages, rewrite[1])) for rewrite in extra_rewrites if rewrite]
    if shortened := drop_words_before_number(request.text):
        rewrites.append((shortened[0], shortened[1:]))
    for text, messages in rewrites:
        rewritten_request = request.with_text(text)
        if matches := match_numbered_address(rewritten_request):
            return matcher_result(rewritten_request, [_with_mismatches(match, messages) for match in matches])
    text, messages = request.rewrites[-1] if request.rewrites else (request.text, ())
    rewritten_request = request.with_text(text)
    joined = joined_street_matches(request.index, rewritten_request.address_splits)
    if matches := [_with_mismatches(match, messages) for match in match_addresses(request.index, joined)]:
        return matcher_result(rewritten_request, matches)
    return "none", []


def _with_mismatches(match: AddressMatch, messages: tuple[str, ...]) -> AddressMatch:
    return match._replace(
        penalty=match.penalty + penalties.REWRITTEN_TEXT * len(messages), mismatches=(*messages, *match.mismatches)
    )


def find_on_similar_street(request: GeocodeQuery) -> MatcherResult:
    """Find the number on the street closest in spelling, else its closest number there."""
    if request.street_matches:
        return "none", []  # the typed street exists, so no similar one is searched
    text, messages = request.rewrites[-1] if request.rewrites else (request.text, ())
    rewritten_request = request.with_text(text)
    if rewritten_request.street_matches:
        return _find_absent_number(rewritten_request, rewritten_request.street_matches, messages, any_distance=True)
    numbers = {item.house.number for item in rewritten_request.numbered_parses if item.house}
    street_matches = similar_streets(request.index, rewritten_request.numbered_parses, sorted(numbers))
    if matches := [_with_mismatches(match, messages) for match in match_addresses(request.index, street_matches)]:
        return matcher_result(rewritten_request, matches)
    beginnings = misspelled_beginning_matches(request.index, rewritten_request.address_splits)
    if matches := [_with_mismatches(match, messages) for match in match_addresses(request.index, beginnings)]:
        return matcher_result(rewritten_request, matches)
    prefix_matches = prefix_street_matches_any_number(request.index, rewritten_request.address_splits)
    street_matches = [_with_typed_text(item) for item in prefix_matches] or similar_streets(
        request.index, rewritten_request.numbered_parses
    )
    if matches := [_with_mismatches(match, messages) for match in match_addresses(request.index, street_matches)]:
        return matcher_result(rewritten_request, matches)
    return _find_absent_number(request, street_matches, messages, any_distance=True)


def find_far_number(request: GeocodeQuery) -> MatcherResult:
    """Return what an absent number may mean on the street that was typed, the closest numbers however far they are."""
    text, messages = request.rewrites[-1] if request.rewrites else (request.text, ())
    result = _find_absent_number(request, request.street_matches, any_distance=True)
    if result[1]:
        return result
    rewritten_request = request.with_text(text)
    return _find_absent_number(rewritten_request, rewritten_request.street_matches, messages, any_distance=True)


def _find_absent_number(
    request: GeocodeQuery,
    street_matches: Sequence[StreetMatch],
    messages: tuple[str, ...] = (),
    *,
    any_distance: bool = False,
) -> MatcherResult:
    """Return what a number that is on no record may mean: neighbors, a wrong digit, the same number elsewhere.

    Without a neighbor within a block, nothing is returned unless `any_distance` is set.
    """
    if not street_matches or (any_distance and match_block_streets(request)[1]):
        return "none", []  # a block without an address is told as one
    parses = [] if street_matches[0].typed_text else request.numbered_parses
    match_lists = absent_number_matches(request.index, street_matches, parses, any_distance=any_distance)
    candidate_lists = [
        to_candidates(request.index, [_with_mismatches(match, messages) for match in matches], "nearest")
        for matches in match_lists
    ]
    return "nearest", unique_candidates(
        [candidate for candidates in candidate_lists for candidate in request.sort_candidates(candidates)]
    )


def find_with_misspelled_town(request: GeocodeQuery) -> MatcherResult:
    """Find an address whose last words are a misspelled town, typed without a comma or a suffix before it."""
    matches = best_matches(request.index, match_addresses(request.index, request.misspelled_town_matches))
    return matcher_result(request, matches) if matches else ("none", [])


def _with_typed_text(street_match: StreetMatch) -> StreetMatch:
    return street_match._replace(typed_text=" ".join(street_match.parsed.line.street).lower())
