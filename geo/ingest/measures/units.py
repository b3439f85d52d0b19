"""Units of measures: their words, their sizes, and the unit that a column's heading names.

`measure_columns` and `geo.ingest.mapping.profile` call these functions.
"""

import re
from dataclasses import dataclass

METERS = {"in": 0.0254, "ft": 0.3048, "cm": 0.01, "mm": 0.001, "m": 1.0}
SQUARE_METERS = {"m²": 1.0, "ft²": 0.09290304, "ac": 4046.8564224, "ha": 10_000.0}
UNIT_NAMES = {
    "in": "inches", "ft": "feet", "cm": "centimeters", "mm": "millimeters", "m": "meters",
    "m²": "square meters", "ft²": "square feet", "ac": "acres", "ha": "hectares",
}  # fmt: skip
METRIC_UNITS = {"cm", "mm", "m"}
CONVERTED_DECIMALS = 4  # further digits of a converted measure are noise
# The words of each unit, as patterns. A text is in lower case, with straight quotes and plain blanks.
UNIT_WORDS = {
    "ft²": r"(?:sq|square)[ ._]*(?:ft|feet|foot)|sqft|sf|ft2|ft²",
    "m²": r"(?:sq|square)[ ._]*(?:m|meters?|metres?)|sqm|m2|m²",
    "ac": r"acres?|ac",
    "ha": r"hectares?|ha",
    "in": r"inches|inch|ins|in",
    "ft": r"feet|foot|ft",
    "cm": r"centimeters?|centimetres?|cms|cm",
    "mm": r"millimeters?|millimetres?|mms|mm",
    "m": r"meters?|metres?|mtrs?|m",
}
GIRTH_WORDS = r"girth|circumference|circumf|circum|circ|cbh|gbh"
# Words that stand before a unit without a gap, as in "dbhcm" and "heightft".
MEASURE_WORDS = r"dbh|diameter|diam|dia(?!meter)|girth|circumference|circ|height|hght|hgt|ht|crown|spread|canopy|width|wid|length|front|frontage|size|area"
HEIGHT_OF_MEASURING = r"m|meters|cm|ft|feet|foot|'|in|inches"  # as in "diameter at 4.5 ft"
CUT_UNIT_WORD = r"(?:inch|centi|milli|meter|metre)[a-z]*"  # Shapefiles cut a heading after 10 letters


@dataclass(frozen=True)
class Heading:
    """What a column's heading says of its measures: the unit, None if it names none, and whether they are girths."""

    unit: str | None = None
    is_girth: bool = False


def unit_sizes(unit: str | None) -> dict[str, float]:
    """Return the units of the same dimension with their sizes in meters or square meters. Empty for others.

    >>> sorted(unit_sizes("in")), unit_sizes("%")
    (['cm', 'ft', 'in', 'm', 'mm'], {})
    """
    return next((sizes for sizes in (METERS, SQUARE_METERS) if unit in sizes), {})


def find_unit(word: str) -> str | None:
    """Return the unit that a whole word names, None for another word.

    >>> find_unit("Inches"), find_unit('"'), find_unit("sq ft"), find_unit("stone")
    ('in', 'in', 'ft²', None)
    """
    folded = straighten_quotes(word.strip().lower()).rstrip(".")
    if folded in {'"', "'"}:
        return {'"': "in", "'": "ft"}[folded]
    return next((unit for unit, words in UNIT_WORDS.items() if re.fullmatch(words, folded)), None)


def straighten_quotes(text: str) -> str:
    r"""Return a text with straight marks for feet and inches, and plain hyphens and blanks.

    >>> straighten_quotes("1\u20326\u2033 \u2013 2''")
    '1\'6" - 2"'
    """
    text = re.sub("[\u2032\u2018\u2019\u00b4`]", "'", text)
    text = re.sub("[\u2033\u201c\u201d]|''", '"', text)
    return re.sub("[\u00a0\u2007\u2009\u202f]", " ", re.sub("[\u2010-\u2015\u2212]", "-", text))


def read_heading(heading: str, field_unit: str) -> Heading:
    """Return what a heading says, for a field in `field_unit`. Two different units are none.

    >>> [read_heading(text, "in").unit for text in ("DBH_CM", "Diameter (mm)", "dbhInches", "DBH in cm", "DBH", "Dia 1")]
    ['cm', 'mm', 'in', 'cm', None, None]
    >>> read_heading("Girth_in", "in"), read_heading("spread (ft)", "ft").unit, read_heading("LOT_SQFT", "m²").unit
    (Heading(unit='in', is_girth=True), 'ft', 'ft²')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", straighten_quotes(heading)).lower()
    spaced = re.sub(rf"[0-9]+(?:[.,][0-9]+)? ?(?:{HEIGHT_OF_MEASURING})(?![a-z0-9²])", " ", spaced)
    text = re.sub(r"[^a-z0-9²\"']+", " ", spaced).strip()
    text = re.sub(rf"\b(?:{MEASURE_WORDS})(?=(?:{'|'.join(UNIT_WORDS.values())})\b)", r"\g<0> ", text)
    text = re.sub(rf"(?<![a-z0-9])in (?=(?:{'|'.join(UNIT_WORDS.values())})(?![a-z0-9²]))", "", text)  # "in cm"
    is_girth = re.search(rf"(?<![a-z])(?:trunk)?(?:{GIRTH_WORDS})(?![a-z])", text) is not None
    units = {unit for unit in unit_sizes(field_unit) if _names_unit(text, unit)}
    return Heading(units.pop() if len(units) == 1 else None, is_girth)


def _names_unit(text: str, unit: str) -> bool:
    mark = {"in": r'|"', "ft": r"|(?<=[a-z ])'(?![a-z])"}.get(unit, "")
    cut_words = re.findall(rf"(?<![a-z])({CUT_UNIT_WORD})(?![a-z])", text)
    is_cut = any(
        name.startswith(word) or name.replace("meters", "metres").startswith(word)
        for word in cut_words
        for name in [UNIT_NAMES[unit]]
    )
    start = "(?<=[^ ] )" if unit in {"in", "m"} and not re.match("inch|met", text) else "(?<![a-z0-9])"
    return is_cut or re.search(rf"{start}(?:{UNIT_WORDS[unit]})(?![a-z0-9²]){mark}", text) is not None


def read_unit_option(text: str, field_unit: str | None) -> Heading | None:
    """Return what the unit of a `--map` option says, such as "cm" or "girth cm". None for no unit of the field.

    >>> read_unit_option("cm", "in"), read_unit_option("girth in", "in"), read_unit_option("kg", "in")
    (Heading(unit='cm', is_girth=False), Heading(unit='in', is_girth=True), None)
    """
    words = text.strip().lower()
    is_girth = re.search(rf"\b(?:{GIRTH_WORDS})\b", words) is not None
    unit_word = re.sub(rf"\b(?:{GIRTH_WORDS})\b", "", words).strip(" ,")
    unit = find_unit(unit_word) if unit_word else field_unit
    return Heading(unit, is_girth) if unit in unit_sizes(field_unit) else None
