"""The same small town in every format, encoding and table layout: the same rows come out."""

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import rasterio
import shapely

from geo.crs import Bbox
from geo.errors import BadFile, BadInput, NeedsOption
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.read_source import read_source

LOTS = gpd.GeoDataFrame(
    {"parcel_id": ["01A", "02B"], "address": ["1 Elm Ave", "3 Peña St"], "zip": ["63121", None]},
    geometry=[shapely.box(-90.31, 38.70, -90.30, 38.71), shapely.box(-90.30, 38.70, -90.29, 38.71)],
    crs=4326,
)


def read_layer_files(layer: str, *files: Path, **told) -> IngestResult:
    return read_source(IngestRequest(layer=layer, files=files, **told))


def geojson(folder: Path) -> Path:
    LOTS.to_file(folder / "lots.geojson")
    return folder / "lots.geojson"


def lines(folder: Path) -> Path:
    LOTS.to_file(folder / "lots.geojsonl", driver="GeoJSONSeq")
    return folder / "lots.geojsonl"


def geopackage(folder: Path) -> Path:
    LOTS.to_crs("ESRI:102696").to_file(folder / "lots.gpkg")
    return folder / "lots.gpkg"


def flatgeobuf(folder: Path) -> Path:
    LOTS.to_file(folder / "lots.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO")
    return folder / "lots.fgb"


def geoparquet(folder: Path) -> Path:
    LOTS.to_crs(26996).to_parquet(folder / "lots.parquet")
    return folder / "lots.parquet"


def shapes(folder: Path, encoding: str = "UTF-8", *, cpg: bool = True) -> Path:
    (folder / "parts").mkdir()
    LOTS.to_crs("ESRI:102696").to_file(folder / "parts" / "lots.shp", encoding=encoding)
    with zipfile.ZipFile(folder / "lots.zip", "w") as archive:
        for part in sorted((folder / "parts").iterdir()):
            if cpg or part.suffix != ".cpg":
                archive.write(part, f"Lots 2026/{part.name}")
    return folder / "lots.zip"


def topojson(folder: Path) -> Path:
    rings = [[[round(x, 6), round(y, 6)] for x, y in lot.exterior.coords] for lot in LOTS.geometry]
    shapes = [
        {
            "type": "Polygon",
            "arcs": [[at]],
            "properties": LOTS.drop(columns="geometry").iloc[at].replace({np.nan: None}).to_dict(),
        }
        for at in range(2)
    ]
    told = {
        "type": "Topology",
        "objects": {"lots": {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": rings,
    }
    (folder / "lots.topojson").write_text(json.dumps(told))
    return folder / "lots.topojson"


def kml(folder: Path) -> Path:
    marks = "".join(
        f'<Placemark><ExtendedData><Data name="parcel_id"><value>{lot.parcel_id}</value></Data>'
        f'<SchemaData><SimpleData name="address">{lot.address}</SimpleData></SchemaData>'
        + (f'<Data name="zip"><value>{lot.zip}</value></Data>' if isinstance(lot.zip, str) else "")
        + "</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        + " ".join(f"{x},{y},0" for x, y in lot.geometry.exterior.coords)
        + "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for lot in LOTS.itertuples()
    )
    path = folder / "lots.kml"
    path.write_text(
        f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>Lots</name>{marks}</Folder></Document></kml>'
    )
    return path


def wkt_table(folder: Path) -> Path:
    path = folder / "lots.csv"
    LOTS.assign(wkt=LOTS.geometry.to_wkt()).drop(columns="geometry").to_csv(path, index=False, sep=";")
    return path


@pytest.mark.parametrize("make", [geojson, lines, geopackage, flatgeobuf, geoparquet, shapes, topojson, kml, wkt_table])
def test_every_format_gives_the_same_parcels(tmp_path, make):
    reading = read_layer_files("parcels", make(tmp_path))

    frame = reading.frame.sort_values("id", ignore_index=True)
    assert frame["id"].tolist() == ["01A", "02B"]
    assert frame["address"].tolist() == ["1 Elm Ave", "3 Peña St"]
    assert frame["zip"].tolist() == ["63121", None] or frame["zip"].isna().tolist() == [False, True]
    same = shapely.equals_exact(frame.geometry.normalize().to_numpy(), LOTS.geometry.normalize().to_numpy(), 1e-5)
    assert same.all()
    assert set(json.loads(frame["raw"][0])) >= {"parcel_id", "address"}
    assert reading.provenance["files"][0]["name"].startswith("lots")
    assert len(reading.provenance["files"][0]["sha256"]) == 64


@pytest.mark.parametrize(("encoding", "cpg"), [("UTF-8", False), ("ISO-8859-1", True), ("CP1252", False)])
def test_a_shapefile_keeps_its_letters_whatever_its_encoding(tmp_path, encoding, cpg):
    reading = read_layer_files("parcels", shapes(tmp_path, encoding, cpg=cpg))

    assert "3 Peña St" in reading.frame["address"].tolist()
    said = {"CP1252": "WINDOWS-1252"}.get(encoding, encoding)
    assert reading.report.to_json()["encoding"] == said


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("windows-1252", "windows-1252"), ("utf-16", "utf-16")],
)
def test_the_encoding_of_a_table_is_found_and_said(tmp_path, encoding, said):
    path = tmp_path / "trees.csv"
    path.write_text("tree_id,common,address\n1,Olmo … Peña,1 Elm Ave\n", encoding)

    reading = read_layer_files("trees", path)

    assert reading.frame["common"].tolist() == ["Olmo … Peña"]
    assert reading.report.to_json()["encoding"] == said


def test_the_encoding_may_be_told(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_bytes("tree_id,common,address\n1,Peña,1 Elm Ave\n".encode("cp437"))

    assert read_layer_files("trees", path, encoding="cp437").frame["common"].tolist() == ["Peña"]
    with pytest.raises(BadInput, match="--encoding klingon"):
        read_layer_files("trees", path, encoding="klingon")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_banner_above_the_header_and_any_delimiter_are_found(tmp_path, mark):
    table = [
        ["City of Pagedale - Tree Inventory"],
        ["Printed 11/02/2026"],
        [],
        ["tree_id", "common", "dbh", "address"],
        ["1", "Pin Oak", "12", "1 Elm Ave"],
        [],
        ["2", "Redbud", "4", "3 Elm Ave"],
    ]
    path = tmp_path / "trees.csv"
    path.write_text("\n".join(mark.join(row) for row in table))

    reading = read_layer_files("trees", path)

    assert reading.frame["common"].tolist() == ["Pin Oak", "Redbud"]
    assert reading.report.to_json()["header_row"] == 4


def test_a_workbook_is_read_with_its_banner_dates_and_numbers(tmp_path):
    import datetime as dt

    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active["A1"] = "Ask the clerk"
    sheet = book.create_sheet("Trees 2026")
    for row in (
        ["City of Pagedale"],
        ["tree_id", "common", "dbh", "planted_on", "address"],
        ["007", "Pin Oak", 12.5, dt.date(2020, 4, 1), "1 Elm Ave"],
        ["008", "Redbud", 3, None, "3 Elm Ave"],
    ):
        sheet.append(row)
    path = tmp_path / "trees.xlsx"
    book.save(path)

    reading = read_layer_files("trees", path)

    assert reading.frame["id"].tolist() == ["007", "008"]
    assert reading.frame["dbh_in"].tolist() == [12.5, 3.0]
    assert reading.frame["planted_on"].fillna("").tolist() == ["2020-04-01", ""]
    assert json.loads(reading.frame["raw"][0])["dbh"] == 12.5
    assert reading.report.to_json()["table"] == "Trees 2026"
    assert reading.report.to_json()["other_tables"] == ["Read me"]
    with pytest.raises(NeedsOption, match="Trees 2026"):
        read_layer_files("trees", path, table="Bushes")


def test_a_table_of_a_geopackage_is_chosen_by_name(tmp_path):
    path = tmp_path / "town.gpkg"
    pyogrio.write_dataframe(LOTS, path, layer="lots")
    pyogrio.write_dataframe(LOTS.iloc[:1], path, layer="old")

    with pytest.raises(NeedsOption, match="--table"):
        read_layer_files("parcels", path)
    assert len(read_layer_files("parcels", path, table="old").frame) == 1


def test_heights_and_curves_come_out_flat(tmp_path):
    path = tmp_path / "lots.gpkg"
    LOTS.assign(geometry=shapely.force_3d(LOTS.geometry, 12.0)).to_file(path)

    reading = read_layer_files("parcels", path)

    assert not reading.frame.has_z.any()
    assert any("height" in line["reason"] for line in reading.report.summary)


def test_files_with_the_same_layout_are_loaded_together(tmp_path):
    for at, name in enumerate(["north", "south"]):
        LOTS.iloc[[at]].to_file(tmp_path / f"{name}.geojson")

    reading = read_layer_files("parcels", tmp_path / "north.geojson", tmp_path / "south.geojson")

    assert reading.frame["id"].tolist() == ["01A", "02B"]
    assert [one["name"] for one in reading.provenance["files"]] == ["north.geojson", "south.geojson"]


def test_a_table_is_joined_to_its_shapes_by_the_profile(tmp_path):
    drawn = gpd.GeoDataFrame(
        {"ML": ["1-1", "1-2"], "MAP": ["1", "1"], "LOT": ["1", "2"], "LOC_ID": ["a", "b"]},
        geometry=LOTS.geometry,
        crs=4326,
    )
    drawn.to_file(tmp_path / "parcels.geojson")
    (tmp_path / "tax.csv").write_text(
        '"ML","Location","UseDescription","LandArea","AYBYrBuilt"\n'
        '"1-1","1 ELM ST","CONDO-BLDG",1000,1900\n'
        '"1-1","1 ELM ST #2","CONDOMINIUM",0,1900\n'
        '"9-9","9 OAK ST","CHURCH",500,0\n'
    )

    reading = read_layer_files(
        "parcels", tmp_path / "parcels.geojson", tmp_path / "tax.csv", profile="cambridge-parcels"
    )

    assert reading.frame["address"].fillna("").tolist() == ["1 ELM ST", ""]
    assert reading.frame["area_recorded_m2"][0] == pytest.approx(92.90304)
    assert reading.report.to_json()["joined_table"] == {"rows": 3, "rows_with_a_shape": 2, "shapes_without_a_row": 1}
    assert reading.report.read == 2


def grid(folder: Path, cells: list[list[int]], **told) -> Path:
    path = folder / "canopy.tif"
    about = {"driver": "GTiff", "height": len(cells), "width": len(cells[0]), "count": 1, "dtype": "uint8"}
    place = {"crs": "EPSG:26996", "transform": rasterio.Affine(1, 0, 250_000, 0, -1, 320_000)}
    with rasterio.open(path, "w", **(about | place | told)) as raster:
        raster.write(np.array(cells, dtype="uint8"), 1)
    return path


def test_a_raster_of_ones_and_zeros_is_canopy(tmp_path):
    reading = read_layer_files("canopy", grid(tmp_path, [[1, 0], [0, 9]], nodata=9), method="lidar", year=2022)

    assert reading.raster.cells.tolist() == [[1, 0], [0, 255]]
    assert (reading.raster.west, reading.raster.north) == (250_000, 320_000)
    assert (reading.raster.method, reading.raster.year) == ("lidar", 2022)
    assert reading.raster.crs.to_epsg() == 26996
    assert len(reading.frame) == 0


def test_a_raster_keeps_its_licence_and_date(tmp_path):
    told = {"licence": "CC0", "dated": "2024-06-01"}

    kept = read_layer_files("canopy", grid(tmp_path, [[1, 0]]), **told).provenance

    assert (kept["licence"], kept["date"]) == ("CC0", "2024-06-01")


def test_a_raster_of_classes_is_asked_which_are_canopy(tmp_path):
    path = grid(tmp_path, [[23, 24], [44, 1]])

    with pytest.raises(NeedsOption, match="--classes"):
        read_layer_files("canopy", path)
    reading = read_layer_files("canopy", path, canopy_ranges=((23, 25),), nodata=44)
    assert reading.raster.cells.tolist() == [[1, 1], [255, 0]]


def test_a_raster_that_misses_the_towns_is_refused(tmp_path):
    path = grid(tmp_path, [[1, 0]])

    with pytest.raises(NeedsOption, match="does not touch the towns"):
        read_layer_files("canopy", path, towns_bbox=Bbox(-71.2, 42.3, -71.0, 42.4))


def test_a_raster_that_stands_on_its_head_is_turned(tmp_path):
    place = rasterio.Affine(1, 0, 250_000, 0, 1, 320_000)

    reading = read_layer_files("canopy", grid(tmp_path, [[1, 1], [0, 0]], transform=place))

    assert reading.raster.cells.tolist() == [[0, 0], [1, 1]]
    assert reading.raster.north == 320_002


def vast(folder: Path, *spots: tuple[int, int]) -> Path:
    """Make a grid of 60,000 by 60,000 cells of which 100 by 100 are canopy at each spot."""
    path = folder / "county.tif"
    about = {"driver": "GTiff", "width": 60_000, "height": 60_000, "count": 1, "dtype": "uint8"}
    place = {"crs": "EPSG:26996", "transform": rasterio.Affine(1, 0, 230_000, 0, -1, 350_000)}
    packed = {"compress": "deflate", "tiled": True, "blockxsize": 512, "blockysize": 512}
    with rasterio.open(path, "w", nodata=255, SPARSE_OK=True, **about, **place, **packed) as raster:
        for column, row in spots:
            window = rasterio.windows.Window(column, row, 100, 100)
            raster.write(np.ones((100, 100), "uint8"), 1, window=window)
    return path


def test_of_a_vast_raster_only_what_is_known_is_kept(tmp_path):
    reading = read_layer_files("canopy", vast(tmp_path, (30_000, 20_000)), memory_mb=2_048)

    assert reading.raster.cells.shape == (100, 100)
    assert (reading.raster.west, reading.raster.north) == (260_000, 330_000)
    assert reading.report.to_json()["raster"]["cells"] == {"canopy": 10_000, "none": 0, "unknown": 3_599_990_000}  # fmt: skip


def test_a_raster_of_which_too_much_lies_between_its_known_cells_is_refused(tmp_path):
    path = vast(tmp_path, (0, 0), (59_900, 59_900))

    with pytest.raises(BadFile, match=r"known cells span 60,000 by 60,000; .* Cut the file to the towns"):
        read_layer_files("canopy", path, memory_mb=2_048)


def test_a_turned_raster_loses_the_right_margins(tmp_path):
    place = rasterio.Affine(-1, 0, 250_004, 0, 1, 320_000)
    cells = [[9, 9, 9, 9], [9, 1, 0, 9], [9, 0, 9, 9]]

    reading = read_layer_files("canopy", grid(tmp_path, cells, transform=place, nodata=9))

    assert reading.raster.cells.tolist() == [[255, 0], [0, 1]]
    assert (reading.raster.west, reading.raster.east) == (250_001, 250_003)
    assert (reading.raster.south, reading.raster.north) == (320_001, 320_003)


def test_a_raster_in_which_nothing_is_known_is_refused(tmp_path):
    with pytest.raises(BadFile, match="every cell is unknown"):
        read_layer_files("canopy", grid(tmp_path, [[9, 9]], nodata=9))


def test_a_raster_of_one_block_that_would_fill_the_memory_is_refused(tmp_path):
    path = tmp_path / "canopy.tif"
    place = {"crs": "EPSG:26996", "transform": rasterio.Affine(1, 0, 230_000, 0, -1, 350_000)}
    about = {"driver": "GTiff", "width": 20_000, "height": 20_000, "count": 1, "dtype": "uint8"}
    block = {"tiled": True, "blockxsize": 20_000, "blockysize": 20_000, "SPARSE_OK": True}
    with rasterio.open(path, "w", compress="deflate", **about, **place, **block):
        pass

    with pytest.raises(BadFile, match="blocks of 20,000 by 20,000"):
        read_layer_files("canopy", path)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"description": 'Trees of "Elm" Ave'}, 'Trees of "Elm" Ave'),
        ({"metadata": {"description": "of the metadata"}}, None),
        ({"description": {"en": "Trees"}}, None),
        ({"description": ""}, None),
        ({}, None),
    ],
)
def test_a_geojson_says_of_itself_what_its_own_description_says(tmp_path, members, says):
    tree = {
        "type": "Feature",
        "properties": {"id": "T1", "species": "Acer rubrum", "description": "a tree"},
        "geometry": {"type": "Point", "coordinates": [-90.3, 38.7]},
    }
    path = tmp_path / "trees.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": [tree]}))

    assert read_source(IngestRequest("trees", (path,))).provenance["says"] == says
