"""Lengths, areas and diameters as text, in US and metric units. A setting says which come first.

`webmap.wording` and the page modules call these functions. `webmap.app` calls `use_units` for each request.
Values enter in meters, square meters and inches, as they are stored.
"""

from contextvars import ContextVar
from typing import Literal, get_args

from geo.errors import BadInput
from geo.language.translate import format_number, gettext, gettext_noop

Units = Literal["feet", "meters"]
UNKNOWN = gettext_noop("unknown")
UNITS: tuple[str, ...] = get_args(Units)
SQ_FT_PER_M2 = 10.763910417  # square feet in a square meter
SQ_FT_PER_ACRE = 43_560
FT_PER_M = 1 / 0.3048
FT_PER_MILE = 5_280
CM_PER_IN = 2.54

_current_units: ContextVar[str] = ContextVar("current_units", default="feet")


def use_units(units: str) -> None:
    """Set the units that come first in the current thread. Raises BadInput for others than feet and meters.

    >>> use_units("yards")
    Traceback (most recent call last):
    geo.errors.BadInput: units are 'yards'; they can be feet or meters
    """
    if units not in UNITS:
        raise BadInput(f"units are {units!r}; they can be {' or '.join(UNITS)}")
    _current_units.set(units)


def current_units() -> str:
    """Return the units that come first: feet, until `use_units` says otherwise.

    >>> current_units()
    'feet'
    """
    return _current_units.get()


def format_area(square_meters: float | None) -> str:
    """Return an area as square feet or acres, with its metric value, or the other way around.

    None is unknown, never zero.

    >>> format_area(1000.0), format_area(50_000.0), format_area(2_500_000.0)
    ('10,764 sq ft (1,000 m²)', '12.4 acres (50,000 m²)', '618 acres (2.5 km²)')
    """
    if square_meters is None:
        return gettext(UNKNOWN)
    return _in_order(_area_in_feet(square_meters), _area_in_meters(square_meters))


def format_distance(meters: float) -> str:
    """Return a distance in feet or miles, with its metric value, or the other way around.

    >>> format_distance(3.0), format_distance(804.67), format_distance(300_000.0)
    ('9.8 ft (3 m)', '0.5 mi (805 m)', '186 mi (300 km)')
    """
    return _in_order(_distance_in_feet(meters), _distance_in_meters(meters))


def format_diameter(inches: float) -> str:
    """Return the diameter of a trunk: in inches, or in metric units with the inches.

    >>> format_diameter(12.0)
    '12 in'
    """
    in_inches = gettext("%(number)s in", number=format_number(inches, 1))
    if current_units() == "feet":
        return in_inches
    in_centimeters = gettext("%(number)s cm", number=format_number(inches * CM_PER_IN, 0))  # Babel reads no f-strings
    return f"{in_centimeters} ({in_inches})"


def format_diameter_class(low_in: float | None, high_in: float | None) -> str | None:
    """Return a class of diameters from one end to the other, None where both ends are unknown.

    >>> format_diameter_class(7.0, 12.0), format_diameter_class(36.0, None), format_diameter_class(None, 6.0)
    ('7 to 12 in', '36 in or more', 'up to 6 in')
    >>> format_diameter_class(None, None)
    """
    if low_in is None and high_in is None:
        return None
    in_inches = _class_text(low_in, high_in, gettext_noop("%(number)s in"))
    if current_units() == "feet":
        return in_inches
    low_cm, high_cm = (None if end is None else round(end * CM_PER_IN) for end in (low_in, high_in))
    return f"{_class_text(low_cm, high_cm, gettext_noop('%(number)s cm'))} ({in_inches})"


def _class_text(low: float | None, high: float | None, unit_text: str) -> str:
    low_text, high_text = (None if end is None else format_number(end, 1) for end in (low, high))
    if low_text is None:
        return gettext("up to %(size)s", size=gettext(unit_text, number=high_text))
    if high_text is None:
        return gettext("%(size)s or more", size=gettext(unit_text, number=low_text))
    return gettext("%(low)s to %(high)s", low=low_text, high=gettext(unit_text, number=high_text))


def format_resolution(meters: float) -> str:
    """Return the cell size of a raster.

    >>> format_resolution(1.0)
    '3.3 ft (1 m)'
    """
    in_feet = gettext("%(number)s ft", number=format_number(meters * FT_PER_M, 1))
    return _in_order(in_feet, gettext("%(number)s m", number=format_number(meters)))


def _in_order(us_text: str, metric_text: str) -> str:
    first, second = (us_text, metric_text) if current_units() == "feet" else (metric_text, us_text)
    return f"{first} ({second})"


def _area_in_feet(square_meters: float) -> str:
    square_feet = square_meters * SQ_FT_PER_M2
    if square_meters >= 20_000:
        acres = square_feet / SQ_FT_PER_ACRE
        return gettext("%(number)s acres", number=format_number(acres, 1 if acres < 100 else 0))
    return gettext("%(number)s sq ft", number=format_number(square_feet, 0))


def _area_in_meters(square_meters: float) -> str:
    if square_meters >= 1_000_000:
        return gettext("%(number)s km²", number=format_number(square_meters / 1e6))
    return gettext("%(number)s m²", number=format_number(square_meters, 0))


def _distance_in_feet(meters: float) -> str:
    feet = meters * FT_PER_M
    if feet < FT_PER_MILE / 4:
        return gettext("%(number)s ft", number=format_number(feet, 1 if feet < 10 else 0))
    miles = feet / FT_PER_MILE
    return gettext("%(number)s mi", number=format_number(miles, 1 if miles < 100 else 0))


def _distance_in_meters(meters: float) -> str:
    if meters >= 1_000:
        return gettext("%(number)s km", number=format_number(meters / 1_000, 1 if meters < 100_000 else 0))
    return gettext("%(number)s m", number=format_number(meters, 1 if meters < 10 else 0))
