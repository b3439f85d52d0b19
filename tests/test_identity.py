"""Which row is which: after a re-export, in another writing, and when the column of the ids changes."""

import json
import uuid
from contextlib import closing

import pyarrow as pa
import pytest
from conftest import AT
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import NoSuchRecord
from geo.identifiers import guid_key
from geo.ingest.ingest_request import IngestRequest
from geo.ingest.mapping.id_columns import choose_id_column, is_pointer_name, own_number_names
from geo.schema import LAYERS
from geo.store import open_store
from geo.store.records import OPERATOR, Query, Record
from geo.workspace import load_source, read_files

GUIDS = [str(uuid.UUID(int=0x0A1B2C3D11114A4A9B9B000000000000 + n)) for n in range(9)]
WRITINGS = {
    "plain": lambda guid: guid,
    "capitals": str.upper,
    "braces": lambda guid: "{" + guid.upper() + "}",
    "digits": lambda guid: guid.replace("-", ""),
    "urn": lambda guid: f"urn:uuid:{guid}",
    "odk": lambda guid: f"uuid:{guid}",
    "parentheses": lambda guid: f"({guid})",
    "blanks": lambda guid: f" {guid} ",
}
SPECIES = {1: "Acer rubrum", 2: "Quercus rubra", 3: "Tilia cordata", 4: "Betula nigra"}


@pytest.fixture
def inventory(tmp_path):
    """Load GeoJSON features as trees of one source, and read them back by species."""
    with closing(open_store(tmp_path / "w.gpkg", create=True)) as store:

        class Inventory:
            """One source of trees in a workspace."""

            def load(self, features, name="trees.geojson", *, dry_run=False, **options):
                path = tmp_path / name
                head = "" if name.endswith("l") else '{"type":"FeatureCollection","features":['
                text = "\n".join(features) if not head else head + ",".join(features) + "]}"
                path.write_text(text)
                result = read_files(store, IngestRequest("trees", (path,), **options))
                return load_source(store, "trees", result, source="town", actor=OPERATOR, at=AT, dry_run=dry_run)[0]

            def edit(self, species, **values):
                store.put("trees", Record(self.id_of(species), "town", values), actor=OPERATOR, at=AT)

            def id_of(self, species):
                return self.by_species()[species].id

            def by_species(self):
                return {record.values["species"]: record for record in store.query("trees", Query(), actor=OPERATOR)}

        inventory = Inventory()
        inventory.store = store
        yield inventory


def feature(tree, place=None, feature_id=None, **properties):
    """Write a tree, by its number in `SPECIES`, as a GeoJSON feature at a place of its own."""
    head = {} if feature_id is None else {"id": feature_id}
    geometry = {"type": "Point", "coordinates": [-90.31 + (place or tree) / 1000, 38.7]}
    row = {"species": SPECIES[tree], **properties}
    return json.dumps({"type": "Feature", **head, "properties": row, "geometry": geometry})


def export(trees, **columns):
    """Write trees as an export does: counted from 1, each with its GUID in some writing."""
    name, write = columns.get("name", "GlobalID"), WRITINGS[columns.get("writing", "braces")]
    return [feature(tree, OBJECTID=n, **{name: write(GUIDS[tree])}) for n, tree in enumerate(trees, 1)]


@pytest.mark.parametrize(
    ("name", "writing"),
    [
        ("GlobalID", "plain"),
        ("GLOBALID", "digits"),
        ("tree_guid", "odk"),
        ("_uuid", "capitals"),
        ("Feature Key", "blanks"),
    ],
)
def test_an_edit_stays_with_its_tree_when_the_counter_starts_anew(inventory, writing, name):
    inventory.load(export([1, 2, 3], name=name))
    inventory.edit("Quercus rubra", condition="dead")
    old_id = inventory.id_of("Quercus rubra")

    done = inventory.load(export([2, 3, 4], name=name, writing=writing))

    trees = inventory.by_species()
    assert (trees["Quercus rubra"].id, trees["Quercus rubra"].values["condition"]) == (old_id, "dead")
    assert trees["Tilia cordata"].values["condition"] == "unknown"
    assert "Acer rubrum" not in trees
    assert (done.added, done.deleted) == (1, 1)


def test_where_only_a_counter_exists_it_stays_the_id(inventory):
    inventory.load([feature(1, OBJECTID=7), feature(2, OBJECTID=9)])

    assert {record.id for record in inventory.by_species().values()} == {"7", "9"}


@pytest.mark.parametrize("name", ["SITE_GUID", "REL_GLOBALID", "parentglobalid", "created_by_guid", "UserUUID"])
def test_a_column_that_points_to_another_record_is_no_id(inventory, name):
    inventory.load([feature(tree, OBJECTID=tree, **{name: GUIDS[9 - tree - 1]}) for tree in (1, 2)])

    assert {record.id for record in inventory.by_species().values()} == {"1", "2"}


@pytest.mark.parametrize("name", ["trees.geojson", "trees.geojsonl"])
@pytest.mark.parametrize("ids", [("way/12", "node/7"), (17, 4), (GUIDS[1], GUIDS[2])])
def test_a_features_own_id_counts_where_its_properties_have_none(inventory, name, ids):
    inventory.load([feature(tree, feature_id=id_) for tree, id_ in zip((1, 2), ids, strict=True)], name)

    assert [inventory.id_of(SPECIES[tree]) for tree in (1, 2)] == [str(id_) for id_ in ids]


def test_a_number_of_the_towns_own_goes_before_a_features_id(inventory):
    inventory.load([feature(tree, feature_id=f"f{tree}", TREEID=f"T-{tree}") for tree in (1, 2)])

    assert inventory.id_of("Acer rubrum") == "T-1"


def test_edits_are_carried_over_when_ids_come_from_a_guid_instead_of_a_counter(inventory):
    """The source was loaded when OBJECTID was the id. The next file has counted its rows anew."""
    inventory.load(export([1, 2, 3]), column_mapping={"id": "OBJECTID"})
    inventory.edit("Quercus rubra", condition="dead")
    inventory.store.delete("trees", inventory.id_of("Tilia cordata"), actor=OPERATOR, at=AT)

    done = inventory.load(export([2, 3, 4]))

    trees = inventory.by_species()
    assert (trees["Quercus rubra"].id, trees["Quercus rubra"].values["condition"]) == ("2", "dead")
    assert set(trees) == {"Quercus rubra", "Betula nigra"}  # the linden was deleted by hand, and stays so
    assert done.renamed == 3
    assert inventory.store.check_integrity() == []
    assert inventory.load(export([2, 3, 4])).renamed == 0


def test_where_only_the_new_file_has_both_columns_the_place_decides(inventory):
    inventory.load([feature(tree, OBJECTID=tree) for tree in (1, 2, 3)])
    inventory.edit("Acer rubrum", condition="dead")
    inventory.edit("Quercus rubra", condition="good")

    same = [feature(1, OBJECTID=1, GlobalID=GUIDS[1]), feature(3, OBJECTID=2, GlobalID=GUIDS[3])]
    done = inventory.load(same)

    trees = inventory.by_species()
    assert (trees["Acer rubrum"].id, trees["Acer rubrum"].values["condition"]) == ("1", "dead")
    assert trees["Tilia cordata"].values["condition"] == "unknown"
    assert [(edit["id"], edit["change"]) for edit in done.affected_edits] == [("2", "deleted")]


def test_a_load_names_the_edited_records_that_it_deletes_or_moves(inventory):
    inventory.load(export([1, 2, 3]))
    inventory.edit("Acer rubrum", condition="dead", maintenance="Remove")
    inventory.edit("Quercus rubra", condition="good")
    ids = {name: inventory.id_of(name) for name in ("Acer rubrum", "Quercus rubra")}
    moved = json.loads(export([2])[0])
    moved["geometry"]["coordinates"][0] += 0.001
    next_file = [json.dumps(moved), *export([3])]

    told = inventory.load(next_file, dry_run=True)
    kept = inventory.by_species()
    done = inventory.load(next_file)

    assert set(kept) == {"Acer rubrum", "Quercus rubra", "Tilia cordata"}
    assert told == done
    by_id = {edit["id"]: edit for edit in done.affected_edits}
    assert by_id[ids["Acer rubrum"]]["edits"] == {"condition": "dead", "maintenance": "Remove"}
    assert by_id[ids["Acer rubrum"]]["change"] == "deleted"
    assert by_id[ids["Quercus rubra"]]["change"] == "moved"
    assert by_id[ids["Quercus rubra"]]["moved_m"] == pytest.approx(86.9, abs=1)
    with pytest.raises(NoSuchRecord):
        inventory.store.get("trees", ids["Acer rubrum"], actor=OPERATOR)


def test_the_sites_of_trees_keep_their_edits_too(inventory):
    inventory.load(export([1, 2, 3]), column_mapping={"id": "OBJECTID"})
    inventory.store.put("sites", Record("2", "town", {"override_parcel_id": "none"}), actor=OPERATOR, at=AT)

    inventory.load(export([2, 3, 4], writing="digits"))

    tree = inventory.by_species()["Quercus rubra"]
    assert tree.values["site_id"] == "2"
    assert inventory.store.get("sites", "2", actor=OPERATOR).values["override_parcel_id"] == "none"


@given(st.uuids(), st.sampled_from([*WRITINGS.values()]))
def test_every_writing_of_a_guid_is_one_key(guid, write):
    assert guid_key(write(str(guid))) == (guid.hex if guid.int else None)


@given(st.text(alphabet="0123456789abcdefABCDEF-{} ", max_size=40))
def test_what_has_not_32_digits_is_no_guid(text):
    digits = text.translate({ord(sign): None for sign in "-{} "})

    assert guid_key(text) is None or (len(digits) == 32 and guid_key(text) == digits.lower())


def column(*values):
    return pa.chunked_array([list(values)])


COUNT = column(1, 2, 3)
UNIQUE = column(*GUIDS[:3])


@pytest.mark.parametrize(
    ("layer", "columns", "chosen"),
    [
        ("trees", {"FID": COUNT, "uuid": UNIQUE}, "uuid"),
        ("trees", {"OBJECTID": COUNT, "FacilityID": column("a", "b", "c")}, "OBJECTID"),
        ("trees", {"OBJECTID": COUNT, "id": column("a", "b", "c")}, "id"),
        ("trees", {"id": COUNT, "GlobalID": UNIQUE}, "GlobalID"),
        ("trees", {"GlobalID": UNIQUE, "TREEID": column("a", "b", "c")}, "TREEID"),
        ("trees", {"GlobalID": UNIQUE, "TREEID": column("a", None, None)}, "GlobalID"),
        ("trees", {"GlobalID": UNIQUE, "TREEID": column("0", "0", "0")}, "GlobalID"),
        ("trees", {"OBJECTID": COUNT, "GlobalID": column(GUIDS[0], GUIDS[0], GUIDS[0])}, "OBJECTID"),
        ("trees", {"OBJECTID": COUNT, "GlobalID": column("", " ", None)}, "OBJECTID"),
        ("trees", {"GlobalID": column(*GUIDS[3:6]), "TREE_GUID": UNIQUE}, "TREE_GUID"),
        ("trees", {"GLOBALID_1": column(*GUIDS[3:6]), "GLOBALID": UNIQUE}, "GLOBALID"),
        ("sites", {"OBJECTID": COUNT, "SITE_GUID": UNIQUE, "TREE_GUID": UNIQUE}, "SITE_GUID"),
        ("parcels", {"GlobalID": UNIQUE, "PIN": column("7", "7", "8")}, "PIN"),
        ("inspections", {"GlobalID": UNIQUE, "Request ID": column("7", "7", "8")}, "Request ID"),
        ("streets", {"OBJECTID_1": COUNT, "OBJECTID": COUNT}, "OBJECTID"),
        ("trees", {"species": column("a", "b", "c")}, None),
    ],
)
def test_the_column_that_a_copy_keeps_is_the_id(layer, columns, chosen):
    found = choose_id_column(LAYERS[layer], columns, own_number_names(layer))

    assert (found and found.name) == chosen


WORDS = ["parent", "rel", "related", "user", "creator", "editor", "site", "parcel", "project", "inspector", "photo"]


@given(st.sampled_from(WORDS), st.sampled_from(["GUID", "GlobalID", "uuid", "_id"]), st.sampled_from(["", "_", " "]))
def test_a_name_with_the_word_of_something_else_points_to_it(word, kind, joint):
    for name in (f"{word}{joint}{kind}", f"{word.upper()}{joint}{kind.upper()}", f"{word.title()}{kind}"):
        assert is_pointer_name(name, "trees")
