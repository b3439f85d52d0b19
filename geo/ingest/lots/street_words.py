"""The words by which assessors call a street that is drawn as a parcel, and what only holds such a word.

`rights_of_way` asks these functions about numbers, land uses, addresses, owners and headings.
"""

import re

# A street in an assessor's words, after punctuation is gone.
_STREET_WORDS = frozenset(
    [
        "street",
        "streets",
        "str",
        "road",
        "roads",
        "roadway",
        "roadways",
        "rd",
        "alley",
        "alleys",
        "aly",
        "highway",
        "highways",
        "hwy",
        "hwys",
        "freeway",
        "expressway",
        "interstate",
        "thoroughfare",
        "boulevard",
        "avenue",
        "avenues",
        "lane",
        "lanes",
        "row",
        "rows",
        "rw",
        "row's",
        "sidewalk",
        "sidewalks",
        "cul",
        "de",
        "sac",
    ]
)
# Words beside them that say nothing against a street.
_FILLER_WORDS = frozenset(
    [
        "public",
        "private",
        "city",
        "county",
        "state",
        "federal",
        "municipal",
        "town",
        "village",
        "us",
        "mo",
        "local",
        "modot",
        "dot",
        "dedicated",
        "existing",
        "platted",
        "open",
        "land",
        "lands",
        "area",
        "parcel",
        "parcels",
        "lot",
        "no",
        "number",
        "none",
        "n",
        "a",
        "of",
        "the",
        "and",
        "or",
        "to",
        "for",
        "in",
        "right",
        "rights",
        "way",
        "ways",
        "r",
        "o",
        "w",
        "use",
        "used",
        "tax",
        "exempt",
        "exempted",
        "non",
        "taxable",
        "vacant",
        "common",
        "ground",
        "system",
        "only",
        "code",
        "class",
        "type",
        "strip",
        "easement",
        "0",
        "00",
        "000",
        "0000",
        "unnamed",
        "acres",
        "government",
        "owned",
        "transportation",
    ]
)
# The words that name a right of way, wherever they stand.
_RIGHT_OF_WAY = re.compile(r"\brights?[\s\-_]*of[\s\-_]*ways?\b|\br\.\s*o\.\s*w\b|\br\s?/\s?o?/?\s?w\b")
# Words that make it another ground: beside a street, no longer a street, or a railroad's.
_NOT_A_STREET = re.compile(
    r"\b(adj\w*|abut\w*|near|next|along|beside|former\w*|vacated?|abandon\w*|closed|rail\w*|rr|metrolink|utilit\w*|pipe\w*|"
    r"power|electric|transmission|gas|sewer|drain\w*|storm|water|house\w*|home\w*|hous\w*|dwelling\w*|residen\w*|"
    r"commercial|retail|office|store|shop\w*|bowling|warehouse|industr\w*|famil\w*|apart\w*|condo\w*|town\w*house\w*|"
    r"parking|garage|church|school|contractor\w*|equipment|sales|service|rental|frontage|except\w*|less|excl\w*)\b"
)
_NUMBER_TOKENS = re.compile(r"[a-z]+|\d+")
_STREET_NUMBERS = frozenset(
    ["row", "rows", "street", "streets", "road", "alley", "hwy", "highway", "rw", "rofw", "roadway"]
)
# Headings of columns that say what a parcel is. A heading about an address or an owner says something else.
_CLASS_HEADING = re.compile(
    r"(land_?use|use|usage|class|classification|kind|category|cat|type|desc|descr|description|label|feature|remark|remarks|"
    r"note|notes|comment|comments|propclass|lucode|usedesc|usecode|parceltype|parcel_?class|proptype|polytype|lottype|legend)"
)
_OTHER_HEADING = re.compile(
    r"(street|road|st_?type|sttype|suffix|posttype|addr|situs|owner|own|mail|name|city|town|zip|subdiv|school|date|by|user|"
    r"building|bldg|roof|deed|sale|legal)"
)


def is_class_heading(name: str) -> bool:
    """Return whether a column's heading says that it tells what a parcel is.

    >>> [is_class_heading(name) for name in ("ParcelType", "USE_DESC", "Feature", "ST_TYPE", "OwnerType", "NAME")]
    [True, True, True, False, False, False]
    """
    normalized = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s\-]+", "_", name).lower()
    return bool(_CLASS_HEADING.search(normalized)) and not _OTHER_HEADING.search(normalized)


def names_street(text: str) -> bool:
    """Return whether a value says that the parcel is a street, and nothing else.

    >>> [names_street(text) for text in ("Right-of-way", "R.O.W.", "ROW", "Public Street", "900 - ROAD R/W", "ALLEY")]
    [True, True, True, True, True, True]
    >>> [names_street(text) for text in ("Row House", "Bowling Alley", "12 Street Rd", "Railroad right of way", "Main St")]
    [False, False, False, False, False]
    >>> [names_street(text) for text in ("Vacated right of way", "Adjacent to R.O.W.", "Highway commercial", "100 Alley")]
    [False, False, False, False]
    """
    folded = text.casefold().strip()
    if _NOT_A_STREET.search(folded):
        return False
    code = re.match(r"\d{2,5}\s*[-:]\s*", folded)  # the assessor's code before its meaning
    folded = folded[code.end() :] if code else folded
    words = re.findall(r"[a-z']+|\d+", folded.replace(".", ""))
    if _RIGHT_OF_WAY.search(folded) and all(not word.isdigit() or not word.strip("0") for word in words):
        return True
    return bool(_STREET_WORDS & set(words)) and all(word in _STREET_WORDS | _FILLER_WORDS for word in words)


def is_street_address(text: str) -> bool:
    """Return whether an address is only the word for a street. A street may be called Street Road.

    >>> is_street_address("RIGHT OF WAY"), is_street_address("0 ALLEY"), is_street_address("STREET RD")
    (True, True, False)
    """
    folded = text.casefold()
    words = re.findall(r"[a-z]+", folded.replace(".", ""))
    is_one_word = sum(word in _STREET_WORDS for word in words) == 1
    return names_street(text) and (is_one_word or _RIGHT_OF_WAY.search(folded) is not None)


def names_public_street(text: str) -> bool:
    """Return whether an owner's name is that of a street. People may be called Street, Row or Alley.

    >>> names_public_street("PUBLIC RIGHT OF WAY"), names_public_street("STREET"), names_public_street("ALLEY, JOHN")
    (True, False, False)
    """
    folded = text.casefold()
    return names_street(text) and (
        "right" in folded or re.search(r"\bpublic (street|road|alley|highway)", folded) is not None
    )


def is_street_number(text: str) -> bool:
    """Return whether a parcel's number holds the word of a street, between its digits.

    >>> [is_street_number(text) for text in ("99ROW0001", "ROW-12", "STREET", "CROWN1", "12A34")]
    [True, True, True, False, False]
    """
    return bool(_STREET_NUMBERS & set(_NUMBER_TOKENS.findall(text.casefold())))
