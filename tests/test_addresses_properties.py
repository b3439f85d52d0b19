"""Laws of addresses, attacked: any usual spelling finds its parcel, and no text breaks the reading."""

import pandas as pd
from addresses_town import address_layer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from property_examples import examples

from geo.geocode import STATUSES, AddressIndex, find, make_parcel_finder, parse
from geo.geocode.gazetteer.address_table import fold_name

ROWS = """
parcel_id number number_hi frac number_sfx predir street suffix postdir unit town_declared zip
A1 1 . . . . Oak St . . Normandy 63121
A2 4900 . . . . Natural_Bridge Rd . . Normandy 63121
A3 4021 4025 . . . Natural_Bridge Rd . . Pine_Lawn 63120
A4 503 . 1/2 . N Euclid Ave . . Normandy 63121
A5 4131 . . R S 12th St . . Pagedale 63133
A6 3618 . . . . Edgewood Blvd . 2A Hillsdale 63121
A7 55 . . . . St_Louis Ave . . St._John 63114
A8 7 . . . . Gray Gdns E . Bel-Nor 63121
A9 99 . . B W Lucas_and_Hunt Pkwy . 4 Velda_City 63121
B1 4900 . . . . Natural_Bridge Ave . . Wellston 63112
B2 8 . . . . Avenue_of_the_Saints . . . Normandy 63121
"""
INDEX = AddressIndex.build(addresses=address_layer(ROWS))
HEAD, *_LINES = ROWS.strip().splitlines()
PLACES = [
    {name: "" if cell == "." else cell.replace("_", " ") for name, cell in zip(HEAD.split(), line.split(), strict=True)}
    for line in _LINES
]
SUFFIXES = {
    "St": ("St", "Street", "ST.", "street"),
    "Rd": ("Rd", "Road", "rd."),
    "Ave": ("Ave", "Av", "AVENUE", "ave."),
    "Blvd": ("Blvd", "Boulevard", "blvd."),
    "Gdns": ("Gdns", "Gardens"),
    "Pkwy": ("Pkwy", "Parkway"),
    "": ("",),
}
DIRECTIONS = {"N": ("N", "North", "n."), "S": ("S", "south"), "E": ("E", "East"), "W": ("W", "WEST"), "": ("",)}
NAMES = {
    "12th": ("12th", "Twelfth", "12TH"),
    "St Louis": ("St Louis", "Saint Louis", "St. Louis"),
    "Lucas and Hunt": ("Lucas and Hunt", "LUCAS-AND-HUNT"),
    "Avenue of the Saints": ("Avenue of the Saints", "Ave of the Saints"),
}
UNITS = ("Apt {}", "#{}", "# {}", "Unit {}", "APT. {}", "apt #{}", ", Apt {}")


@st.composite
def spelt(draw):
    """Write one of the addresses in one of the usual ways, and tell its parcel."""
    row = draw(st.sampled_from(PLACES))
    number = row["number"]
    if row["number_hi"]:
        number += draw(st.sampled_from([f"-{row['number_hi']}", f" - {row['number_hi']}", "-25"]))
    if row["frac"]:
        number += draw(st.sampled_from([" 1/2", "-1/2", "½"]))
    if row["number_sfx"]:
        number += draw(st.sampled_from(["", "-", " "])) + row["number_sfx"]
    street = [
        draw(st.sampled_from(DIRECTIONS[row["predir"]])),
        draw(st.sampled_from(NAMES.get(row["street"], (row["street"],)))),
        draw(st.sampled_from(SUFFIXES[row["suffix"]])),
        draw(st.sampled_from(DIRECTIONS[row["postdir"]])),
    ]
    unit = draw(st.sampled_from(UNITS)).format(row["unit"]) if row["unit"] else ""
    town, zip_ = row["town_declared"], row["zip"]
    place = draw(st.sampled_from([f"{town} {zip_}", f", {town}, MO {zip_}", f", {town}", f"{town} MO", f", {zip_}"]))
    text = " ".join(part for part in (number, *street, unit, place) if part)
    text = draw(st.sampled_from([str, str.upper, str.lower]))(text)
    return text.replace(" ", draw(st.sampled_from([" ", "  ", "\t"]))), row["parcel_id"]


@given(spelt())
@settings(max_examples=examples(600), deadline=None)
def test_any_usual_spelling_finds_exactly_its_parcel(asked):
    text, parcel = asked

    answer = find(INDEX, text)

    assert (answer.status, [one.parcel_id for one in answer.candidates]) == ("exact", [parcel])


@given(spelt(), st.integers(0, 40))
@settings(max_examples=examples(200), deadline=None)
def test_a_query_half_typed_never_shows_a_change_untold(asked, cut):
    text, _ = asked

    answer = find(INDEX, text[:cut])

    for one in answer.candidates:
        if one.status not in ("exact", "ambiguous", "prefix"):
            assert one.changes


@given(st.text(max_size=300))
@example("½½½")
@example("\ud800 1 oak")
@example("1/2")
@example("1-")
@example("- 1 -")
@example("#")
@example("12 Apt")
@example("1 N")
@example(", 63121")
@example("MO 63121")
@example("hundred oak")
@example("ßΣǅ 1 İ")
@settings(max_examples=examples(400), deadline=None)
def test_no_text_breaks_the_reading(text):
    answer = find(INDEX, text)

    assert len(parse(text)) <= 8
    assert answer.status in STATUSES
    assert bool(answer.candidates) != (answer.status == "none")
    assert bool(answer.reason) == (answer.status == "none")


WORDS = [
    "12",
    "4900",
    "-",
    "1/2",
    "R",
    "N",
    "oak",
    "natural",
    "bridge",
    "st",
    "rd",
    ",",
    "#",
    "apt",
    "2",
    "normandy",
    "63121",
    "mo",
    "and",
    "&",
    "blk",
    "55",
    "saint",
    "louis",
]


@given(st.lists(st.sampled_from(WORDS), max_size=8))
@example(["4900", "natural", "bridge", "rd", "rd"])
@settings(max_examples=examples(600), deadline=None)
def test_an_exact_answer_leaves_no_typed_word_unaccounted_for(words):
    answer = find(INDEX, " ".join(words))

    if answer.status == "exact":
        row = next(row for row in PLACES if row["parcel_id"] == answer.candidates[0].parcel_id)
        stands = {word.lower() for cell in row.values() for word in cell.split()}
        marks = {",", "#", "-", "apt", "mo"} | ({"saint"} if "st" in stands else set())
        assert {word.lower() for word in words} <= stands | marks


TOWNS = ["Normandy", "NORMANDY", "Wellston", "St. Louis", ""]
STREETS = ["Oak St", "oak", "Natural Bridge Rd", "Natural Bridge", "Natural Bridge Ave", "Lane St", "St Louis Ave"]
IN_COLUMNS = AddressIndex.build(
    addresses=address_layer(
        ROWS
        + """\
C1 1 . . . . Oak St . . Wellston 63112
C2 1 . . . . Oak Ave . . Wellston 63112
C3 12 . . . . Lane St . . Normandy 63121
C4 12 . . B . Lane St . . Normandy 63121
C5 14 . . . . Lane St . 1 Normandy 63121
C6 14 . . . . Lane St . 2 Normandy 63121
C7 16 20 . . . Lane St . . Normandy 63121
1_OAK 3 . . . . Oak St . . Normandy 63121
"""
    )
)


@given(
    st.tuples(
        st.sampled_from(["1", "3", "4", "7", "12", "12 B", "14", "16", "18", "55", "4900", "4021"]),
        st.sampled_from(STREETS),
        st.sampled_from(["", " 1", " Apt 2", " Normandy", ", Wellston", " 63121", " block", " rear"]),
    ).map("{0[0]} {0[1]}{0[2]}".format)
    | spelt().map(lambda asked: asked[0]),
    st.sampled_from(TOWNS),
)
@example("1 Oak", "")  # is also a parcel's number
@example("1 block oak st", "")
@settings(max_examples=examples(600), deadline=None)
def test_a_column_has_the_parcel_that_each_address_alone_would_find(address, town):
    governing = {fold_name(name) for name in IN_COLUMNS.parcel_index.town_names}
    found = find(IN_COLUMNS, address, limit=50)
    sure = [one for one in found.candidates if one.status in ("exact", "ambiguous")]
    meant = {
        one.parcel_id
        for one in sure
        if one.kind == "address"
        and (fold_name(town) not in governing or one.town is None or fold_name(one.town) == fold_name(town))
    }

    (got,) = make_parcel_finder(IN_COLUMNS)(pd.Series([address]), pd.Series([town]))

    assert (None if pd.isna(got) else got) == (meant.pop() if len(meant) == 1 else None)
