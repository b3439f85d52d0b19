"""One measure as somebody wrote it: a size with its unit, a class with a low and a high end, or several stems.

`measure_columns` calls `read_quantity` for each distinct text that is not a plain number.
"""

import re
from dataclasses import dataclass
from math import gcd, isfinite, nan, sqrt

from geo.ingest.measures.spreadsheet_marks import DATE_PATTERN, DATE_PROBLEM
from geo.ingest.measures.units import UNIT_WORDS, straighten_quotes

NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
FRACTION = r"[0-9]+/[0-9]+"
UNIT = r"(?:in|ft²|ft|cm|mm|m²|m|ac|ha)"
SIZE = re.compile(rf"(?P<sign>[-+]?)(?:(?P<whole>[0-9]+)[ -])?(?P<number>{FRACTION}|{NUMBER}) ?(?P<unit>{UNIT})?")
FEET_AND_INCHES = re.compile(rf"(?P<feet>[0-9]+) ?ft[ -]?(?P<inches>(?:[0-9]+[ -])?{FRACTION}|{NUMBER}) ?(?:in)?")
AT_LEAST = re.compile(r"(?:>=?|≥|over|above|more than|greater than|larger than|at least)\s*(.+)")
AT_LEAST_BEHIND = re.compile(r"(.+?)\s*(?:\+|>|plus|(?:and|&|or) (?:over|up|above|more|greater|larger|bigger)|or more)")
AT_MOST = re.compile(r"(?:<=?|≤|under|below|less than|smaller than|up to|at most)\s*(.+)")
AT_MOST_BEHIND = re.compile(r"(.+?)\s*(?:<|(?:and|&|or) (?:under|below|less|smaller))")
RANGE_SIGN = re.compile(r" ?- ?| to | thru | through ")
STEM_SIGN = re.compile(r"\s*(?:\+|,|;|&|\band\b)\s*")
STEMS_OF_ONE_SIZE = re.compile(r"(?P<count>[0-9]{1,2}) ?(?:@|at) ?(?P<size>.+)")
FRACTION_DENOMINATORS = {2, 3, 4, 8, 16, 32}  # of an inch, as rules are divided
MAX_STEMS = 60
FRACTION_CHARACTERS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8", "⅓": "1/3", "⅔": "2/3"}  # fmt: skip
NOT_A_NUMBER = "is not a number"


@dataclass(frozen=True)
class Quantity:
    """What a text says: a `value`, or the ends of a class (nan if open), in `unit` (None if it names none).

    `stems` counts the stems whose diameters `value` combines, 0 for a single size. `problem` says why
    nothing can be read.
    """

    value: float = nan
    unit: str | None = None
    low: float = nan
    high: float = nan
    stems: int = 0
    problem: str = ""


def read_quantity(text: str) -> Quantity:
    r"""Return what a text with decimal points says.

    >>> read_quantity("35 cm").value, read_quantity('12 1/2"').value, read_quantity("1'6\"").value
    (35.0, 12.5, 18.0)
    >>> [(read_quantity(text).low, read_quantity(text).high) for text in ("07-12", ">36", "0 to 15.24 cm")]
    [(7.0, 12.0), (36.0, nan), (0.0, 15.24)]
    >>> read_quantity("3@4").stems, round(read_quantity("6+8+10").value, 2), read_quantity("big").problem
    (3, 14.14, 'is not a number')
    """
    if re.fullmatch(DATE_PATTERN, text.strip()):
        return Quantity(problem=DATE_PROBLEM)
    plain = _plain_form(text)
    return _read_size(plain) or _read_class(plain) or _read_stems(plain) or Quantity(problem=NOT_A_NUMBER)


def combine_stems(sizes: list[float]) -> float:
    """Return the diameter of one stem with the basal area of several: the square root of the sum of squares.

    Source: USDA Forest Service, Forest Inventory and Analysis National Core Field Guide, section 5.9, which
    combines the stems of a tree as DRC = SQRT[SUM(stem diameter²)].

    >>> combine_stems([6, 8])
    10.0
    """
    return sqrt(sum(size**2 for size in sizes))


def _plain_form(text: str) -> str:
    r"""Return a text in lower case, with one word for each unit and plain fractions.

    >>> _plain_form("12½ Inches"), _plain_form('1\'6"')
    ('12 1/2 in', '1 ft 6 in')
    """
    plain = straighten_quotes(text.strip().lower())
    for character, fraction in FRACTION_CHARACTERS.items():
        plain = plain.replace(character, f" {fraction}")
    plain = plain.replace('"', " in ").replace("'", " ft ")
    for unit, words in UNIT_WORDS.items():
        plain = re.sub(rf"(?<![a-z²])(?:{words})(?![a-z²])\.?", f" {unit} ", plain)
    plain = re.sub(r"(?<![a-z])(?:dbh|diameter)(?![a-z])", " ", plain)
    return re.sub(r"\s+", " ", plain).strip()


def _read_size(text: str) -> Quantity | None:
    """Return a single size, None for another text. A fraction alone, such as 1/2, could be two stems."""
    if match := FEET_AND_INCHES.fullmatch(text):
        inches = _read_size(match["inches"].replace("-", " ") + " in")
        is_valid = inches is not None and 0 <= inches.value < 12
        return Quantity(12 * float(match["feet"]) + inches.value, "in") if inches and is_valid else None
    match = SIZE.fullmatch(text)
    if match is None or (match["whole"] and "/" not in match["number"]):
        return None
    if "/" in match["number"]:
        return _read_fraction(match)
    value = float(match["number"]) * (-1 if match["sign"] == "-" else 1)
    return Quantity(value, match["unit"]) if isfinite(value) else None


def _read_fraction(match: re.Match[str]) -> Quantity | None:
    top, bottom = (int(part) for part in match["number"].split("/"))
    is_fraction = 0 < top < bottom and bottom in FRACTION_DENOMINATORS
    if not is_fraction or match["sign"] == "-" or not (match["whole"] or gcd(top, bottom) == 1):
        return None
    if not match["whole"] and not match["unit"]:
        return Quantity(top / bottom, problem="could be a fraction, or two stems")
    return Quantity(int(match["whole"] or 0) + top / bottom, match["unit"])


def _read_class(text: str) -> Quantity | None:
    """Return a class with a low and a high end, or with one of them. None for another text."""
    for pattern, end in ((AT_LEAST, "low"), (AT_LEAST_BEHIND, "low"), (AT_MOST, "high"), (AT_MOST_BEHIND, "high")):
        match = pattern.fullmatch(text)
        size = _read_size(match[1].strip()) if match else None
        if size and not size.problem and size.value >= 0:
            ends = (size.value, nan) if end == "low" else (nan, size.value)
            return Quantity(unit=size.unit, low=ends[0], high=ends[1])
    text = re.sub(r"^between (.+) and (.+)$", r"\1 - \2", text)
    for sign in RANGE_SIGN.finditer(text):
        low, high = _read_size(text[: sign.start()].strip()), _read_size(text[sign.end() :].strip())
        if low and high and not low.problem and not high.problem:
            return _class_between(low, high)
    return None


def _class_between(low: Quantity, high: Quantity) -> Quantity:
    if low.unit and high.unit and low.unit != high.unit:
        return Quantity(problem="is a range in two units")
    if not 0 <= low.value < high.value:
        return Quantity(problem="is not a range from low to high")
    return Quantity(unit=high.unit or low.unit, low=low.value, high=high.value)


def _read_stems(text: str) -> Quantity | None:
    """Return the combined diameter of several stems, None for another text."""
    parts = STEM_SIGN.split(text)
    if len(parts) == 1 and "@" not in text and " at " not in text:
        parts = [part.strip() for part in text.split("/")]
        if len(parts) == 1:
            return None
    sizes = [size for part in parts for size in _sizes_of_part(part)]
    units = {size.unit for size in sizes if size.unit}
    is_whole = all(size.value > 0 and not size.problem for size in sizes) and len(units) <= 1
    if not is_whole or not 1 < len(sizes) <= MAX_STEMS:
        return None
    unit = units.pop() if units else None
    return Quantity(combine_stems([size.value for size in sizes]), unit, stems=len(sizes))


def _sizes_of_part(part: str) -> list[Quantity]:
    """Return the sizes in a part of a list, such as "6" or "3@4". One with a problem where it holds none."""
    match = STEMS_OF_ONE_SIZE.fullmatch(part)
    count, size = (int(match["count"]), _read_size(match["size"])) if match else (1, _read_size(part))
    return [size or Quantity(problem=NOT_A_NUMBER)] * max(count, 1) if count else [Quantity(problem=NOT_A_NUMBER)]
