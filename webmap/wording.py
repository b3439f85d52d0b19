"""Values as text, in the current language: numbers with units, dates, codes, names, and "unknown".

The page modules call these functions. `webmap.measures` writes lengths and areas.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from babel import Locale, dates

from geo.fields import Field
from geo.identifiers import UNINCORPORATED
from geo.language.translate import current_language, format_number, gettext, gettext_noop
from webmap.field_labels import CODE_LABELS, CODE_LABELS_BY_FIELD, FIELD_LABELS
from webmap.measures import (
    FT_PER_M,
    UNKNOWN,
    format_area,
    format_diameter,
    format_diameter_class,
    format_distance,
    format_resolution,
)

TOWN_SHARE_PATTERN = re.compile(r"([^;]+) ([01]\.\d\d)(?:; |$)")  # share of a parcel in a town: "Charlack 0.94"
PLAIN_NUMBER_FIELD = re.compile(r"year|^number|_(from|to)$")  # years and house numbers have no separators
COORDINATE_DIGITS = 6  # decimals of a degree: about 10 cm
MAX_CACHED_DATES = 10_000


def format_value(value: Any, field: Field | None = None) -> str:
    """Return a value as text.

    >>> format_value(None), format_value(0), format_value(1234.5), format_value("very_good", Field("c", "code", ""))
    ('unknown', '0', '1,234.5', 'very good')
    """
    if value is None or value == "":
        return gettext(UNKNOWN)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int | float):
        return _format_measure(value, field)
    if field is not None and field.kind == "date":
        return format_date(value)
    if field is not None and field.kind == "code":
        return code_label(str(value), field)
    return str(value)


def format_date(text: str | None) -> str:
    """Return an ISO date or time as a day. Other texts stay unchanged.

    >>> format_date("2024-03-05"), format_date("2024-03-05T10:20:30+00:00"), format_date("last spring")
    ('Mar 5, 2024', 'Mar 5, 2024', 'last spring')
    >>> format_date(None)
    'unknown'
    """
    if not text:
        return gettext(UNKNOWN)
    try:
        return _format_day(date.fromisoformat(text[:10]), current_language().locale)
    except ValueError:
        return text


@lru_cache(MAX_CACHED_DATES)
def _format_day(day: date, locale: Locale) -> str:
    return dates.format_date(day, format="medium", locale=locale)


def percentage_of(part: float | None, total: float | None) -> float | None:
    """Return a part as a percentage. None when either number is unknown or the total is 0.

    >>> percentage_of(1, 4), percentage_of(None, 4), percentage_of(1, 0)
    (25.0, None, None)
    """
    return None if part is None or not total else 100 * part / total


def format_percent(value: float | None) -> str:
    """Return a percentage as text.

    >>> format_percent(12.345), format_percent(0.0), format_percent(0.04), format_percent(None)
    ('12.3%', '0%', 'under 0.1%', 'unknown')
    """
    if value is None:
        return gettext(UNKNOWN)
    if 0 < value < 0.1:
        return gettext("under 0.1%")
    return gettext("%(number)s%%", number=format_number(value, 1))


def format_town_shares(text: str) -> str:
    """Return the town shares of a parcel as text. `text` has the form that the join writes.

    Shares are rounded, so a small remainder is not ground outside. A text of another form stays
    unchanged.

    >>> format_town_shares("Charlack 0.94"), format_town_shares("Normandy 0.62; Bel-Nor 0.38")
    ('94% Charlack, 6% outside every town', '62% Normandy, 38% Bel-Nor')
    >>> format_town_shares("Normandy 0.33; Bel-Nor 0.33; Charlack 0.33")
    '33% Normandy, 33% Bel-Nor, 33% Charlack'
    """
    shares = [(town, round(100 * float(part))) for town, part in TOWN_SHARE_PATTERN.findall(text)]
    if not shares:
        return text
    outside_pct = 100 - sum(part for _, part in shares)
    has_outside = outside_pct > len(shares) / 2
    outside_text = gettext("%(number)s%% outside every town", number=format_number(outside_pct, 0))
    texts = [gettext("%(number)s%% %(town)s", number=format_number(part, 0), town=town) for town, part in shares]
    return ", ".join([*texts, *([outside_text] if has_outside else [])])


def no_town_text(
    *, has_boundaries: bool, is_placed: bool, declared_town: str | None = None, is_far: bool = False
) -> str:
    """Return the text for a record without a town.

    The county governs where boundaries are loaded and none contains the record. `declared_town` is the
    town in the assessor's roll. It may govern if its boundary is not loaded. A record that is far from
    every boundary (`is_far`) is outside the mapped area, so nobody knows who governs there.

    >>> no_town_text(has_boundaries=True, is_placed=True), no_town_text(has_boundaries=True, is_placed=False)
    ('Unincorporated (county government)', 'unknown')
    >>> no_town_text(has_boundaries=False, is_placed=True)
    'Unknown: no town boundaries are loaded'
    >>> no_town_text(has_boundaries=True, is_placed=True, declared_town="Ferguson")
    "In no town boundary that is loaded; the assessor's roll says Ferguson"
    >>> no_town_text(has_boundaries=True, is_placed=True, is_far=True)
    'Outside the mapped area'
    """
    is_unincorporated = (declared_town or UNINCORPORATED).strip().casefold() == UNINCORPORATED
    if declared_town and is_unincorporated:
        return gettext("Unincorporated (county government)")
    if not has_boundaries:
        return gettext("Unknown: no town boundaries are loaded")
    if not is_placed:
        return gettext(UNKNOWN)
    if is_unincorporated:
        return gettext("Outside the mapped area") if is_far else gettext("Unincorporated (county government)")
    return gettext("In no town boundary that is loaded; the assessor's roll says %(town)s", town=declared_town)


def field_label(field: Field) -> str:
    """Return the name of a field as a label, with a capital at its start.

    >>> field_label(Field("dbh_in", "real", "", unit="in")), field_label(Field("zip", "text", ""))
    ('Diameter', 'ZIP code')
    """
    return capitalize_first(field_name(field))


def field_name(field: Field) -> str:
    """Return the name of a field as it stands within a sentence.

    >>> field_name(Field("dbh_in", "real", "", unit="in")), field_name(Field("heat_zone", "text", ""))
    ('diameter', 'heat zone')
    """
    return gettext(FIELD_LABELS.get(field.name, "")) or field.name.replace("_", " ")


def code_label(code: str, field: Field) -> str:
    """Return a code as words. A code without a label has its underscores replaced.

    >>> code_label("plant", Field("need", "code", "")), code_label("heat_zone", Field("c", "code", ""))
    ('Vacant site', 'heat zone')
    """
    label = CODE_LABELS_BY_FIELD.get(field.name, {}).get(code) or CODE_LABELS.get(code, "")
    return gettext(label) or code.replace("_", " ")


def capitalize_first(text: str) -> str:
    """Return a text with a capital at its start. The rest stays.

    >>> capitalize_first("court hub"), capitalize_first("ZIP code")
    ('Court hub', 'ZIP code')
    """
    return text[:1].upper() + text[1:]


# Where a record is drawn, by its `placed_by`.
PLACED_BY_TEXT = {
    "point": gettext_noop("at its recorded location"),
    "tree": gettext_noop("at the location of its tree"),
    "site": gettext_noop("at the location of its site"),
    "parcel": gettext_noop("at the center of its lot, found by parcel number; its own location is not recorded"),
    "address": gettext_noop("at the center of its lot, found by address; its own location is not recorded"),
    "crossing": gettext_noop("at the intersection in its address; its own location is not recorded"),
    "manual": gettext_noop("at the center of the lot that was set by hand; its own location is not recorded"),
    "none": gettext_noop("not on the map: no location is recorded, and no lot was found"),
}
# The names of sites without a tree, by their `status`.
SITE_STATUS_NAMES = {
    "stump": gettext_noop("Stump"),
    "vacant": gettext_noop("Vacant site"),
    "proposed": gettext_noop("Proposed site"),
    "retired": gettext_noop("Retired site"),
}


def tree_name(values: Mapping[str, Any]) -> str:
    """Return the name of a tree or site: common name, species or status.

    >>> tree_name({"common": "Pin oak"}), tree_name({"status": "vacant"}), tree_name({})
    ('Pin oak', 'Vacant site', 'Tree, species not recorded')
    """
    name = values.get("common") or values.get("species")
    status_name = gettext(SITE_STATUS_NAMES.get(values.get("status") or "", ""))
    return str(name) if name else status_name or gettext("Tree, species not recorded")


def tree_diameter_text(values: Mapping[str, Any]) -> str | None:
    """Return the diameter of a tree, or the class that the inventory gives instead. None where neither is known.

    >>> tree_diameter_text({"dbh_in": 12.0, "dbh_low_in": 7.0}), tree_diameter_text({"dbh_low_in": 7.0, "dbh_high_in": 12.0})
    ('12 in', '7 to 12 in')
    >>> tree_diameter_text({"dbh_in": None})
    """
    inches = values.get("dbh_in")
    if inches is not None:
        return format_diameter(inches)
    return format_diameter_class(values.get("dbh_low_in"), values.get("dbh_high_in"))


def location_text(values: Mapping[str, Any]) -> str:
    """Return where a record is drawn, and the source of that location.

    >>> location_text({"placed_by": "tree"})
    'at the location of its tree'
    """
    return gettext(PLACED_BY_TEXT.get(values.get("placed_by") or "", UNKNOWN))


def inspection_name(values: Mapping[str, Any]) -> str:
    """Return the name of an inspection: its kind or code, with a capital at its start.

    >>> inspection_name({"kind": "tall grass"}), inspection_name({})
    ('Tall grass', 'Inspection, type not recorded')
    """
    name = values.get("kind") or values.get("code")
    return capitalize_first(str(name)) if name else gettext("Inspection, type not recorded")


def _format_measure(value: float, field: Field | None) -> str:
    """Return a number with the unit of its field, in US and metric units.

    >>> _format_measure(30.0, Field("crown_ft", "real", "", unit="ft")), _format_measure(2020, Field("canopy_year", "integer", ""))
    ('30 ft (9.1 m)', '2020')
    """
    if field is not None and PLAIN_NUMBER_FIELD.search(field.name):
        return f"{value:.0f}"
    unit = None if field is None else field.unit
    if unit == "m":
        is_cell_size = field is not None and field.name.endswith("resolution_m")
        return format_resolution(value) if is_cell_size else format_distance(value)
    if unit == "°":
        return f"{format_number(value, COORDINATE_DIGITS)}°"
    formatters: dict[str | None, Callable[[float], str]] = {
        "m²": format_area,
        "ft": lambda feet: format_distance(feet / FT_PER_M),
        "in": format_diameter,
        "%": format_percent,
        None: format_number,
    }
    return formatters[unit](value) if unit in formatters else f"{format_number(value)} {unit}"
