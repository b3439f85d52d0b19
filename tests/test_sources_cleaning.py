"""Values cleaned: what is doubtful becomes unknown, what is mended is told, nothing else changes."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import Bbox
from geo.ingest.cleaning.dates import parse_dates
from geo.ingest.cleaning.field_values import FieldCleaner
from geo.ingest.cleaning.numbers import split_house_numbers
from geo.ingest.cleaning.places.geometries import clean_geometries
from geo.ingest.cleaning.row_ids import RowTraits, assign_ids
from geo.ingest.cleaning.tree_columns import site_status_of_rows
from geo.ingest.mapping.column_matching import column_as_text, rows_as_json
from geo.ingest.mapping.crs_detection import CrsHints
from geo.ingest.mapping.profile import Profile, field_code_words, profiles_by_name
from geo.ingest.row_notes import RowNotes
from geo.schema import LAYERS

TOWNS = Bbox(-90.35, 38.66, -90.24, 38.74)
CLUES = CrsHints(None, "EPSG:4326", None, "GPKG", "trees.gpkg", TOWNS)


def clean_values(layer: str, name: str, values: list, **told) -> tuple[list, RowNotes]:
    """Clean one field of a layer; returns its values, None for unknown, and the notes."""
    notes = RowNotes(len(values))
    field = LAYERS[layer].fields_by_name[name]
    words = field_code_words(Profile("", layer), name, field.codes)
    column = FieldCleaner(notes).clean_field(field, pd.Series(values, dtype="str"), code_by_word=words, **told)
    assert column.dtype == field.dtype
    return [None if pd.isna(one) else one for one in column], notes


def note_lines(notes: RowNotes) -> list[str]:
    return [f"{one['outcome']} {one['rows']}: {one['reason']}" for one in notes.summary()]


def test_blank_null_and_words_for_nothing_are_told_apart():
    values, notes = clean_values("parcels", "land_use", ["Lot", "", None, "N/A", "NA", "null", "None", " "])

    assert values == ["Lot", *[None] * 7]
    assert note_lines(notes) == [
        "mended 1: land_use: 'N/A', so unknown",
        "mended 1: land_use: 'NA', so unknown",
        "mended 1: land_use: 'None', so unknown",
        "mended 1: land_use: 'null', so unknown",
        "noted 2: land_use: blank, so unknown",
        "noted 1: land_use: null, so unknown",
    ]
    assert {said: one["rows"] for said, one in notes.unknown_rows_by_field(np.arange(1, 9), None)["land_use"].items()} == {
        "blank": "2, 8", "null": "3", "'N/A'": "4", "'NA'": "5", "'null'": "6", "'None'": "7",
    }  # fmt: skip


def test_a_report_of_a_million_blanks_names_every_row_and_stays_small():
    half = np.arange(1_000_000) % 2 == 0
    notes = RowNotes(len(half))
    for name in ("condition", "dbh_in"):
        notes.note_unknown_values(name, "blank", half)

    lines = notes.report_lines(np.arange(1, len(half) + 1), None)
    rows = notes.unknown_rows_by_field(np.arange(1, len(half) + 1), None)["dbh_in"]["blank"]

    assert lines[1] == {"row": 3, "outcome": "noted", "reason": "blank, so unknown: condition, dbh_in"}  # fmt: skip
    assert len(lines) == 10_000
    assert rows["count"] == 500_000
    assert [int(one) for one in rows["rows"].split(", ")] == list(range(1, 1_000_000, 2))
    assert not notes.rows_with_outcome("mended").any()


def test_none_is_an_answer_where_no_clearance_is_wanting():
    assert clean_values("trees", "clearance", ["None", "N/A"])[0] == ["None", None]


def test_remove_with_a_blank_is_remove_and_the_report_says_so():
    values, notes = clean_values("trees", "maintenance", ["Remove", "Remove ", "Hazard  prune"])

    assert values == ["Remove", "Remove", "Hazard prune"]
    (remark,) = notes.entries
    assert remark.positions.tolist() == [1, 2]
    assert remark.reasons == [
        "maintenance: 'Remove ' became 'Remove'",
        "maintenance: 'Hazard  prune' became 'Hazard prune'",
    ]


def test_an_owner_is_never_told_in_a_report():
    _, notes = clean_values("parcels", "owner", ["Somebody  Else "])

    assert "Somebody" not in str(notes.report_lines(np.array([1]), None))
    assert note_lines(notes) == ["mended 1: owner: extra spaces removed"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("12.50", 12.5),
        ('12"', 12.0),
        ("12 in", 12.0),
        ("0", None),
        ("9908", None),
        ("9,908", None),
        ("-3", None),
        ("13-1", None),
        ("<6", None),
        ("big", None),
        ("1e1", 10.0),
    ],
)
def test_a_diameter_is_a_number_in_inches_that_a_tree_can_have(text, value):
    values, notes = clean_values("trees", "dbh_in", [text])

    assert values == [value]
    assert notes.rows_with_outcome("mended").any() == (value is None or (not text.replace(".", "").isdigit() and text != "1e1"))  # fmt: skip


def test_thousands_separators_come_off_and_fractions_of_a_whole_do_not_pass():
    assert clean_values("parcels", "area_recorded_m2", ["1,234.5"])[0] == [1234.5]
    assert clean_values("parcels", "dwellings", ["2.5", "0", "1,200"])[0] == [None, 0, 1200]
    assert clean_values("parcels", "year_built", ["0", "1950", "1950.0"])[0] == [None, 1950, 1950]


def test_a_year_is_told_without_a_thousands_separator_and_a_measure_with_one():
    _, years = clean_values("parcels", "year_built", ["1066"])
    _, areas = clean_values("parcels", "area_recorded_m2", ["-5"])

    assert "not between 1700 and 2100" in str(years.entries)
    assert "1e+09 m²" in str(areas.entries)


def test_a_factor_turns_square_feet_into_square_metres():
    values, _ = clean_values("parcels", "area_recorded_m2", ["1000", "0"], factor=0.09290304)

    assert values == [pytest.approx(92.90304), None]


def test_words_become_codes_and_strange_words_are_named():
    values, notes = clean_values("trees", "condition", ["Very Good", "FAIR", "wobbly", None, "dead"])

    assert values == ["very_good", "fair", "unknown", "unknown", "dead"]
    assert notes.report_lines(np.arange(1, 6), None) == [
        {
            "row": 3,
            "outcome": "mended",
            "reason": "condition: 'wobbly' is not a known value of this field; now unknown",
        },
        {"row": 4, "outcome": "noted", "reason": "null, so unknown: condition"},
    ]


def test_a_missing_risk_is_unknown_and_never_low():
    assert clean_values("trees", "risk", [None, "", "Very Low"])[0] == ["unknown", "unknown", "low"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-01-05 16:22:19.0", "2018-01-05"),
        ("2018-01-05T16:22:19Z", "2018-01-05"),
        ("2018/1/5", "2018-01-05"),
        ("7/5/2005", "2005-07-05"),
        ("07-05-2005", "2005-07-05"),
        ("13/5/2005", "2005-05-13"),
        ("20050705", "2005-07-05"),
        ("5-Jul-2005", "2005-07-05"),
        ("July 5, 2005", "2005-07-05"),
        ("7/5/05", "2005-07-05"),
        ("1120521600000", "2005-07-05"),
        ("38538", "2005-07-05"),
        ("1899-12-30", None),
        ("12/30/1899", None),
        ("1899-12-31T00:00:00", None),
        ("1900-01-00", None),
        ("00:00:00", None),
        ("0", None),
        ("2005", None),
        ("31/31/2005", None),
        ("2005-02-30", None),
        ("soon", None),
        ("9999-12-31", None),
    ],
)
def test_a_date_of_any_shape_is_a_day_or_unknown(text, day):
    notes = RowNotes(1)

    days = parse_dates(pd.Series([text], dtype="str"), "due_on", notes)

    assert days.fillna("").tolist() == [day or ""]
    assert bool(notes.rows_with_outcome("mended").any()) or day is not None


@pytest.mark.parametrize(
    ("number", "suffix", "parts"),
    [
        ("4021", None, ("4021", "", "", "", "")),
        ("4021-25", None, ("4021", "4025", "", "", "")),
        ("4021-4025", None, ("4021", "4025", "", "", "")),
        ("4131R", None, ("4131", "", "", "R", "")),
        ("503 1/2", None, ("503", "", "1/2", "", "")),
        ("6", "1/2", ("6", "", "1/2", "", "")),
        ("30", "A", ("30", "", "", "A", "")),
        ("30", "32", ("30", "32", "", "", "")),
        ("45", "10", ("45", "", "", "", "10")),
        ("68", "101", ("68", "", "", "", "101")),
        ("Lot B", None, ("Lot B", "", "", "", "")),
    ],
)
def test_house_numbers_are_parted(number, suffix, parts):
    texts = {"number": [number], "number_sfx": [suffix]}

    told = split_house_numbers({k: pd.Series(v, dtype="str") for k, v in texts.items()}, RowNotes(1))

    names = ("number", "number_hi", "frac", "number_sfx", "unit")
    assert tuple(told[name].fillna("").iloc[0] for name in names) == parts


def traits(shapes: list, **fields: list) -> RowTraits:
    """Give rows as `allot` takes them."""
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in fields.items()}, index=range(len(shapes)))  # fmt: skip
    content = frame.astype("str").fillna("").agg("|".join, axis=1) if fields else frame.index.astype("str").to_series(index=frame.index)  # fmt: skip
    return RowTraits(np.array(shapes, dtype=object), frame, content)


def allotted(own: list, shapes: list, **fields: list) -> list[str]:
    return assign_ids(pd.Series(own, dtype="str"), traits(shapes, **fields), RowNotes(len(own))).tolist()


SPOTS = [shapely.Point(-90.3 + step / 1000, 38.7) for step in range(4)]
RINGS = [shapely.Point(-90.3, 38.7).buffer(step / 1000) for step in (1, 2)]  # about one middle


@pytest.mark.parametrize("own", ["7", None])
@given(order=st.permutations(range(6)), changed=st.integers(0, 5), word=st.text(max_size=3))
def test_an_id_stays_with_its_place_whatever_else_changes(own, order, changed, word):
    shapes = [*SPOTS, *RINGS]
    fields = {"address": list("ababab"), "species": list("cccddd"), "code": [None] * 6}
    before = dict(zip(shapes, allotted([own] * 6, shapes, **fields), strict=True))

    for name in ("address", "species"):
        fields[name][changed] = word
    moved = [shapes[at] for at in order]
    after = allotted([own] * 6, moved, **{k: [v[at] for at in order] for k, v in fields.items()})

    assert dict(zip(moved, after, strict=True)) == before
    assert len(set(after)) == 6


@given(st.permutations(range(3)))
def test_where_places_are_alike_or_unknown_the_address_tells_before_the_rest(order):
    address, species = ["1 Elm St", "2 Elm St", "3 Elm St"], ["oak", "ash", "fir"]
    rows = {"address": [address[at] for at in order], "species": [species[at] for at in order]}

    for shape in (None, shapely.Point(), SPOTS[0]):
        made = dict(zip(rows["address"], allotted(["7"] * 3, [shape] * 3, **rows), strict=True))

        assert made == {"1 Elm St": "7", "2 Elm St": "7-2", "3 Elm St": "7-3"}


def test_without_ids_another_row_at_a_place_gives_no_row_the_id_of_a_neighbour():
    two = allotted([None] * 2, [SPOTS[0]] * 2, unit=["1", "3"])
    three = allotted([None] * 3, [SPOTS[0]] * 3, unit=["1", "2", "3"])

    assert [three[0], three[2]] == two


def test_inspections_of_one_place_are_set_apart_by_case_and_day():
    first = allotted([None], [SPOTS[0]], case_id=["C1"], status=["open"])
    both = allotted([None] * 2, [SPOTS[0]] * 2, case_id=["C1", "C2"], status=["closed", "open"])

    assert both[0] == first[0]


def test_an_id_of_a_place_does_not_follow_the_format_s_rounding_or_where_a_ring_begins():
    lot = shapely.box(-90.31, 38.70, -90.30, 38.71)
    same = shapely.Polygon([*lot.exterior.coords[2:], *lot.exterior.coords[1:3]])
    moved = shapely.transform(same, lambda xy: xy + 1e-10)

    assert allotted([None], [lot]) == allotted([None], [moved])


@given(st.lists(st.sampled_from(["1", "1-2", "1-3", "", "--", "0", None]), min_size=1, max_size=8))
def test_ids_are_always_unique_and_the_file_s_own_stay_where_they_can(own):
    made = pd.Series(allotted(own, [None] * len(own)))

    assert made.is_unique
    assert made.notna().all()
    assert {one for one in own if one in ("1", "1-2", "1-3")} <= set(made)


def test_whole_numbers_of_a_real_column_lose_their_point():
    import pyarrow as pa

    assert column_as_text(pa.chunked_array([[63109.0, 2.5, None]])).fillna("").tolist() == ["63109", "2.5", ""]


@given(st.lists(st.one_of(st.none(), st.text()), min_size=1, max_size=4))
def test_raw_attributes_are_json_whatever_they_hold(values):
    import json

    import pyarrow as pa

    column = pa.chunked_array([pa.array(values, pa.string())])
    reals = pa.chunked_array([[0.1, float("nan"), -1e300, 5.0][: len(values)] + [1.0] * (len(values) - 4)])  # fmt: skip

    texts = rows_as_json(['a"\n', "b"], [column, reals], len(values))

    assert [json.loads(text)['a"\n'] for text in texts] == values


def place_geometries(*shapes: object, clues: CrsHints = CLUES, layer: str = "trees") -> tuple[list, list[str]]:
    notes = RowNotes(len(shapes))
    found = clean_geometries(np.array(shapes, dtype=object), clues, LAYERS[layer], notes)
    return [None if one is None else one.wkt for one in found.geometries], note_lines(notes)


HERE = [shapely.Point(-90.30, 38.70)] * 9


def test_a_point_at_zero_is_no_place():
    shapes, notes = place_geometries(*HERE, shapely.Point(0, 0))

    assert shapes[-1] is None
    assert notes == ["mended 1: geometry: is (0, 0), which is not a real location; location unknown"]


def test_zero_in_feet_reprojected_is_no_place_either():
    origin = gpd.GeoSeries([shapely.Point(0, 0)], crs="ESRI:102696").to_crs(4326).iloc[0]

    shapes, notes = place_geometries(*HERE, origin)

    assert shapes[-1] is None
    assert "is (0, 0) in another coordinate system" in notes[0]


def test_swapped_axes_are_turned_round_and_told():
    shapes, notes = place_geometries(*HERE, shapely.Point(38.70, -90.30))

    assert shapes[-1] == "POINT (-90.3 38.7)"
    assert "swapped" in notes[0]


def test_a_whole_file_with_latitude_first_is_turned_round():
    shapes, _ = place_geometries(*[shapely.Point(42.37, -71.11)] * 5, clues=CrsHints(None, None, None, "CSV", "a.csv", Bbox(-71.2, 42.3, -71.0, 42.4)))  # fmt: skip

    assert set(shapes) == {"POINT (-71.11 42.37)"}


def test_a_tree_on_another_continent_is_remarked_and_stays():
    shapes, notes = place_geometries(*HERE, shapely.Point(2.35, 48.85))

    assert shapes[-1] == "POINT (2.35 48.85)"
    assert notes == ["noted 1: geometry: is far from the towns"]


def test_without_towns_a_tree_is_judged_by_the_rest_of_its_file():
    shapes, notes = place_geometries(*HERE, shapely.Point(2.35, 48.85), clues=CrsHints(None, "EPSG:4326", None, "GPKG", "a", None))  # fmt: skip

    assert shapes[-1] == "POINT (2.35 48.85)"
    assert notes == ["noted 1: geometry: is far from the rest of the file"]


def test_a_bow_tie_is_mended_and_its_change_of_area_told():
    bow = shapely.Polygon([(-90.30, 38.70), (-90.29, 38.71), (-90.29, 38.70), (-90.30, 38.71)])
    notes = RowNotes(1)

    found = clean_geometries(np.array([bow]), CLUES, LAYERS["parcels"], notes)

    assert found.geometries[0].is_valid
    assert found.geometries[0].geom_type == "MultiPolygon"
    assert "Self-intersection" in notes.entries[0].reasons[0]


def test_of_mixed_geometry_what_fits_is_kept_and_the_rest_marked():
    lot = shapely.box(-90.31, 38.70, -90.30, 38.71)
    line = shapely.LineString([(-90.31, 38.70), (-90.30, 38.71)])
    both = shapely.GeometryCollection([lot, line])
    notes = RowNotes(5)

    found = clean_geometries(np.array([lot, line, both, None, shapely.Polygon()]), CLUES, LAYERS["parcels"], notes)  # fmt: skip

    assert found.is_wrong_kind.tolist() == [False, True, False, False, False]
    assert [one is not None for one in found.geometries] == [True, False, True, False, False]
    assert found.geometries[2].equals(lot)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"common": "Pin Oak"}, "planted"),
        ({"common": "Vacant"}, "vacant"),
        ({"species": "STUMP "}, "stump"),
        ({"common": "Pin Oak", "condition": "Stump"}, "stump"),
        ({"common": "Pin Oak", "condition": "vacant"}, "vacant"),
        ({"common": "Pin Oak", "status": "Existing"}, "planted"),
        ({"common": "Pin Oak", "status": "Stump"}, "stump"),
        ({"common": "Pin Oak", "status": "Removed"}, "vacant"),
        ({"common": "Pin Oak", "status": "Dead"}, "planted"),
        ({"common": "Pin Oak", "removed_on": "2020-01-01"}, "vacant"),
        ({"common": "Pin Oak", "removed_on": ""}, "planted"),
        ({"common": "Pin Oak", "status": "Existing", "removed_on": "2020-01-01"}, "planted"),
        ({"common": "Stumpy oak"}, "planted"),
    ],
)
def test_a_stump_and_an_empty_place_are_sites_and_no_trees(row, state):
    texts = {name: pd.Series([text], dtype="str") for name, text in row.items()}

    assert site_status_of_rows(texts, Profile("", "trees"), 1, RowNotes(1)).tolist() == [state]


@pytest.mark.parametrize("profile", profiles_by_name().values(), ids=lambda one: one.name)
def test_a_profile_speaks_of_fields_and_codes_that_there_are(profile):
    layer = LAYERS[profile.layer]
    more = {"id", "lon", "lat", "x", "y", "wkt"} | ({"status", "removed_on"} if layer.name == "trees" else set())  # fmt: skip

    assert profile.description
    assert set(profile.columns) <= set(layer.fields_by_name) | more
    for name, words in profile.codes.items():
        assert set(words.values()) <= set(layer.fields_by_name[name].codes)
    assert set(profile.factors) | set(profile.unknown_words) <= set(profile.columns)
