"""Formatting of values for people: numbers with units, dates, areas, counts, and "unknown".

The page modules call these functions.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from geo.fields import Field
from geo.identifiers import UNINCORPORATED

UNKNOWN = "unknown"
COUNTY_GOVERNS = "unincorporated; the county governs"
SQ_FT_PER_M2 = 10.763910417  # square feet in a square meter
TOWN_SHARE_PATTERN = re.compile(r"([^;]+) ([01]\.\d\d)(?:; |$)")  # share of a parcel in a town: "Charlack 0.94"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def format_value(value: Any, field: Field | None = None) -> str:
    """Return a value as text.

    >>> format_value(None), format_value(0), format_value(1234.5), format_value("very_good", Field("c", "code", ""))
    ('unknown', '0', '1,234.5', 'very good')
    """
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _format_number(value, field)
    if field is not None and field.kind == "date":
        return format_date(value)
    if field is not None and field.kind == "code":
        return str(value).replace("_", " ")
    return str(value)


def format_date(text: str | None) -> str:
    """Return an ISO date or time as a day. Other texts stay unchanged.

    >>> format_date("2024-03-05"), format_date("2024-03-05T10:20:30+00:00"), format_date("last spring")
    ('5 Mar 2024', '5 Mar 2024', 'last spring')
    >>> format_date(None)
    'unknown'
    """
    if not text:
        return UNKNOWN
    try:
        parsed_date = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{parsed_date.day} {MONTHS[parsed_date.month - 1]} {parsed_date.year}"


def format_area(square_metres: float | None) -> str:
    """Return an area, given in m², in metric and US units.

    >>> format_area(1000.0), format_area(50_000.0), format_area(2_500_000.0), format_area(None)
    ('1,000 m² (10,764 sq ft)', '50,000 m² (12.4 acres)', '2.50 km² (618 acres)', 'unknown')
    """
    if square_metres is None:
        return UNKNOWN
    acres = square_metres * SQ_FT_PER_M2 / 43_560
    if square_metres >= 1_000_000:
        return f"{square_metres / 1e6:,.2f} km² ({acres:,.0f} acres)"
    if square_metres >= 20_000:
        return f"{square_metres:,.0f} m² ({acres:,.1f} acres)"
    return f"{square_metres:,.0f} m² ({square_metres * SQ_FT_PER_M2:,.0f} sq ft)"


def percentage_of(part: float | None, total: float | None) -> float | None:
    """Return a part as a percentage. None when either number is unknown or the total is 0.

    >>> percentage_of(1, 4), percentage_of(None, 4), percentage_of(1, 0)
    (25.0, None, None)
    """
    return None if part is None or not total else 100 * part / total


def format_percent(value: float | None) -> str:
    """Return a percentage as text.

    >>> format_percent(12.345), format_percent(0.0), format_percent(0.04), format_percent(None)
    ('12.3 %', '0 %', 'under 0.1 %', 'unknown')
    """
    if value is None:
        return UNKNOWN
    if 0 < value < 0.1:
        return "under 0.1 %"
    return f"{value:.1f}".removesuffix(".0") + " %"


def format_town_shares(text: str) -> str:
    """Return the town shares of a parcel as text. `text` has the form that the join writes.

    Shares are rounded, so a small remainder is not ground outside. A text of another form stays
    unchanged.

    >>> format_town_shares("Charlack 0.94"), format_town_shares("Normandy 0.62; Bel-Nor 0.38")
    ('94 % Charlack, 6 % outside every town', '62 % Normandy, 38 % Bel-Nor')
    >>> format_town_shares("Normandy 0.33; Bel-Nor 0.33; Charlack 0.33")
    '33 % Normandy, 33 % Bel-Nor, 33 % Charlack'
    """
    shares = [(town, round(100 * float(part))) for town, part in TOWN_SHARE_PATTERN.findall(text)]
    if not shares:
        return text
    outside_pct = 100 - sum(part for _, part in shares)
    outside_text = [f"{outside_pct} % outside every town"] if outside_pct > len(shares) / 2 else []
    return ", ".join([*(f"{part} % {town}" for town, part in shares), *outside_text])


def format_count(number: int | None, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun.

    >>> format_count(1, "tree"), format_count(0, "tree"), format_count(None, "tree"), format_count(2, "box", "boxes")
    ('1 tree', '0 trees', 'an unknown number of trees', '2 boxes')
    """
    plural_noun = plural or f"{noun}s"
    if number is None:
        return f"an unknown number of {plural_noun}"
    return f"{number:,} {noun if number == 1 else plural_noun}"


def no_town_text(*, has_boundaries: bool, is_placed: bool, declared_town: str | None = None) -> str:
    """Return the text for a record without a town.

    The county governs where boundaries are loaded and none contains the record. `declared_town` is the
    town in the assessor's roll. It may govern if its boundary is not loaded.

    >>> no_town_text(has_boundaries=True, is_placed=True), no_town_text(has_boundaries=True, is_placed=False)
    ('unincorporated; the county governs', 'unknown')
    >>> no_town_text(has_boundaries=False, is_placed=True)
    "not known: no town's limits are loaded"
    >>> no_town_text(has_boundaries=True, is_placed=True, declared_town="Ferguson")
    "none whose limits are loaded; the assessor's roll says Ferguson"
    """
    is_unincorporated = (declared_town or UNINCORPORATED).strip().casefold() == UNINCORPORATED
    if declared_town and is_unincorporated:
        return COUNTY_GOVERNS
    if not has_boundaries:
        return "not known: no town's limits are loaded"
    if not is_placed:
        return UNKNOWN
    return (
        COUNTY_GOVERNS
        if is_unincorporated
        else f"none whose limits are loaded; the assessor's roll says {declared_town}"
    )


def field_label(field: Field) -> str:
    """Return the label of a field.

    >>> field_label(Field("dbh_in", "real", "", unit="in")), field_label(Field("parcel_id", "text", ""))
    ('Diameter', 'Parcel id')
    """
    if field.name in FIELD_LABELS:
        return FIELD_LABELS[field.name]
    name = re.sub(r"_(in|ft|m2|m|pct|on)$", "", field.name)
    return name.replace("_", " ").capitalize()


FIELD_LABELS = {
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
# Where a record is drawn, by its `placed_by`.
PLACED_BY_TEXT = {
    "point": "at its own point",
    "tree": "at the point of its tree",
    "site": "at the point of its site",
    "parcel": "in the middle of its lot, found by number: no point is on record",
    "address": "in the middle of its lot, found by address: no point is on record",
    "crossing": "at the crossing that its address names: no point is on record",
    "manual": "in the middle of the lot that somebody set: no point is on record",
    "none": "on no map: no point is on record, and no lot that is drawn",
}


def tree_name(values: Mapping[str, Any]) -> str:
    """Return the name of a tree or site: common name, species or status.

    >>> tree_name({"common": "Pin oak"}), tree_name({"status": "vacant"}), tree_name({})
    ('Pin oak', 'Empty place', 'Tree of unknown species')
    """
    name = values.get("common") or values.get("species")
    if name:
        return str(name)
    return {"stump": "Stump", "vacant": "Empty place", "proposed": "Proposed place"}.get(
        values.get("status") or "", "Tree of unknown species"
    )


def location_text(values: Mapping[str, Any]) -> str:
    """Return where a record is drawn, and the source of that location.

    >>> location_text({"placed_by": "tree"})
    'at the point of its tree'
    """
    return PLACED_BY_TEXT.get(values.get("placed_by") or "", UNKNOWN)


def inspection_name(values: Mapping[str, Any]) -> str:
    """Return the name of an inspection: its kind or code.

    >>> inspection_name({"kind": "tall grass"}), inspection_name({})
    ('tall grass', 'Inspection of unknown kind')
    """
    return str(values.get("kind") or values.get("code") or "Inspection of unknown kind")


def _format_number(value: float, field: Field | None) -> str:
    if field is not None and field.unit == "m²":
        return format_area(value)
    if field is not None and field.name.startswith("year"):
        return f"{value:.0f}"
    digits = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return f"{digits} {field.unit}" if field is not None and field.unit else digits
