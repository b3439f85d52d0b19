"""Columns of values say the same after their way to a page, in whatever form they travel."""

import json
import subprocess
from pathlib import Path

import pyarrow as pa
from columns import plainly
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nodes import node
from property_examples import examples

from geo.tilesets.value_columns import encode_columns

READER = Path(__file__).parents[1] / "webmap" / "frontend" / "src" / "tiles" / "column-decoder.js"
READ = """
const { decodeColumns } = await import(process.argv[1]);
const told = JSON.parse(await new Promise((whole) => { let text = ""; process.stdin.on("data", (part) => (text += part)).on("end", () => whole(text)); }));
console.log(JSON.stringify(told.map((one) => { const { ids, fields } = decodeColumns(one); return { id: ids, ...Object.fromEntries(fields.map(({ name, values }) => [name, values])) }; })));
"""

SPECIES = {"Acer rubrum": "Red maple", "Quercus alba": "White oak", "Ulmus": None}
texts = st.one_of(
    st.builds("{}-{:05d}".format, st.sampled_from("AB"), st.integers(0, 99_999)),
    st.builds("{} {}".format, st.integers(0, 10**17), st.sampled_from(["Elm St", "12th St", "Oak"])),
    st.builds("{} {}".format, st.integers(0, 9), st.sampled_from(["Elm St", "12th St", "Oak"])),
    st.sampled_from(["", "Oak & 12th", "7", "007", "no. 5", "5\n6", "٣ Elm St", "5a", "½"]),
)
dates = st.dates().map(str)


@st.composite
def tables(draw):
    """Make ids and fields of all kinds, as long as each other."""
    length = draw(st.integers(1, 40))

    def column(values):
        return draw(st.lists(values, min_size=length, max_size=length))

    species = column(st.sampled_from([*SPECIES, None]))
    ids = column(texts)
    return ids, {
        "common": [SPECIES.get(one) for one in species],
        "species": species,
        "tree_id": [draw(texts) if draw(st.integers(0, 9)) == 0 else id_ for id_ in ids],
        "address": column(st.none() | texts),
        "place": column(st.none() | texts | st.sampled_from(["#", "Lot #5"])),
        "surveyed_on": column(st.none() | dates),
        "day": column(st.none() | dates | st.sampled_from(["2023-02-30", "0000-00-00", "1.2.2023"])),
        "count": column(st.none() | st.integers(0, 5)),
        "figure": column(st.none() | st.floats(-1e6, 1e6)),
        "name": column(st.none() | st.text(max_size=5)),
    }  # fmt: skip


def decode_in_node(ids, fields):
    kinds = {"count": pa.int64(), "figure": pa.float64()}
    arrays = {name: pa.array(values, kinds.get(name, pa.large_string())) for name, values in fields.items()}
    return json.loads(json.dumps(encode_columns(pa.array(ids, pa.large_string()), arrays)))


@given(tables())
@example((["A-1"] * 20, {"species": [*"ab"] * 10, "common": [*"ccde"] * 5}))
@settings(max_examples=examples(400), deadline=None)
def test_columns_say_what_was_put_in(table):
    ids, fields = table

    short = decode_in_node(ids, fields)

    assert plainly(short["id"], short["fields"]) == {"id": ids, **fields}


def test_a_page_reads_what_was_put_in():
    made = []

    @given(tables())
    @settings(max_examples=examples(300), deadline=None, database=None)
    def make(table):
        made.append(table)

    make()
    asked = json.dumps([decode_in_node(*table) for table in made])
    command = [node(), "--input-type=module", "-e", READ, str(READER)]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)

    read = json.loads(done.stdout)

    assert len(read) == len(made) > 0.8 * examples(300)
    for one, (ids, fields) in zip(read, made, strict=True):
        assert one == {"id": ids, **fields}


def test_forms_are_as_short_as_they_can_be():
    streets = ["Elm St", "Oak St", "Ash St"]
    species = ["Acer rubrum", "Quercus alba"] * 12
    fields = {
        "species": species,
        "common": [SPECIES[one] for one in species],
        "address": [f"{100 + 2 * n} {streets[n % 3]}" for n in range(24)],
        "tree_id": [f"S-{n:04}" for n in range(23)] + [None],
        "surveyed_on": [f"2024-05-{n + 1:02}" for n in range(24)],
        "note": [chr(97 + n) for n in range(24)],
    }

    short = decode_in_node([f"S-{n:04}" for n in range(24)], fields)

    assert short["id"] == {"of": ["S-####"], "at": [1] * 24, "steps": [0] + [1] * 23}
    assert short["fields"] == {
        "species": {"of": ["Acer rubrum", "Quercus alba"], "at": [1, 2] * 12},
        "common": {"of": [None, "Red maple", "White oak"], "by": "species"},
        "address": {
            "of": [f"### {name}" for name in streets],
            "at": [1, 2, 3] * 8,
            "steps": [100, 102, 104] + [6] * 21,
        },
        "tree_id": {"at": [23], "else": [None]},
        "surveyed_on": {"from": "2024-05-01", "days": list(range(24))},
        "note": fields["note"],
    }
