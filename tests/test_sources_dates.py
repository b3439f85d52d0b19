"""Dates of a column: one order, one epoch, one zone. A value is right, or its row is told; never silently another."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.crs import Bbox
from geo.errors import BadInput
from geo.ingest.cleaning.dates import parse_dates
from geo.ingest.date_text.date_settings import DateSettings, check_date_formats
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.read_source import read_source
from geo.ingest.row_notes import RowNotes

CHICAGO = DateSettings(timezone="America/Chicago")
ZONE = ZoneInfo("America/Chicago")
DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
COLUMNS = st.lists(DAYS, min_size=1, max_size=12)
INSTANTS = st.datetimes(datetime(1975, 1, 1), datetime(2049, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - UTC is added
    lambda moment: moment.replace(microsecond=0)
)


def read_dates(texts: list, settings: DateSettings = CHICAGO) -> tuple[list[str | None], RowNotes]:
    """Read a column; give its days, None for unknown, and the notes."""
    notes = RowNotes(len(texts))
    days = parse_dates(pd.Series(texts, dtype="str"), "opened_on", notes, settings)
    assert days.dtype == "str"
    return [None if pd.isna(day) else day for day in days], notes


def told_rows(notes: RowNotes) -> set[int]:
    return {int(row) for note in notes.entries for row in note.positions}


def reasons(notes: RowNotes) -> str:
    return "\n".join(line["reason"] for line in notes.summary())


def assert_right_or_told(days: list, expected: list[date], notes: RowNotes) -> None:
    told = told_rows(notes)
    for row, (day, right) in enumerate(zip(days, expected, strict=True)):
        assert day == right.isoformat() or row in told, (row, day, right)


def day_first(day: date, sign: str, *, pad: bool, short: bool, time_of_day: str = "") -> str:
    one, two = (f"{part:02}" if pad else str(part) for part in (day.day, day.month))
    return f"{one}{sign}{two}{sign}{day.year % 100 if short else day.year:02}{time_of_day}"


def month_first(day: date, sign: str, *, pad: bool, short: bool, time_of_day: str = "") -> str:
    one, two = (f"{part:02}" if pad else str(part) for part in (day.month, day.day))
    return f"{one}{sign}{two}{sign}{day.year % 100 if short else day.year:02}{time_of_day}"


MANNERS = st.fixed_dictionaries(
    {
        "sign": st.sampled_from("/-."),
        "pad": st.booleans(),
        "short": st.booleans(),
        "time_of_day": st.sampled_from(["", " 00:00", " 0:00:00", " 8:30 PM", "T16:22:19.0", " 23:59:59"]),
    }
)


@settings(max_examples=examples(40))
@given(COLUMNS, MANNERS, st.sampled_from([day_first, month_first]))
@example(
    [date(2026, 3, 13), date(2026, 3, 4)], {"sign": "/", "pad": True, "short": False, "time_of_day": ""}, day_first
)
@example([date(2026, 3, 13)], {"sign": ".", "pad": False, "short": True, "time_of_day": ""}, day_first)
@example([date(2026, 3, 13)], {"sign": "-", "pad": False, "short": False, "time_of_day": " 00:00"}, day_first)
def test_a_column_has_one_order_which_any_of_its_rows_may_tell(column, manner, write):
    days, notes = read_dates([write(day, **manner) for day in column])

    assert_right_or_told(days, column, notes)
    if any(day.day > 12 for day in column) and not manner["short"]:
        assert days == [day.isoformat() for day in column]


@settings(max_examples=examples(40))
@given(COLUMNS, COLUMNS, MANNERS)
def test_where_both_orders_occur_the_doubtful_rows_are_unknown_and_told(one, two, manner):
    manner = manner | {"short": False}
    one, two = [*one, date(2026, 3, 13)], [*two, date(2026, 3, 31)]

    days, notes = read_dates([day_first(day, **manner) for day in one] + [month_first(day, **manner) for day in two])

    assert_right_or_told(days, one + two, notes)
    for day, right in zip(days, one + two, strict=True):
        assert day in {None, right.isoformat()}
        assert (day is None) == (right.day <= 12 and right.day != right.month)
    assert "its column has both orders" in reasons(notes) or None not in days


def test_where_nothing_tells_the_month_comes_first_which_is_told_once():
    days, notes = read_dates(["3/4/2026", "5/6/2026", "7/7/2026", "2026-01-02", None])

    assert days == ["2026-03-04", "2026-05-06", "2026-07-07", "2026-01-02", None]
    assert notes.column_notes(np.arange(1, 6), None) == [
        {"reason": "opened_on: nothing tells day from month in '3/4/2026'; month first", "count": 2, "rows": "1-2"}
    ]


def test_where_the_rows_tell_the_month_first_nothing_is_to_be_told():
    days, notes = read_dates(["3/4/2026", "3/31/2026"])

    assert days == ["2026-03-04", "2026-03-31"]
    assert not told_rows(notes)


@settings(max_examples=examples(40))
@given(COLUMNS, st.sampled_from(["-", "/", "."]), st.booleans())
def test_the_year_first_stays_whatever_else_the_column_has(column, sign, pad):
    texts = [day.strftime(f"%Y{sign}%m{sign}%d") if pad else f"{day.year}{sign}{day.month}{sign}{day.day}" for day in column]  # fmt: skip

    days, _ = read_dates([*texts, "13/3/2026"])

    assert days == [*(day.isoformat() for day in column), "2026-03-13"]


def test_a_single_slip_in_a_column_with_the_year_first_costs_no_other_row():
    days, notes = read_dates(["2026-04-03", "2026-03-31", "2026-13-03"])

    assert days[:2] == ["2026-04-03", "2026-03-31"]
    assert 2 in told_rows(notes)


@settings(max_examples=examples(40))
@given(st.lists(st.dates(date(2001, 1, 1), date(2049, 12, 31)), min_size=1, max_size=12))
def test_two_digits_at_both_ends_are_right_or_told(column):
    for shape in ("%y-%m-%d", "%d-%m-%y", "%m-%d-%y"):
        days, notes = read_dates([day.strftime(shape) for day in column])

        assert_right_or_told(days, column, notes)


@settings(max_examples=examples(40))
@given(DAYS)
def test_two_digits_mean_a_year_from_1950_to_2049(day):
    for shape in ("%m/%d/%y", "%d-%b-%y", "%d %B '%y"):
        days, notes = read_dates([day.strftime(shape), "12/31/2026"])

        assert days[0] == day.isoformat()
        assert 0 in told_rows(notes)


NAMED = [
    "%B %d, %Y", "%b %d, %Y", "%b. %d %Y", "%d %B %Y", "%d-%b-%Y", "%d%b%Y", "%Y-%b-%d", "%A, %B %d, %Y", "%a, %d %b %Y",
    "%d-%b-%Y 02.30.00.000000 PM", "%b %d %Y 12:00AM", "%a %b %d 02:30:00 %Y", "%d%b%Y:02:30:00", "%B %dth, %Y",
]  # fmt: skip


@settings(max_examples=examples(40))
@given(DAYS, st.sampled_from(NAMED), st.booleans())
def test_a_named_month_is_sure(day, shape, upper):
    text = day.strftime(shape)

    days, notes = read_dates([text.upper() if upper else text, "3/31/2026"])

    assert days[0] == day.isoformat()
    assert not told_rows(notes)


# Instants


def iso_z(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


WRITERS = {
    "iso": iso_z,
    "offset": lambda moment: moment.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(),
    "blank": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S+00"),
    "short offset": lambda moment: moment.astimezone(timezone(timedelta(hours=-6))).strftime("%Y-%m-%d %H:%M:%S %z"),
    "utc": lambda moment: moment.strftime("%Y/%m/%d %H:%M:%S.000 UTC"),
    "us": lambda moment: moment.strftime("%m/%d/%Y %I:%M:%S %p GMT"),
    "named": lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    "script": lambda moment: moment.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)"),
    "compact": lambda moment: moment.strftime("%Y%m%dT%H%M%SZ"),
    "seconds": lambda moment: str(int(moment.timestamp())),
    "milliseconds": lambda moment: str(int(moment.timestamp() * 1000)),
    "service": lambda moment: f"/Date({int(moment.timestamp() * 1000)})/",
    "zone name": lambda moment: moment.isoformat() + "[UTC]",
}


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=examples(40))
@given(column=st.lists(INSTANTS, min_size=1, max_size=10))
@example(column=[datetime(2026, 3, 2, 2, 30, tzinfo=UTC)])
@example(column=[datetime(2026, 7, 2, 4, 59, 59, tzinfo=UTC), datetime(2026, 7, 2, 5, tzinfo=UTC)])
def test_an_instant_is_the_day_in_the_towns_zone(writer, column):
    evening = datetime(2026, 3, 31, 2, 30, 1, tzinfo=UTC)  # so that not every time is midnight
    column = [moment.replace(second=moment.second or 1) for moment in column]
    texts = [WRITERS[writer](moment) for moment in [*column, evening]]

    days, notes = read_dates(texts)

    expected = [moment.astimezone(ZONE).date().isoformat() for moment in [*column, evening]]
    numbers = writer in {"seconds", "milliseconds", "service"}
    if numbers:  # a few digits are also other things
        assert_right_or_told(days, [date.fromisoformat(day) for day in expected], notes)
    else:
        assert days == expected
    assert reasons(notes).count("; the day is that in America/Chicago") == 1


@settings(max_examples=examples(40))
@given(st.lists(DAYS, min_size=1, max_size=10), st.sampled_from(["T00:00:00Z", " 00:00:00+00", "T00:00:00.000Z", "T00:00:00-06:00"]))  # fmt: skip
def test_midnight_in_every_row_is_a_day_which_is_told_once(column, midnight):
    days, notes = read_dates([day.isoformat() + midnight for day in column])

    assert days == [day.isoformat() for day in column]
    assert reasons(notes).count("read as days") == 1


def test_milliseconds_at_midnight_in_every_row_are_days():
    column = [date(2026, 3, 2), date(1998, 7, 4)]
    texts = [str(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)) for day in column]

    assert read_dates(texts)[0] == ["2026-03-02", "1998-07-04"]


def test_many_midnights_among_other_times_are_unknown_and_told():
    days, notes = read_dates(["2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", "2026-03-02T02:30:00Z"])

    assert days == [None, None, "2026-03-01"]
    assert "its column has both midnights and other times" in reasons(notes)


@settings(max_examples=examples(40))
@given(COLUMNS, st.sampled_from(["", " 02:30", "T02:30:00", " 11:59 PM", "T00:00:00.000", "Z", "-06:00"]))
def test_a_date_alone_and_a_time_without_a_zone_never_shift(column, time_of_day):
    texts = [day.isoformat() + time_of_day for day in column]

    days, _ = read_dates([*texts, "2026-03-02T02:30:00Z"])

    assert days == [*(day.isoformat() for day in column), "2026-03-01"]


def test_the_zone_is_that_of_the_towns_and_without_one_an_instant_is_unknown():
    text = ["2026-03-02T05:30:00Z"]
    boston = DateSettings(towns_bbox=Bbox(-71.2, 42.3, -71.0, 42.4))

    assert read_dates(text, boston)[0] == ["2026-03-02"]
    assert read_dates(text, DateSettings(timezone="America/Denver"))[0] == ["2026-03-01"]
    days, notes = read_dates(text, DateSettings())
    assert days == [None]
    assert "use --timezone" in reasons(notes)


def test_no_zone_is_guessed_from_a_name_that_is_none():
    with pytest.raises(BadInput, match="--timezone Central: no such time zone; write it like America/Chicago"):
        read_source(IngestRequest("trees", (), timezone="Central"))


# Numbers of workbooks, years, months


def serial(day: date, epoch: date = date(1899, 12, 30)) -> int:
    return (day - epoch).days


@settings(max_examples=examples(40))
@given(st.lists(DAYS, min_size=1, max_size=10), st.sampled_from(["", ".0", ".5", ".9791666667", ".99998"]))
def test_a_serial_number_counts_from_the_epoch_of_its_workbook(column, fraction):
    of_1904 = DateSettings("UTC", epoch_years=np.full(len(column), 1904))

    days_1900, notes_1900 = read_dates([f"{serial(day)}{fraction}" for day in column])
    days_1904, notes_1904 = read_dates(
        [f"{serial(day, date(1904, 1, 1)) + 10_000}{fraction}" for day in column], of_1904
    )

    assert days_1900 == [day.isoformat() for day in column]
    assert days_1904 == [(day + timedelta(10_000)).isoformat() if serial(day, date(1904, 1, 1)) + 10_000 < 80_000 else None for day in column]  # fmt: skip
    assert told_rows(notes_1900) == told_rows(notes_1904) == set(range(len(column)))


def test_a_day_of_1952_is_no_empty_cell():
    numbers = [str(number) for number in range(18_990, 19_000)]

    days, _ = read_dates([*numbers, "1899-12-30", "1899"])

    assert days[:10] == [(date(1899, 12, 30) + timedelta(int(number))).isoformat() for number in numbers]
    assert days[10:] == [None, None]


def test_a_fraction_that_is_midnight_but_for_an_error_of_division_is_the_next_day():
    assert read_dates(["46113.999999999", "46113.99998"])[0] == ["2026-04-02", "2026-04-01"]


def test_files_of_both_epochs_each_keep_their_own():
    days, _ = read_dates(["44197", "44197"], DateSettings("UTC", epoch_years=np.array([1900, 1904])))

    assert days == ["2021-01-01", "2025-01-02"]


def test_a_serial_number_among_other_numbers_is_no_date():
    days, notes = read_dates(["44197", "12", "7", "2026-03-02"])

    assert days == [None, None, None, "2026-03-02"]
    assert told_rows(notes) == {0, 1, 2}


@settings(max_examples=examples(40))
@given(st.lists(st.integers(1700, 2100).map(str), min_size=1, max_size=5))
def test_years_alone_are_unknown_and_told_once(years):
    days, notes = read_dates(years)

    assert days == [None] * len(years)
    assert told_rows(notes) == set(range(len(years)))


@pytest.mark.parametrize("text", ["2014-05", "05/2014", "May 2014", "2014 May", "May-14", "5.2014"])
def test_a_month_alone_is_unknown_and_the_screen_says_what_takes_it(text):
    days, notes = read_dates([text])

    assert days == [None]
    assert "is a month without a day, so unknown" in notes.column_notes(np.array([1]), None)[0]["reason"]


def test_a_profile_takes_years_and_months_as_their_first_day():
    settings = DateSettings("UTC", formats={"opened_on": ("%Y", "%B %Y", "%d.%m.%Y")})

    days, notes = read_dates(["2014", "May 2014", "4.3.2026", "3/4/2026"], settings)

    assert days == ["2014-01-01", "2014-05-01", "2026-03-04", None]
    assert "year only, as in '2014'; the first day of it" in reasons(notes)
    assert "month only, as in 'May 2014'; the first day of it" in reasons(notes)
    assert "does not fit %Y or %B %Y or %d.%m.%Y, the format of the profile" in reasons(notes)


def test_a_format_that_nobody_can_read_is_refused_with_its_profile():
    with pytest.raises(BadInput, match=r"profile oak-trees: .dates. planted_on = '%Q'"):
        check_date_formats({"planted_on": ("%Q",)}, "oak-trees")


@pytest.mark.parametrize(
    "text",
    [
        "soon", "13/13/2026", "2026-02-30", "00/00/0000", "0000-00-00", "3/4/2026 - 5/6/2026", "1.77242E+12", "260302",
        "3/4", "12", "-1", "99999999999999999999", "Dec", "31 Februar 2026", "  /  /  ", "2/3/2026 or 4/5/2026", "::", "T", "%",
    ],
)  # fmt: skip
def test_what_is_no_date_is_unknown_and_told(text):
    days, notes = read_dates([text])

    assert days == [None]
    assert told_rows(notes) == {0}


@settings(max_examples=examples(40))
@given(st.lists(st.one_of(st.none(), st.text(max_size=24), st.text("0123456789-/.:TZ +APM,", max_size=24)), max_size=8))
def test_any_text_ends_in_a_day_or_is_told(texts):
    texts = [None if text is None or not text.strip() else text for text in texts]

    days, notes = read_dates(texts)

    told = told_rows(notes)
    for row, (text, day) in enumerate(zip(texts, days, strict=True)):
        assert day is not None or text is None or row in told
        assert day is None or "1700-01-01" <= day <= "2100-12-31"
        assert text is not None or row not in told


def test_a_quarter_of_a_million_dates_take_less_than_a_second():
    moments = np.datetime64("2005-01-01T06:00:01") + np.arange(250_000).astype("timedelta64[m]") * 37
    texts = pd.Series(np.datetime_as_string(moments, unit="s"), dtype="str") + "Z"

    started = time.perf_counter()
    days = parse_dates(texts, "opened_on", RowNotes(len(texts)), CHICAGO)
    seconds = time.perf_counter() - started

    assert days.notna().all()
    assert seconds < 3, f"{seconds:.2f} s; a second when the machine is idle"


# Files


def layer_of(column: pd.Series):
    import geopandas as gpd
    import shapely

    points = [shapely.Point(-90.3 + row / 1000, 38.7) for row in range(len(column))]
    return gpd.GeoDataFrame({"requestid": [f"U{row}" for row in range(len(column))], "status": "open", "opened": column}, geometry=points, crs=4326)  # fmt: skip


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "fgb", "geojson"])
@pytest.mark.parametrize(("zone", "day"), [("America/New_York", "2026-03-01"), (None, "2026-03-02")])
def test_every_format_keeps_the_zone_of_a_time(tmp_path, suffix, zone, day):
    column = pd.Series(pd.to_datetime(["2026-03-02T02:30:00", "2026-03-02T02:31:00"]))
    if zone is not None:
        column = column.dt.tz_localize("UTC").dt.tz_convert(zone)
    path = tmp_path / f"cases.{suffix}"
    frame = layer_of(column)
    frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path)

    reading = read_source(IngestRequest("inspections", (path,), timezone="America/Chicago"))

    assert reading.frame["opened_on"].tolist() == [day, day]


def test_an_evening_inspection_stays_on_its_evening_in_the_towns_of_the_workspace(store, tmp_path):
    from geo.workspace import read_files

    path = tmp_path / "instants.geojson"
    properties = '{"requestid": "U2", "address": "1 Elm St", "status": "open", "opened": "2026-03-02T02:30:00Z"}'
    path.write_text(f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "properties": {properties}, "geometry": null}}]}}')  # fmt: skip

    reading = read_files(store, IngestRequest("inspections", (path,)))

    assert reading.frame["opened_on"].tolist() == ["2026-03-01"]
    (note,) = reading.report.details["column_notes"]
    assert note["reason"] == "opened_on: instants, as '2026-03-02T02:30:00Z'; the day is that in America/Chicago, another one in 1 rows"  # fmt: skip


def test_days_as_numbers_of_a_workbook_from_1904_count_from_there():
    import pyarrow as pa

    from geo.ingest.mapping.map_rows import stack_tables
    from geo.ingest.readers.raw_table import RawTable

    tables = [
        RawTable(["opened"], [pa.chunked_array([["44197"]])], None, None, {"file": at, "driver": "XLSX", **more})
        for at, more in enumerate([{"date_epoch": 1904}, {}])
    ]

    assert stack_tables(tables).epoch_years.tolist() == [1904, 1900]
    assert stack_tables(tables[1:]).epoch_years is None
