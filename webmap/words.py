"""How values are told to people: with their unit, and "unknown" where nobody knows."""

import re
from datetime import date
from typing import Any

from geo.fields import Field
from geo.naming import UNINCORPORATED

UNKNOWN = "unknown"
COUNTY = "unincorporated; the county governs"
SQ_FT = 10.763910417  # square feet in a square metre
SHARE = re.compile(r"([^;]+) ([01]\.\d\d)(?:; |$)")  # of a lot in a town: "Charlack 0.94"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def told(value: Any, field: Field | None = None) -> str:
    """Tell a value in words.

    >>> told(None), told(0), told(1234.5), told("very_good", Field("c", "code", ""))
    ('unknown', '0', '1,234.5', 'very good')
    """
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, field)
    if field is not None and field.kind == "date":
        return day(value)
    if field is not None and field.kind == "code":
        return str(value).replace("_", " ")
    return str(value)


def day(text: str | None) -> str:
    """Tell a day.

    >>> day("2024-03-05"), day("2024-03-05T10:20:30+00:00"), day(None), day("last spring")
    ('5 Mar 2024', '5 Mar 2024', 'unknown', 'last spring')
    """
    if not text:
        return UNKNOWN
    try:
        when = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def area(square_metres: float | None) -> str:
    """Tell an area in the measures of the workspace and of the county.

    >>> area(1000.0), area(50_000.0), area(2_500_000.0), area(None)
    ('1,000 m² (10,764 sq ft)', '50,000 m² (12.4 acres)', '2.50 km² (618 acres)', 'unknown')
    """
    if square_metres is None:
        return UNKNOWN
    acres = square_metres * SQ_FT / 43_560
    if square_metres >= 1_000_000:
        return f"{square_metres / 1e6:,.2f} km² ({acres:,.0f} acres)"
    if square_metres >= 20_000:
        return f"{square_metres:,.0f} m² ({acres:,.1f} acres)"
    return f"{square_metres:,.0f} m² ({square_metres * SQ_FT:,.0f} sq ft)"


def share(part: float | None, whole: float | None) -> float | None:
    """Give a part as a percentage; unknown when either is, or when there is nothing to share.

    >>> share(1, 4), share(None, 4), share(1, 0)
    (25.0, None, None)
    """
    return None if part is None or not whole else 100 * part / whole


def percent(value: float | None) -> str:
    """Tell a percentage.

    >>> percent(12.345), percent(0.0), percent(0.04), percent(None)
    ('12.3 %', '0 %', 'under 0.1 %', 'unknown')
    """
    if value is None:
        return UNKNOWN
    if 0 < value < 0.1:
        return "under 0.1 %"
    return f"{value:.1f}".removesuffix(".0") + " %"


def bordered(text: str) -> str:
    """Tell which part of a lot lies in which town, from its shares as the join wrote them.

    Each share is rounded: what rounding alone can leave over is no ground outside. A text in
    another form stays as it is.

    >>> bordered("Charlack 0.94"), bordered("Normandy 0.62; Bel-Nor 0.38")
    ('94 % Charlack, 6 % outside every town', '62 % Normandy, 38 % Bel-Nor')
    >>> bordered("Normandy 0.33; Bel-Nor 0.33; Charlack 0.33")
    '33 % Normandy, 33 % Bel-Nor, 33 % Charlack'
    """
    shares = [(town, round(100 * float(part))) for town, part in SHARE.findall(text)]
    if not shares:
        return text
    outside = 100 - sum(part for _, part in shares)
    beyond = [f"{outside} % outside every town"] if outside > len(shares) / 2 else []
    return ", ".join([*(f"{part} % {town}" for town, part in shares), *beyond])


def counted(number: int | None, noun: str, nouns: str | None = None) -> str:
    """Tell a number of things.

    >>> counted(1, "tree"), counted(0, "tree"), counted(None, "tree"), counted(2, "box", "boxes")
    ('1 tree', '0 trees', 'an unknown number of trees', '2 boxes')
    """
    many = nouns or f"{noun}s"
    if number is None:
        return f"an unknown number of {many}"
    return f"{number:,} {noun if number == 1 else many}"


def no_town(*, limits: bool, placed: bool, roll: str | None = None) -> str:
    """Say what governs where no town is known: the county, where limits are loaded and none holds the place.

    `roll` is the town that the assessor's roll names; one whose limits are not loaded may govern.

    >>> no_town(limits=True, placed=True), no_town(limits=True, placed=False)
    ('unincorporated; the county governs', 'unknown')
    >>> no_town(limits=False, placed=True)
    "not known: no town's limits are loaded"
    >>> no_town(limits=True, placed=True, roll="Ferguson")
    "none whose limits are loaded; the assessor's roll says Ferguson"
    """
    county = (roll or UNINCORPORATED).strip().casefold() == UNINCORPORATED
    if roll and county:
        return COUNTY
    if not limits:
        return "not known: no town's limits are loaded"
    if not placed:
        return UNKNOWN
    return COUNTY if county else f"none whose limits are loaded; the assessor's roll says {roll}"


def label(field: Field) -> str:
    """Give a field's name as words.

    >>> label(Field("dbh_in", "real", "", unit="in")), label(Field("parcel_id", "text", ""))
    ('Diameter', 'Parcel id')
    """
    if field.name in LABELS:
        return LABELS[field.name]
    name = re.sub(r"_(in|ft|m2|m|pct|on)$", "", field.name)
    return name.replace("_", " ").capitalize()


LABELS = {
    "dbh_in": "Diameter",
    "common": "Common name",
    "species": "Scientific name",
    "crown_ft": "Crown width",
    "surveyed_on": "Surveyed",
    "planted_on": "Planted",
    "opened_on": "Opened",
    "closed_on": "Closed",
    "due_on": "Due",
    "inspected_on": "Inspected",
    "owner_kind": "Whose tree",
    "hardscape": "Damage to pavement",
    "inside_parcel_id": "Inside parcel",
    "frontage_parcel_id": "Belongs to parcel",
    "runner_up_id": "Next best parcel",
    "need_rule": "Why",
    "zip": "ZIP code",
    "area_recorded_m2": "Area on record",
    "old_id": "Former number",
    "year_built": "Built",
    "town_declared": "Town on the assessor's roll",
}


def _number(value: float, field: Field | None) -> str:
    if field is not None and field.unit == "m²":
        return area(value)
    if field is not None and field.name.startswith("year"):
        return f"{value:.0f}"
    digits = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return f"{digits} {field.unit}" if field is not None and field.unit else digits
