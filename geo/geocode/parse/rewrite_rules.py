"""Rewrite rules: put an address typed in another order, or among other words, into postal order.

The geocoder calls `apply_rewrite_rules` if a text finds nothing as typed. Each rule returns the new
text with a sentence about the change, or None if it does not apply.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from geo.geocode.parse.change_texts import ignored_text, number_first_text
from geo.geocode.parse.repair_tokens import (
    Rewrite,
    add_ordinal_ending,
    drop_repeated_word,
    mend_ordinal,
    merge_split_number,
    replace_n_with_and,
    split_glued_number,
    split_glued_unit,
)
from geo.geocode.parse.town_names import TownNames
from geo.geocode.parse.vocabulary import (
    CONNECTING_WORDS,
    LEAD_IN_WORDS,
    LONE_UNIT,
    NEARBY_WORDS,
    NUMBERED_UNIT,
    PLAIN_UNIT,
    ROAD_CLASSES,
    STATE,
    STATE_BY_ZIP_PREFIX,
    SUFFIX,
)
from geo.language.translate import gettext

_TRAILING_NUMBER = re.compile(r"([^0-9].*?)[ ,-]+([0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?)(?=$| *,)(.*)")
_HOUSE_NUMBER = re.compile(r"[0-9]{1,6}(?:-[0-9]{1,6})?[A-Z]?")
_UNIT_ID = re.compile(r"[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z]")
_MAX_TOWN_WORDS = 5  # longest town name
_TOWN_KINDS = ("CITY", "TOWN", "VILLAGE")  # before "OF"
_OTHER_NUMBER_WORDS = frozenset((*NUMBERED_UNIT, *ROAD_CLASSES))  # a number after these is no house number
_SEPARATORS = (",", "-", "&")  # between a town and the next part


def apply_rewrite_rules(text: str, town_names: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a normalized text after each rule that applies, with the sentences of all changes so far.

    >>> list(apply_rewrite_rules("NATURAL BRIDGE RD 7201", {}))
    [('7201 NATURAL BRIDGE RD', ('Moved “7201” before the street.',))]
    >>> list(apply_rewrite_rules("1744 66 ST", {})), list(apply_rewrite_rules("401 OAK ST", {}))
    ([('1744 66TH ST', ('Read “66” as “66th”.',))], [])
    """
    if not text:
        return
    messages: tuple[str, ...] = ()
    if repair := repair_words(text):
        text, messages = repair
        yield repair
    folded_names = TownNames.from_names(town_names)
    for rule in _REWRITE_RULES:
        if rewrite := rule(text, folded_names):
            text, message = rewrite
            messages = (*messages, message)
            yield text, messages


def repair_words(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return a normalized text with its units and ordinals repaired, and a sentence for each, None without any.

    Such a repair needs no look at the gazetteer: the text as typed means nothing else.

    >>> repair_words("1744 3 RD ST APT2")
    ('1744 3RD ST APT 2', ('Read “apt2” as “apt 2”.', 'Read “3 rd” as “3rd”.'))
    """
    messages: tuple[str, ...] = ()
    for rule in (split_glued_unit, mend_ordinal):
        if rewrite := rule(text):
            text, messages = rewrite[0], (*messages, rewrite[1])
    return (text, messages) if messages else None


def _move_unit_last(text: str, _: TownNames) -> Rewrite | None:
    """Move a unit typed before the number or the street to the end.

    >>> _move_unit_last("APT 2 401 OAK ST", TownNames())
    ('401 OAK ST , APT 2', 'Moved “apt 2” after the street.')
    """
    tokens = text.split()
    for i in (0, 1):
        if i and not _HOUSE_NUMBER.fullmatch(tokens[0]):
            continue
        count = _count_unit_words(tokens, i)
        rest = _skip_word(tokens[i + count :], (",", "OF"))
        if count and rest and (i or _HOUSE_NUMBER.fullmatch(rest[0])):
            unit = tokens[i : i + count]
            message = gettext("Moved “%(typed)s” after the street.", typed=" ".join(unit).lower())
            return " ".join([*tokens[:i], *rest, ",", *unit]), message
    return None


def _count_unit_words(tokens: Sequence[str], start: int) -> int:
    """Count the words of a unit at a position: two for APT 2, three for APT UNIT 2, one for REAR.

    >>> _count_unit_words(["APT", "UNIT", "2", "401"], 0), _count_unit_words(["OAK", "ST"], 0)
    (3, 0)
    """
    if start < len(tokens) and tokens[start] in LONE_UNIT:
        return 1
    is_designator = (token in NUMBERED_UNIT or token in PLAIN_UNIT for token in tokens[start:])
    designator_count = next((count for count, is_kind in enumerate(is_designator) if not is_kind), 0)
    has_id = designator_count and _UNIT_ID.fullmatch(tokens[start + designator_count])
    return designator_count + 1 if has_id else 0


def _skip_word(tokens: Sequence[str], words: Sequence[str]) -> Sequence[str]:
    """Drop the first token if it is one of `words`."""
    return tokens[1:] if tokens and tokens[0] in words else tokens


def _drop_lead_in_words(text: str, _: TownNames) -> Rewrite | None:
    """Drop words that only announce an address.

    >>> _drop_lead_in_words("HOUSE NO 4021 OAK ST", TownNames())
    ('4021 OAK ST', 'Ignored “house no”.')
    """
    tokens = text.split()
    count = next((i for i, token in enumerate(tokens) if token not in LEAD_IN_WORDS), 0)
    if not count or not _HOUSE_NUMBER.fullmatch(tokens[count]):
        return None
    return " ".join(tokens[count:]), ignored_text(" ".join(tokens[:count]).lower())


def _move_locality_last(text: str, town_names: TownNames) -> Rewrite | None:
    """Move town, state and ZIP from before the address to its end.

    >>> _move_locality_last("NORMANDY MO 4021 OAK ST", TownNames({"NORMANDY": "Normandy"}))
    ('4021 OAK ST , NORMANDY MO', 'Moved “normandy mo” after the street.')
    """
    tokens = text.split()
    first = 2 if tokens[0] in _TOWN_KINDS and tokens[1:2] == ["OF"] else 0
    end = _locality_end(tokens, first, town_names)
    if not any(_HOUSE_NUMBER.fullmatch(token) for token in tokens[end:]):  # then a ZIP is the house number
        end = next((i for i in range(end - 1, first, -1) if _is_zip(tokens[i])), first)
    locality, rest = ([token for token in tokens[first:end] if token not in _SEPARATORS], tokens[end:])
    if not locality or not rest or rest[0] in SUFFIX or _is_number_and_suffix_only(rest):
        return None
    if _is_zip(locality[0]) and not locality[1:] and not (_HOUSE_NUMBER.fullmatch(rest[0]) and "&" not in tokens):
        return None
    message = gettext("Moved “%(typed)s” after the street.", typed=" ".join(locality).lower())
    return " ".join([*rest, ",", *locality]), message


def _is_number_and_suffix_only(tokens: Sequence[str]) -> bool:
    """Return whether the tokens hold only a number and a suffix. Then the words before them are the name.

    >>> _is_number_and_suffix_only(["4021", "ST"]), _is_number_and_suffix_only(["4021", "OAK", "ST"])
    (True, False)
    """
    return len(tokens) > 1 and tokens[1] in SUFFIX and tokens[2:3] in ([], [","])


def _locality_end(tokens: Sequence[str], start: int, town_names: TownNames) -> int:
    """Return the position after the towns, states and one ZIP that begin at `start`, separators included.

    >>> _locality_end(["NORMANDY", ",", "MO", "63121", "4021"], 0, TownNames({"NORMANDY": "Normandy"}))
    4
    """
    end, has_zip = start, False
    while count := _count_locality_words(tokens, end, town_names):
        if _is_zip(tokens[end]):
            if has_zip:
                break  # a second ZIP is a house number
            has_zip = True
        end += count
        while end < len(tokens) and tokens[end] in _SEPARATORS:
            end += 1
    return end


def _count_locality_words(tokens: Sequence[str], start: int, town_names: TownNames) -> int:
    """Count the words of a town, state or ZIP at a position.

    >>> _count_locality_words(["BEL", "NOR", "MO"], 0, TownNames({"BEL NOR": "Bel-Nor"}))
    2
    """
    if start < len(tokens) and town_names.has_name_starting_with(tokens[start].partition("-")[0]):
        for count in range(min(_MAX_TOWN_WORDS, len(tokens) - start), 0, -1):
            if town_names.match_words(_split_hyphens(tokens[start : start + count])):
                return count
    return int(start < len(tokens) and (tokens[start] in STATE or _is_zip(tokens[start])))


def _is_zip(word: str) -> bool:
    return len(word) == 5 and word.isdigit() and word[:3] in STATE_BY_ZIP_PREFIX


def _split_hyphens(tokens: Sequence[str]) -> list[str]:
    return " ".join(tokens).replace("-", " ").split()


def _merge_split_number(text: str, _: TownNames) -> Rewrite | None:
    return merge_split_number(text)


def _move_number_first(text: str, _: TownNames) -> Rewrite | None:
    """Move a number typed after its street to the front. A number after a unit word stays.

    >>> _move_number_first("OAK ST 4021", TownNames())
    ('4021 OAK ST', 'Moved “4021” before the street.')
    >>> _move_number_first("OAK ST APT 2", TownNames()) is None
    True
    """
    if not (match := _TRAILING_NUMBER.fullmatch(text)):
        return None
    before = match[1].split()
    if before[-1] in NUMBERED_UNIT:
        return None
    while len(before) > 1 and (before[-1] in PLAIN_UNIT or before[-1] == ","):
        before = before[:-1]  # "# 4021" without a number before it is a house number
    street = " ".join(before)
    return f"{match[2]} {street}{match[3]}", number_first_text(match[2])


def _move_inner_number_first(text: str, town_names: TownNames) -> Rewrite | None:
    """Move a number from between the words to the front. Words that cannot be the street are dropped.

    >>> _move_inner_number_first("OAK ST 4021 NORMANDY", TownNames({"NORMANDY": "Normandy"}))
    ('4021 OAK ST , NORMANDY', 'Moved “4021” before the street.')
    """
    tokens = text.split()
    i = next((i for i, token in enumerate(tokens) if _HOUSE_NUMBER.fullmatch(token)), 0)
    before, after = tokens[:i], tokens[i + 1 :]
    if not before or not after:
        return None
    locality_end = _locality_end(tokens, i + 1 + (after[0] in _SEPARATORS), town_names)
    if locality_end == len(tokens) and before[-1] not in _OTHER_NUMBER_WORDS:
        before = before[:-1] if before[-1] in PLAIN_UNIT and before[1:] else before
        locality = " ".join(token for token in after if token not in _SEPARATORS)
        street = " ".join(before).rstrip(" ,-&")
        return f"{tokens[i]} {street} , {locality}", number_first_text(tokens[i])
    if after[0] == "," or before[-1] in _OTHER_NUMBER_WORDS or before[-1] in PLAIN_UNIT:
        return None
    if _is_number_and_suffix_only(tokens[i:]):
        return " ".join([tokens[i], *before, *after]), number_first_text(tokens[i])
    return drop_words_before_number(text)


def _drop_connecting_words(text: str, _: TownNames) -> Rewrite | None:
    """Drop words that only connect a number to its street.

    >>> _drop_connecting_words("4021 ON THE OAK ST", TownNames())
    ('4021 OAK ST', 'Ignored “on the”.')
    """
    tokens = text.split()
    if not _HOUSE_NUMBER.fullmatch(tokens[0]):
        return None
    count = next((i for i, token in enumerate(tokens[1:]) if token not in CONNECTING_WORDS), 0)
    if not count:
        return None
    return " ".join([tokens[0], *tokens[count + 1 :]]), ignored_text(" ".join(tokens[1 : count + 1]).lower())


def _keep_first_address(text: str, _: TownNames) -> Rewrite | None:
    """Keep the first of two addresses, or an address without the cross street after it.

    >>> _keep_first_address("4021 OAK ST NEAR 4100 ELM ST", TownNames())
    ('4021 OAK ST', 'Ignored “near 4100 elm st”.')
    """
    tokens = text.split()
    for i in range(3, len(tokens) - 1):
        is_second_address = _HOUSE_NUMBER.fullmatch(tokens[i + 1]) and i + 2 < len(tokens)
        is_cross_street = tokens[i - 1] in SUFFIX and tokens[i] != ","
        if tokens[i] in NEARBY_WORDS and (is_second_address or is_cross_street) and _HOUSE_NUMBER.fullmatch(tokens[0]):
            return " ".join(tokens[:i]), ignored_text(" ".join(tokens[i:]).lower())
    return None


def drop_words_before_number(text: str) -> Rewrite | None:
    """Drop all words before the first number.

    >>> drop_words_before_number("BEHIND 4021 CRESCENT")
    ('4021 CRESCENT', 'Ignored “behind”.')
    """
    tokens = text.split()
    i = next((i for i, token in enumerate(tokens) if _HOUSE_NUMBER.fullmatch(token)), 0)
    if not i or not tokens[i + 1 :] or tokens[i - 1] in {*_OTHER_NUMBER_WORDS, *PLAIN_UNIT}:
        return None
    return " ".join(tokens[i:]), ignored_text(" ".join(tokens[:i]).lower())


_REWRITE_RULES: tuple[Callable[[str, TownNames], Rewrite | None], ...] = (
    *(_move_unit_last, _drop_lead_in_words, _move_locality_last, _merge_split_number),
    *(split_glued_number, _move_inner_number_first, _move_number_first, _drop_connecting_words, _keep_first_address),
    *(drop_repeated_word, add_ordinal_ending, replace_n_with_and),
)
