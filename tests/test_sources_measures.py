"""Measures as people write them: the value is right, or the row is told; never silently another."""

import time
from math import pi, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.errors import BadInput, BadLayer
from geo.ingest.cleaning.field_values import FieldCleaner
from geo.ingest.cleaning.measured_fields import fill_diameter_fields, unit_evidence
from geo.ingest.cleaning.numbers import repair_house_numbers, split_house_numbers
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.mapping.coordinates import _parse_coordinates
from geo.ingest.mapping.profile import FieldOrigin, Profile, _apply_column_mapping, _resolve_columns, field_code_words
from geo.ingest.measures.units import METERS, UNIT_NAMES, read_heading
from geo.ingest.read_source import read_source
from geo.ingest.row_notes import RowNotes
from geo.schema import LAYERS

few = settings(max_examples=examples(30), deadline=None)  # a column takes some milliseconds
TREES = LAYERS["trees"]
INCHES = {"in": 1.0, "ft": 12.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "m": 1 / 0.0254}
WORDS = {
    "in": ["in", " in", " in.", '"', " inches", " Inch", "\u2033", "IN"],
    "cm": ["cm", " cm", " CM", " centimeters", "cm."],
    "mm": ["mm", " mm", " millimetres"],
    "m": ["m", " m", " meters"],
    "ft": ["ft", " ft", "'", " feet", " foot", "\u2032"],
}


class Read:
    """One column read as a field: its values, None for unknown, its classes and stems, and who is told."""

    def __init__(self, name, texts, *, heading=None, layer="trees", delimiter=None, profile=None):
        self.notes = RowNotes(len(texts))
        field = LAYERS[layer].fields_by_name[name]
        profile = profile or Profile("", layer, columns={name: FieldOrigin((heading,))} if heading else {})
        cleaner = FieldCleaner(self.notes, is_untyped=True, delimiter=delimiter)
        column = cleaner.clean_field(
            field,
            pd.Series(texts, dtype="str"),
            code_by_word=field_code_words(profile, name, field.codes),
            evidence=unit_evidence(field, profile) if heading else None,
        )
        self.values = plain(column)
        if name == "dbh_in":
            empty = pd.Series([np.nan] * len(texts))
            columns = {"dbh_in": column, "dbh_low_in": empty, "dbh_high_in": empty, "stems": empty.astype("Int64")}
            filled = fill_diameter_fields(columns, cleaner.measures["dbh_in"], self.notes)
            self.low, self.high, self.stems = (plain(filled[one]) for one in ("dbh_low_in", "dbh_high_in", "stems"))
        told = dict.fromkeys(range(len(texts)), "")
        for note in self.notes.entries:
            for nth, at in enumerate(note.positions.tolist()):
                told[at] += (note.reasons[nth] if note.reasons else note.kind) + "\n"
        self.told = list(told.values())


def plain(column):
    return [None if pd.isna(one) else one for one in column]


# Units


@pytest.mark.parametrize(
    ("heading", "unit", "girth"),
    [
        ("DBH_CM", "cm", False),
        ("Diameter (mm)", "mm", False),
        ("dbh_inches", "in", False),
        ("DBH[cm]", "cm", False),
        ("DiaIn", "in", False),
        ("dbhcm", "cm", False),
        ("DBHcm", "cm", False),
        ("Trunk diameter, in centimetres", "cm", False),
        ("DBH_CENTIM", "cm", False),
        ('DBH "', "in", False),
        ("Girth_in", "in", True),
        ("circumference", None, True),
        ("CBH (cm)", "cm", True),
        ("TrunkGirth", None, True),
        ("DBH", None, False),
        ("Diameter at 1.3 m (cm)", "cm", False),
        ("DBH at 4.5 ft", None, False),
        ("M_DBH", None, False),
        ("CM_DBH", "cm", False),
        ("Inches DBH", "in", False),
        ("Diameter", None, False),
        ("DBH 2 (in)", "in", False),
        ("diameter class", None, False),
        ("dbh_min", None, False),
        ("dominant", None, False),
        ("Main stem", None, False),
        ("Circle", None, False),
        ("dbh in or cm", None, False),
    ],
)
def test_a_heading_names_a_unit_and_a_girth_or_neither(heading, unit, girth):
    read = read_heading(heading, "in")

    assert (read.unit, read.is_girth) == (unit, girth)


@pytest.mark.parametrize(
    ("heading", "field", "unit"),
    [
        ("height_m", "ft", "m"),
        ("Height (ft)", "ft", "ft"),
        ("HEIGHT_FEET", "ft", "ft"),
        ("spread (ft)", "ft", "ft"),
        ("crownMeters", "ft", "m"),
        ("Height '", "ft", "ft"),
        ("Height", "ft", None),
        ("LOT_SQFT", "m²", "ft²"),
        ("Lot area (acres)", "m²", "ac"),
        ("area_m2", "m²", "m²"),
        ("area", "m²", None),
    ],
)
def test_headings_of_heights_and_areas_name_units(heading, field, unit):
    assert read_heading(heading, field).unit == unit


SIZE_AND_UNIT = st.sampled_from([(unit, word) for unit in sorted(WORDS) for word in WORDS[unit]])


@few
@given(st.lists(st.tuples(SIZE_AND_UNIT, st.decimals("0.5", "100", places=1)), min_size=1, max_size=8))
def test_a_value_with_its_unit_is_that_size_whatever_the_heading_says(rows):
    texts = [f"{float(inches) / INCHES[unit]:.4f}{word}" for (unit, word), inches in rows]

    for heading in ("DBH", "DBH_CM"):
        read = Read("dbh_in", texts, heading=heading)

        assert read.values == [pytest.approx(float(inches), rel=0.01, abs=0.01) for _, inches in rows]
        assert all(read.told)


@few
@given(st.sampled_from(sorted(METERS)), st.lists(st.decimals("0.5", "100", places=2), min_size=1, max_size=20))
def test_a_heading_turns_bare_numbers_into_inches(unit, inches):
    numbers = [f"{float(one) / INCHES[unit]:.4f}" for one in inches]

    read = Read("dbh_in", numbers, heading=f"DBH ({unit})")

    assert read.values == [pytest.approx(float(one), rel=0.02, abs=0.001) for one in inches]
    assert unit == "in" or all(UNIT_NAMES[unit] in told for told in read.told)


def test_a_girth_is_turned_into_a_diameter_and_told():
    read = Read("dbh_in", ["31.4159", "62.8 cm", ">100"], heading="Girth_in")

    assert read.values == [pytest.approx(10, abs=1e-3), pytest.approx(62.8 / 2.54 / pi, abs=1e-3), None]
    assert read.low[2] == pytest.approx(100 / pi, abs=1e-3)
    assert all("girth" in told for told in read.told)


CENTIMETERS = [str(size) for size in (8, 15, 22, 28, 33, 38, 41, 44, 52, 61, 70, 88, 150)]


def test_a_distribution_of_centimeters_is_a_guess_and_told():
    read = Read("dbh_in", CENTIMETERS, heading="DBH")

    assert read.values[0] == pytest.approx(8 / 2.54, abs=1e-3)
    assert all("centimeters, a guess" in told and "--map dbh_in=DBH[in]" in told for told in read.told)


@pytest.mark.parametrize(
    "sizes", [[3, 4, 6, 8, 10, 12, 12, 14, 18, 24, 30, 36, 48], [20, 22, 24, 26, 28, 30, 32, 34, 36, 40, 44], [40, 150]]
)
def test_a_distribution_of_inches_and_too_few_values_stay_inches(sizes):
    read = Read("dbh_in", [str(size) for size in sizes], heading="DBH")

    assert read.values == [size if size <= 120 else None for size in sizes]
    assert all("no unit is named; read as inches" in told for told in read.told)


def test_the_heading_goes_before_the_distribution_and_both_are_told():
    read = Read("dbh_in", CENTIMETERS, heading="dbh_in")

    assert read.values[:2] == [8, 15]
    assert all("look like centimeters" in told for told in read.told)


def test_a_value_goes_before_the_heading_and_an_option_before_both():
    by_value = Read("dbh_in", ["30", '12"'], heading="DBH_CM")
    option = Profile("", "trees", columns={"dbh_in": FieldOrigin(("DBH_IN",), unit="cm")})
    by_option = Read("dbh_in", ["30", "10 in"], heading="DBH_IN", profile=option)

    assert by_value.values == [pytest.approx(11.811, abs=1e-3), 12]
    assert "another unit than the heading" in by_value.told[1]
    assert by_option.values == [pytest.approx(11.811, abs=1e-3), pytest.approx(3.937, abs=1e-3)]
    assert "as told, though the heading" in by_option.told[0]
    assert "names another unit; read as centimeters, as told" in by_option.told[1]


def test_bare_numbers_among_values_with_one_unit_take_that_unit_and_are_told():
    read = Read("dbh_in", ["35 cm", "40 cm", "38"], heading="DBH")

    assert read.values[2] == pytest.approx(38 / 2.54, abs=1e-3)
    assert "as other rows say" in read.told[2]


def test_heights_of_a_metric_file_are_meters_and_others_feet():
    heights = ["4", "6", "7", "8", "9", "11", "12", "13", "15", "18", "22"]
    metric = Profile("", "trees", columns={"dbh_in": FieldOrigin(("DBH_CM",)), "height_ft": FieldOrigin(("Height",))})

    assert Read("height_ft", heights, heading="Height", profile=metric).values[0] == pytest.approx(13.1234, abs=1e-3)
    assert Read("height_ft", heights, heading="Height").values[0] == 4
    assert Read("height_ft", ["10"], heading="height_m").values == [pytest.approx(32.8084, abs=1e-3)]


def test_other_measured_fields_take_units_too_and_factors_stay():
    assert Read("frontage_ft", ["10 m"], layer="parcels", heading="Frontage").values == [
        pytest.approx(32.8084, abs=1e-3)
    ]
    assert Read("area_recorded_m2", ["1,000"], layer="parcels", heading="LOT_SQFT").values == [
        pytest.approx(92.903, abs=1e-3)
    ]
    assert Read("area_recorded_m2", ["0.5 acres"], layer="parcels", heading="Area").values == [
        pytest.approx(2023.428, abs=1e-3)
    ]
    assert Read("height_m", ["30 ft"], layer="canopy", heading="height").values == [pytest.approx(9.144)]
    assert Read("strip_width_ft", ["6'6\""], layer="sites", heading="Strip").values == [6.5]
    assert Read("height_ft", ["30-40", "30+40", "tall", "12 kg"], heading="height_ft").values == [None] * 4


@pytest.mark.parametrize(
    ("text", "inches"),
    [
        ("12 1/2", 12.5), ("12½", 12.5), ("12 ½", 12.5), ('12-1/2"', 12.5), ("1'6\"", 18), ("1' 6\"", 18), ("1 ft 6 in", 18),
        ("2 ft 6 1/2 in", 30.5), ('3/4"', 0.75), ("0.3 m", 11.811), ("5ft6", 66), ("1'", 12), ("12''", 12), ("DBH 14 in", 14), ('="14"', 14), ("'14", 14),
    ],
)  # fmt: skip
def test_halves_feet_and_quoted_numbers_are_read_and_told(text, inches):
    read = Read("dbh_in", [text])

    assert read.values == [pytest.approx(inches, abs=1e-3)]
    assert text in read.told[0]


# Classes

NUMBERS = st.integers(0, 60)


@st.composite
def classes(draw):
    """Give a class as somebody writes it, with its ends in inches."""
    low, width = draw(NUMBERS), draw(st.integers(1, 40))
    unit = draw(st.sampled_from(["", '"', " in", " cm", "cm"]))
    size = 1 / 2.54 if "cm" in unit else 1
    high = low + width
    form = draw(st.sampled_from(["{l:02d}-{h}{u}", "{l} - {h}{u}", "{l} to {h}{u}", "{l}{u}-{h}{u}", "between {l} and {h}{u}", "{l}\u2013{h}{u}", ">{h}{u}", "{h}+{u}", "{h}{u}+", "over {h}{u}", "{h}{u} or more", "{h}{u} and up", "<{h}{u}", "under {h}{u}", "up to {h}{u}", "<= {h}{u}"]))  # fmt: skip
    text = form.format(l=low, h=high, u=unit)
    if "{l" in form:
        return text, low * size, high * size
    is_low = any(sign in form for sign in (">", "+", "over", "more", "and up"))
    return text, *((high * size, None) if is_low else (None, high * size))


@few
@given(st.lists(classes(), min_size=1, max_size=8))
def test_a_class_is_kept_as_its_ends_and_never_as_a_number(rows):
    if any("+ in" in text or '+"' in text or "+cm" in text or "+ cm" in text for text, *_ in rows):
        rows = [row for row in rows if "+ " not in row[0] and '+"' not in row[0] and "+cm" not in row[0]] or [
            ("1-2", 1, 2)
        ]

    read = Read("dbh_in", [text for text, *_ in rows])

    assert read.values == [None] * len(rows)
    for at, (text, low, high) in enumerate(rows):
        assert read.low[at] == (None if low is None else pytest.approx(low, abs=1e-3)), text
        assert read.high[at] == (None if high is None else pytest.approx(high, abs=1e-3)), text
        assert text in read.told[at]


@pytest.mark.parametrize(
    "text",
    [
        "13-1",
        "12-12",
        "0-0",
        "-5",
        "7--12",
        "<0",
        "10-900",
        "6-8-10",
        "5 in-10 cm",
        "12 or so",
        "12?",
        "~12",
        ">",
        "-",
        "130-140",
    ],
)
def test_what_is_no_class_from_low_to_high_is_unknown_and_told(text):
    read = Read("dbh_in", [text])

    assert (read.values, read.low, read.high) == ([None], [None], [None])
    assert text in read.told[0] or read.notes.unknown_values


@pytest.mark.parametrize(
    "text", ["7-Dec", "Dec-07", "12-Jul", "2024-07-12", "2024-07-12 00:00:00", "2024-07-12T00:00:00", "7/12/2024"]
)
def test_a_class_that_a_spreadsheet_made_a_date_is_unknown_and_told(text):
    read = Read("dbh_in", [text, "14"])

    assert (read.values, read.low, read.high) == ([None, 14], [None, None], [None, None])
    assert "a spreadsheet made" in read.told[0]


# Stems

SIZES = st.lists(st.integers(1, 30), min_size=2, max_size=6)


@few
@given(SIZES, st.sampled_from(["+", " + ", ", ", ";", "; ", " & "]), st.sampled_from(["", '"', " in"]))
def test_several_stems_are_combined_by_their_basal_area_and_counted(sizes, sign, unit):
    text = sign.join(f"{size}{unit}" for size in sizes)

    read = Read("dbh_in", [text])

    combined = sqrt(sum(size**2 for size in sizes))
    assert read.values == [pytest.approx(combined, abs=1e-3) if combined <= 120 else None]
    assert read.stems == [len(sizes)]
    assert text[:50] in read.told[0]


@pytest.mark.parametrize(
    ("text", "stems", "inches"),
    [('3@4"', 3, sqrt(48)), ("3 @ 4", 3, sqrt(48)), ("6/8/10", 3, sqrt(200)), ("6,8,10", 3, sqrt(200)), ("2@6, 1@8", 3, sqrt(136)), ("12/14", 2, sqrt(340)), ("6 and 8", 2, 10), ("6 cm + 8 cm", 2, 10 / 2.54)],
)  # fmt: skip
def test_other_ways_to_write_stems(text, stems, inches):
    read = Read("dbh_in", [text])

    assert (read.values, read.stems) == ([pytest.approx(inches, abs=1e-3)], [stems])


@pytest.mark.parametrize("text", ["1/2", "3/4", "6,8", "6+8+", "6+x", "0+8", "6++8", "100@4", "multi", "18 (2 stems)"])
def test_what_could_be_stems_or_something_else_is_unknown_and_told(text):
    read = Read("dbh_in", [text, *["12"] * 20])

    assert (read.values[0], read.stems[0]) == (None, None)
    assert text in read.told[0]


def test_a_number_of_stems_in_its_own_column_stays_and_a_contradiction_is_told():
    columns = {"dbh_low_in": pd.Series([np.nan] * 2), "dbh_high_in": pd.Series([np.nan] * 2), "stems": pd.Series([2, None], dtype="Int64")}  # fmt: skip
    notes = RowNotes(2)
    cleaner = FieldCleaner(notes)
    cleaner.clean_field(TREES.fields_by_name["dbh_in"], pd.Series(["6+8+10", "3@4"], dtype="str"), code_by_word={})

    filled = fill_diameter_fields(columns, cleaner.measures["dbh_in"], notes)

    assert filled["stems"].tolist() == [2, 3]
    assert "stems: 2, but '6+8+10' has 3" in str(notes.entries)


# Decimal signs

COMMA_VALUES = st.lists(st.decimals("0.1", "119", places=1), min_size=3, max_size=30)


@few
@given(COMMA_VALUES, st.sampled_from([";", ",", None]), st.booleans(), st.sampled_from(["height_ft", "dbh_in"]))
def test_a_column_with_decimal_commas_is_read_or_told(values, delimiter, has_units, name):
    texts = [f"{value:.1f}".replace(".", ",") + (" in" if has_units and name == "dbh_in" else "") for value in values]

    read = Read(name, texts, delimiter=delimiter)

    for value, found, told in zip(values, read.values, read.told, strict=True):
        if name == "height_ft" and value < 1:
            assert found is None
        else:
            assert found == pytest.approx(float(value))
        assert told


@few
@given(st.lists(st.decimals("0.1", "119", places=2), min_size=1, max_size=20), st.sampled_from([";", ",", "\t", None]))
def test_a_column_with_decimal_points_is_what_it_was(values, delimiter):
    read = Read("dbh_in", [str(value) for value in values], delimiter=delimiter)

    assert read.values == [float(value) for value in values]


@few
@given(
    st.lists(
        st.sampled_from(
            ["12,5", "12.5", "1,250", "1.250", "1.250,5", "1,250.5", "8", "0,125", "12,125", "1250,5", "6, 8"]
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([";", ",", None]),
)
def test_whatever_a_column_mixes_a_value_is_one_that_its_text_can_mean_or_the_row_is_told(texts, delimiter):
    meanings = {
        "12,5": {12.5},
        "12.5": {12.5},
        "1,250": {1.25},
        "1.250": {1.25},
        "8": {8.0},
        "0,125": {0.125},
        "12,125": {12.125},
        "6, 8": {10.0},
    }

    read = Read("dbh_in", texts, delimiter=delimiter)

    for text, value, told in zip(texts, read.values, read.told, strict=True):
        assert value is None or any(value == pytest.approx(one) for one in meanings.get(text, set()))
        assert value is not None or told


def test_thousands_stay_thousands():
    assert Read("area_recorded_m2", ["1,234.5", "12,000"], layer="parcels").values == [1234.5, 12000]
    assert Read("area_recorded_m2", ["1.234,5", "12.000", "1.250.000"], layer="parcels").values == [
        1234.5,
        12000,
        1250000,
    ]
    assert Read("area_recorded_m2", ["1 234,5", "12"], layer="parcels").values == [1234.5, 12]
    assert Read("dwellings", ["1,200", "12"], layer="parcels").values == [1200, 12]
    undecided = Read("area_recorded_m2", ["1,250", "8"], layer="parcels", delimiter=";")
    assert undecided.values == [None, 8]
    assert "'1,250' could be two numbers" in undecided.told[0]


@few
@given(st.lists(st.tuples(st.decimals("-90.4", "-90.2", places=7), st.decimals("38.6", "38.8", places=7)), min_size=1, max_size=9), st.sampled_from([";", ",", None]), st.booleans())  # fmt: skip
def test_coordinates_follow_the_same_rule(points, delimiter, has_commas):
    for name, at in (("lon", 0), ("lat", 1)):
        texts = [str(point[at]).replace(".", "," if has_commas else ".") for point in points]

        found = _parse_coordinates(pd.Series(texts, dtype="str"), name, RowNotes(len(texts)), delimiter)

        assert found[0].tolist() == [float(point[at]) for point in points]


def test_meters_on_a_grid_keep_their_thousands_separators():
    found = _parse_coordinates(pd.Series(["264,123.5", "264,999"], dtype="str"), "x", RowNotes(2), ",")

    assert found[0].tolist() == [264123.5, 264999]


# Grades


@st.composite
def graded_columns(draw):
    """Give a condition with a grade beside its word, and its code."""
    word, code = draw(
        st.sampled_from(
            [
                ("Good", "good"),
                ("Very Good", "very_good"),
                ("FAIR", "fair"),
                ("poor", "poor"),
                ("Dead", "dead"),
                ("Critical", "critical"),
            ]
        )
    )
    form = draw(st.sampled_from(["{w} ({n}%)", "{w} ({n}-{m}%)", "{n} - {w}", "{n}. {w}", "{n}={w}", "({n}) {w}", "{w} {n}%", "{w}: {n}", "{w} - {n}%", "{n}% {w}", "{w} [{n}]", "{n} {w}", "{w}/{n}", "{w} (<{n}%)"]))  # fmt: skip
    number = draw(st.integers(1, 90))
    return form.format(w=word, n=number, m=number + 9), code


@few
@given(graded_columns())
def test_a_grade_does_not_hide_the_word(text_and_code):
    text, code = text_and_code

    assert Read("condition", [text]).values == [code]


@pytest.mark.parametrize(
    "text", ["75%", "3", "not good (10%)", "Good/Fair", "Good 3 Fair", "P1", "F2", "3-4", "wobbly (3)", "0"]
)
def test_a_grade_without_a_legend_and_words_in_doubt_are_unknown_and_told(text):
    read = Read("condition", [text])

    assert read.values == ["unknown"]
    assert text in read.told[0]


def test_a_bare_grade_has_the_word_that_other_rows_give_it():
    read = Read("condition", ["4 - Good", "4", "3", "Fair (60-69%)", "65%", "75%", "2 - Poor", "2 - Fair", "2"])

    assert read.values == ["good", "good", "unknown", "fair", "fair", "unknown", "poor", "fair", "unknown"]
    assert all(read.told[at] for at in (1, 2, 4, 5, 8))


@pytest.mark.parametrize("text", ["dead/dying", "Dead / Dying", "dying or dead", "Dead-Dying"])
def test_dead_or_dying_is_critical_and_not_surely_dead(text):
    assert Read("condition", [text]).values == ["critical"]


def test_risks_are_graded_too():
    assert Read("risk", ["High (8)", "2 - Moderate", "8"]).values == ["high", "moderate", "high"]


# The option --map


def map_columns(columns, **pairs):
    return _apply_column_mapping(Profile("", "trees"), pairs, TREES, columns)


def test_map_takes_a_unit_and_a_column_that_has_brackets_stays_a_column():
    assert map_columns(["DBH"], dbh_in="DBH[cm]").columns["dbh_in"] == FieldOrigin(("DBH",), unit="cm")
    assert map_columns(["DBH[cm]"], dbh_in="DBH[cm]").columns["dbh_in"] == FieldOrigin(("DBH[cm]",))
    assert map_columns(["DBH", "DBH[cm]"], dbh_in="DBH[cm]").columns["dbh_in"] == FieldOrigin(("DBH[cm]",))
    assert map_columns(["DBH[cm]"], dbh_in="DBH[cm][mm]").columns["dbh_in"] == FieldOrigin(("DBH[cm]",), unit="mm")
    assert map_columns(["G"], dbh_in="G[girth cm]").columns["dbh_in"].unit == "girth cm"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dbh_in", "DBH[kg]"),
        ("species", "DBH[cm]"),
        ("dbh_in", "Size[cm]"),
        ("status[Gone]", "lost"),
        ("species[Oak]", "oak"),
        ("nothing[a]", "b"),
    ],
)
def test_map_refuses_units_and_codes_that_a_field_cannot_have(name, value):
    with pytest.raises(BadInput, match="--map"):
        map_columns(["DBH"], **{name: value})


def test_map_gives_a_word_its_code_whatever_its_case():
    profile = _apply_column_mapping(Profile("", "inspections"), {"status[Lien]": "open"}, LAYERS["inspections"], ["S"])

    words = field_code_words(profile, "status", ("open", "closed"))

    assert words["lien"] == "open"


def test_a_profile_has_a_table_of_units_and_may_write_them_as_map_does(tmp_path):
    from geo.ingest.mapping.profile import _read_profile

    path = tmp_path / "oaks.toml"
    path.write_text(
        'layer = "trees"\n[columns]\ndbh_in = "D"\nheight_ft = "H[m]"\n[unit]\ndbh_in = "cm"\n[codes.condition]\npoor = ["so-so"]\n'
    )
    profile = _resolve_columns(_read_profile(path), TREES, ["D", "H"], has_mapping=False)

    assert {name: str(origin) for name, origin in profile.columns.items()} == {"dbh_in": "D[cm]", "height_ft": "H[m]"}
    assert Read("dbh_in", ["25.4"], heading="D", profile=profile).values == [10]


# House numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [("Dec-14", None), ("14-Dec", None), ("2014-12-01 00:00:00", None), ("2014-12-01T00:00:00", None), ("12/14/2024", None), ('="007"', "007"), ("'4021", "4021"), ("4021.0", "4021"), ("12-14", "12"), ("4021", "4021"), ("10 1/2", "10")],
)  # fmt: skip
def test_a_house_number_is_one_or_unknown(text, number):
    notes = RowNotes(1)

    texts = split_house_numbers(repair_house_numbers({"number": pd.Series([text], dtype="str")}, notes), notes)

    assert plain(texts["number"]) == [number]
    assert notes.entries or text == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Dec-14 Elm St", None), ("2014-12-01 00:00:00 Elm St", None), ("12/14/2024 Elm St", None), ("14-Dec", None),
        ('="4021" Elm St', "4021 Elm St"), ('="4021 Elm St"', "4021 Elm St"), ("'4021 Elm St", "4021 Elm St"), ("4021.0 Elm St", "4021 Elm St"),
        ("12-14 Elm St", "12-14 Elm St"), ("4021 Elm St", "4021 Elm St"), ("5 May Ave", "5 May Ave"), ("4021 O'Fallon St", "4021 O'Fallon St"), ("4021.5 Elm St", "4021.5 Elm St"), ("December Dr", "December Dr"), ("12 1/2 Elm", "12 1/2 Elm"),
    ],
)  # fmt: skip
def test_an_address_never_begins_with_a_date(text, address):
    notes = RowNotes(1)

    assert plain(repair_house_numbers({"address": pd.Series([text], dtype="str")}, notes)["address"]) == [address]
    assert bool(notes.entries) == (text != address)


# Whole files


def load(tmp_path, text, layer="trees", **options):
    path = tmp_path / "case.csv"
    path.write_text(text, encoding="utf-8")
    return read_source(IngestRequest(layer, (path,), **options))


DECIMAL_COMMAS = """tree no;species;dbh;height;latitude;longitude
P-1;Acer rubrum;12,5;34,0;38,6986127;-90,3075817
P-2;Quercus rubra;8;20,5;38,6987100;-90,3073000
P-3;Tilia cordata;1.250,5;18;38,6988000;-90,3071000
"""


def test_a_spreadsheet_with_decimal_commas_is_read_whole(tmp_path):
    result = load(tmp_path, DECIMAL_COMMAS)
    trees = result.frame

    assert plain(trees["dbh_in"]) == [12.5, 8, None]
    assert plain(trees["height_ft"]) == [34, 20.5, 18]
    assert (trees.geometry.x.iloc[0], trees.geometry.y.iloc[0]) == (-90.3075817, 38.6986127)
    assert any("'1.250,5' is not between 0.1 and 120 in" in line["reason"] for line in result.report.rows)
    assert result.report.read == result.report.admitted + result.report.refused


def test_classes_and_stems_are_loaded_and_the_raw_row_is_kept(tmp_path):
    text = "id,species,DBH (cm),lat,lon\n1,Acer rubrum,0 to 15.24,38.7,-90.3\n2,Acer rubrum,6+8,38.701,-90.3\n3,Acer rubrum,>90,38.702,-90.3\n"

    trees = load(tmp_path, text, column_mapping={"dbh_in": "DBH (cm)"}).frame

    assert plain(trees["dbh_in"]) == [None, pytest.approx(10 / 2.54, abs=1e-3), None]
    assert (plain(trees["dbh_low_in"]), plain(trees["dbh_high_in"])) == (
        [0, None, pytest.approx(35.4331)],
        [6, None, None],
    )
    assert plain(trees["stems"]) == [None, 2, None]
    assert "0 to 15.24" in trees["raw"].iloc[0]


def test_a_refused_file_quotes_a_value(tmp_path):
    with pytest.raises(BadLayer, match="lon: 'there' is not a coordinate"):
        load(tmp_path, "id,species,lat,lon\n1,Acer rubrum,somewhere,there\n2,Acer rubrum,x,y\n")


def test_a_word_given_by_map_means_its_code(tmp_path):
    text = "case,status,address\nQ1,Lien,1 Elm St\nQ2,closed,2 Elm St\n"

    frame = load(tmp_path, text, "inspections", column_mapping={"status[Lien]": "open", "case_id": "case"}).frame

    assert frame["status"].tolist() == ["open", "closed"]


@pytest.mark.parametrize("form", ["{:.2f} cm", "{:.2f}", "{:.2f}|,", "{:.0f}-99", "{:.0f}+4"])
def test_a_quarter_of_a_million_values_take_well_under_a_second(form):
    sizes = np.random.default_rng(1).uniform(1, 90, 250_000)
    form, comma, _ = form.partition("|")
    texts = [form.format(size) for size in sizes]
    column = pd.Series([text.replace(".", ",") for text in texts] if comma else texts, dtype="str")
    field = TREES.fields_by_name["dbh_in"]
    profile = Profile("", "trees", columns={"dbh_in": FieldOrigin(("DBH",))})
    started = time.process_time()

    FieldCleaner(RowNotes(len(column))).clean_field(
        field, column, code_by_word={}, evidence=unit_evidence(field, profile)
    )

    assert time.process_time() - started < 3  # about 0.5 s on a quiet core; slow machines and coverage get room
