"""The settings by which the dates of one file are read: time zone, epoch of its workbook, formats of its profile.

`clean_layer` makes them. `geo.ingest.cleaning.dates.parse_dates` takes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from tzfpy import get_tz

from geo.crs import Bbox
from geo.errors import BadInput

EPOCH_1904 = 1904  # of workbooks that Excel for Macintosh made; all others count from 1900


@dataclass(frozen=True)
class DateSettings:
    """The settings for the dates of one file.

    `timezone` is the name of the zone in which an instant becomes a day. If it is None, the zone at the
    middle of `towns_bbox` (degrees) is taken. `epoch_years` `(rows,)` is the year from which each row's
    workbook counts days, None for 1900. `formats` are the profile's formats of dates, by field.
    """

    timezone: str | None = None
    towns_bbox: Bbox | None = None
    epoch_years: np.ndarray | None = None
    formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find_timezone(self) -> str | None:
        """Return the name of the towns' zone, or None if nothing tells it.

        >>> DateSettings(towns_bbox=Bbox(-90.35, 38.66, -90.24, 38.74)).find_timezone()
        'America/Chicago'
        >>> DateSettings(timezone="America/Denver").find_timezone(), DateSettings().find_timezone()
        ('America/Denver', None)
        """
        if self.timezone is not None or self.towns_bbox is None:
            return self.timezone
        west, south, east, north = self.towns_bbox
        return get_tz((west + east) / 2, (south + north) / 2) or None


def check_timezone(name: str | None) -> None:
    """Raise BadInput unless a name is that of a time zone, or None.

    >>> check_timezone("Central")
    Traceback (most recent call last):
        ...
    geo.errors.BadInput: --timezone Central: no such time zone; write it like America/Chicago
    """
    try:
        if name is not None:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"--timezone {name}: no such time zone; write it like America/Chicago") from None


def check_date_formats(formats: Mapping[str, tuple[str, ...]], profile_name: str) -> None:
    """Raise BadInput for a format of dates that Python's strptime does not know.

    >>> check_date_formats({"planted_on": ("%Y", "%m/%d/%Y")}, "maplewood-trees")
    >>> check_date_formats({"planted_on": ("%Q",)}, "maplewood-trees")
    Traceback (most recent call last):
        ...
    geo.errors.BadInput: profile maplewood-trees: [dates] planted_on = '%Q': 'Q' is a bad directive in format '%Q'; write it as %Y, %m and %d
    """
    for field_name, texts in formats.items():
        for text in texts:
            try:
                datetime.strptime("", text)  # noqa: DTZ007 - nothing is read
            except ValueError as error:
                if "does not match" in str(error):
                    continue
                raise BadInput(
                    f"profile {profile_name}: [dates] {field_name} = '{text}': {error}; write it as %Y, %m and %d"
                ) from None
