"""Odd geometry in: curves, surfaces in space, collections, heights, nothing at all; each row told."""

import json
import math
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from pyogrio.raw import write

from geo.crs import Bbox
from geo.errors import BadFile, BadInput, BadLayer
from geo.ingest.ingest_request import IngestRequest, IngestResult
from geo.ingest.mapping.map_rows import read_wkb
from geo.ingest.read_source import read_source
from geo.ingest.readers.curves import straighten_curves
from geo.ingest.readers.raw_table import RawTable

LOT = shapely.box(250_000, 320_000, 250_030, 320_040)  # metres of EPSG:26996
ARCS = "geometry: arcs replaced by straight lines, off by at most 0.004% of the radius"
IN_SPACE = "geometry: a 3D surface (TIN, triangle or polyhedral) has no outline on the ground; export it as polygons"
UNPLACED = "cannot be placed: no geometry, no address"
RING = [(250_000, 320_000, 5), (250_030, 320_000, 5), (250_030, 320_040, 9), (250_000, 320_000, 5)]


def spots(kind: int, *places: tuple[float, ...], order: str = "<") -> bytes:
    """Write a line, or with 8 a circular string, as WKB."""
    head = struct.pack(f"{order}BII", order == "<", kind, len(places))
    return head + np.array(places, f"{order}f8").tobytes()


def of(kind: int, *parts: bytes) -> bytes:
    """Write what has parts as WKB."""
    return struct.pack("<BII", 1, kind, len(parts)) + b"".join(parts)


def surface(kind: int) -> bytes:
    """Write a surface in space of one triangle, of WKB's kind 15, 16 or 17, with heights."""
    ring = struct.pack("<I", len(RING)) + np.array(RING, "<f8").tobytes()
    patch = struct.pack("<BII", 1, 1003 if kind == 15 else 1017, 1) + ring
    return patch if kind == 17 else of(1000 + kind, patch)


# A round lot of 20 m radius; one whose corner is cut round; a curb, that goes half round and back.
ROUND = spots(8, (250_000, 320_000), (250_020, 320_020), (250_040, 320_000), (250_020, 319_980), (250_000, 320_000))  # fmt: skip
HALF = spots(8, (250_000, 320_000), (250_020, 320_020), (250_040, 320_000))
BASE = spots(2, (250_040, 320_000), (250_000, 320_000))


def geopackage(path: Path, *shapes: bytes | None, driver: str = "GPKG", **columns: list) -> Path:
    """Write a GeoPackage of shapes as they are, arcs and all."""
    columns = {"parcel_id": [str(n) for n in range(1, len(shapes) + 1)]} | columns
    path = path.with_suffix(path.suffix or ".gpkg")
    values = [np.array(one, object) for one in columns.values()]
    names = np.array(list(columns), object)
    write(path, np.array(shapes, object), values, names, geometry_type="Unknown", crs="EPSG:26996", driver=driver)  # fmt: skip
    return path


def flatgeobuf(path: Path, *shapes: bytes | None) -> Path:
    return geopackage(path.with_suffix(".fgb"), *shapes, driver="FlatGeobuf")


def parquet(path: Path, *shapes: bytes | None) -> Path:
    crs = rasterio.CRS.from_epsg(26996).to_dict(projjson=True)
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": crs}}}  # fmt: skip
    table = pa.table({"parcel_id": [str(n) for n in range(1, len(shapes) + 1)], "geometry": pa.array(shapes, pa.binary())})  # fmt: skip
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def read_layer_file(path: Path, layer: str = "parcels", **told) -> IngestResult:
    return read_source(IngestRequest(layer, (path,), **told))


def areas(reading: IngestResult) -> dict[str, float]:
    """Give each row's area in m²."""
    return dict(zip(reading.frame["id"], reading.frame.to_crs(26996).area, strict=True))


def reasons_by_row(reading: IngestResult) -> dict[int, list[str]]:
    """Give what the report says of each row."""
    by_row: dict[int, list[str]] = {}
    for line in reading.report.to_json()["rows"]:
        by_row.setdefault(line["row"], []).append(f"{line['outcome']}: {line['reason']}")
    return by_row


@pytest.mark.parametrize("make", [geopackage, flatgeobuf, parquet])
def test_curves_are_drawn_as_chords_that_keep_the_area(tmp_path, make):
    path = make(
        tmp_path / "lots",
        of(10, ROUND),
        of(10, of(9, HALF, BASE)),
        of(12, of(10, ROUND), shapely.transform(LOT, lambda xy: xy + 100).wkb),
        of(12, LOT.wkb),
        LOT.wkb,
    )

    reading = read_layer_file(path)

    disc = math.pi * 20**2
    assert areas(reading) == pytest.approx({"1": disc, "2": disc / 2, "3": disc + 1200, "4": 1200, "5": 1200}, rel=1e-4)  # fmt: skip
    assert reasons_by_row(reading) == {row: [f"mended: {ARCS}"] for row in (1, 2, 3)}
    assert reading.frame.geometry.is_valid.all()


@pytest.mark.parametrize(
    "wkb",
    [
        spots(8, (5, 7), (8, 10), (11, 7)),
        spots(8, (11, 7), (8, 10), (5, 7), order=">"),
        spots(1008, (5, 7, 100), (8, 10, 200), (11, 7, 300)),
        spots(0x80000008, (5, 7, 100), (8, 10, 200), (11, 7, 300)),
        struct.pack("<BIII", 1, 0x20000008, 26996, 3) + spots(8, (5, 7), (8, 10), (11, 7))[9:],
    ],
    ids=["clockwise", "the other end first", "with heights", "PostGIS's heights", "its number"],
)
def test_an_arc_keeps_its_side_its_ends_and_its_length(wkb):
    table = straighten_curves(RawTable([], [], pa.chunked_array([pa.array([None, wkb])])))

    (_, line), _ = read_wkb(table.wkb.to_numpy(zero_copy_only=False))
    assert line.length == pytest.approx(math.pi * 3, rel=1e-4)
    assert shapely.Point(8, 10).distance(line) < 1e-12
    assert {line.coords[0][:2], line.coords[-1][:2]} == {(5, 7), (11, 7)}
    assert not line.has_z or line.coords[90][2] == 200
    assert table.metadata["curved_rows"] == [2]


def test_a_wide_flat_arc_is_no_straight_line():
    angles, radius = np.radians([-0.5, 0, 0.5]), 10_000
    arc = spots(8, *zip(radius * np.sin(angles), radius * np.cos(angles), strict=True))

    (line,), _ = read_wkb(straighten_curves(RawTable([], [], pa.chunked_array([[arc]]))).wkb.to_numpy())

    off = radius - np.hypot(*shapely.get_coordinates(line.segmentize(1)).T)
    assert off.max() < 0.01  # one chord would be off by 0.38 m
    assert off.min() > -1e-6


def test_surfaces_in_space_are_refused_each_with_the_reason(tmp_path):
    kinds = [surface(kind) for kind in (15, 16, 17)]
    path = parquet(tmp_path / "lots.parquet", LOT.wkb, *kinds, of(7, LOT.wkb, surface(16)))

    reading = read_layer_file(path)

    assert reading.frame["id"].tolist() == ["1"]
    assert reasons_by_row(reading) == {row: [f"noted: {IN_SPACE}", f"refused: {UNPLACED}"] for row in (2, 3, 4, 5)}


def test_a_file_of_surfaces_in_space_says_what_is_wrong_with_it(tmp_path):
    with pytest.raises(BadLayer, match=r"none of its 1 rows .* 3D surface .* as polygons"):
        read_layer_file(parquet(tmp_path / "lots.parquet", surface(16)))


def test_curves_that_are_broken_are_told_by_row(tmp_path):
    broken = [
        of(10, ROUND)[:-5],
        of(10, spots(8, (0, 0), (1, 1))),  # half an arc
        of(10, of(10, ROUND)),  # a ring that is none
        of(6, of(10, ROUND)),  # a polygon that is none
        of(13),  # a kind that nothing is of
        of(5010, ROUND),  # nor of this
        b"\1",
        bytes.fromhex("01 07000000 01000000") * 40,  # collections within each other
    ]

    reading = read_layer_file(parquet(tmp_path / "lots.parquet", LOT.wkb, *broken))

    assert reasons_by_row(reading) == {
        row: ["noted: geometry: cannot be read", f"refused: {UNPLACED}"] for row in range(2, 10)
    }


def test_an_arc_to_nowhere_has_no_place(tmp_path):
    far = of(10, spots(8, (250_000, 320_000), (np.nan, 320_020), (250_000, 320_000)))
    path = parquet(tmp_path / "lots.parquet", LOT.wkb, far)

    why = "mended: geometry: a coordinate is not a number; location unknown"
    assert why in reasons_by_row(read_layer_file(path))[2]


def test_curves_and_surfaces_of_a_table_are_told_by_row(tmp_path):
    path = tmp_path / "lots.csv"
    path.write_text(
        "parcel_id;address;wkt\n"
        "1;1 Elm St;POLYGON((250000 320000,250030 320000,250030 320040,250000 320000))\n"
        "2;2 Elm St;CURVEPOLYGON(CIRCULARSTRING(250000 320000,250020 320020,250000 320000))\n"
        "3;3 Elm St;TIN Z(((250000 320000 1,250030 320000 1,250030 320040 1,250000 320000 1)))\n"
        "4;4 Elm St;\n"
        "5;5 Elm St;POLYGON((\n"
    )

    reading = read_layer_file(path, crs="EPSG:26996")

    assert areas(reading)["1"] == pytest.approx(600, rel=1e-6)
    assert reading.frame.geometry.isna().tolist() == [False, True, True, True, True]
    assert reasons_by_row(reading) == {
        2: ["noted: geometry: WKT with curves is not supported; export a GeoPackage"],
        3: [f"noted: {IN_SPACE}"],
        4: ["noted: blank, so unknown: geometry"],
        5: ["noted: geometry: cannot be read as WKT"],
    }


def test_of_a_collection_the_outlines_are_kept_and_that_is_told(tmp_path):
    line = shapely.LineString([(250_000, 320_000), (250_100, 320_100)])
    beside = shapely.transform(LOT, lambda xy: xy + 100)
    mixed = shapely.GeometryCollection([LOT, line, beside])
    path = geopackage(tmp_path / "lots.gpkg", mixed.wkb, shapely.GeometryCollection([line]).wkb)

    reading = read_layer_file(path)

    assert areas(reading) == {"1": pytest.approx(2400, rel=1e-6)}
    assert reasons_by_row(reading) == {
        1: ["mended: geometry: a collection; only its parts of type Polygon or MultiPolygon are kept"],
        2: ["refused: geometry: this type does not fit the layer"],
    }  # fmt: skip


def test_rows_whose_heights_are_left_out_are_told_in_short(tmp_path):
    deep = [shapely.force_3d(LOT, 12.0).wkb if at != 2 else LOT.wkb for at in range(5)]
    measured = "POLYGON M((250000 320000 1,250030 320000 2,250030 320040 3,250000 320000 1))"
    deep.append(shapely.to_wkb(shapely.from_wkt(measured), flavor="iso"))

    reading = read_layer_file(geopackage(tmp_path / "lots.gpkg", *deep))

    assert not (reading.frame.has_z | reading.frame.has_m).any()
    assert reasons_by_row(reading) == {}
    assert reading.report.to_json()["in_short"] == {
        "geometry: height (Z) or measure (M) dropped": {"count": 5, "rows": "1-2, 4-6"}
    }


@pytest.mark.parametrize("layer", ["parcels", "trees", "canopy"])
def test_rows_without_a_shape_are_told_also_where_they_are_placed_otherwise(tmp_path, layer):
    shape = shapely.Point(250_000, 320_000) if layer == "trees" else LOT
    nowhere = shapely.transform(shape, lambda xy: xy + np.array([np.inf, 0]))
    shapes = [shape.wkb, None, type(shape)().wkb, nowhere.wkb, None]
    where = {"address": [f"{n} Elm St" for n in range(1, 6)]} if layer != "canopy" else {}
    path = geopackage(tmp_path / "rows.gpkg", *shapes, **where)

    reading = read_layer_file(path, layer)

    why = {
        2: ["noted: null, so unknown: geometry"],
        3: ["noted: geometry: empty"],
        4: ["mended: geometry: a coordinate is not a number; location unknown"],
        5: ["noted: null, so unknown: geometry"],
    }
    if layer == "canopy":
        why = {row: [*said, "refused: cannot be placed: no geometry"] for row, said in why.items()}
    assert {row: sorted(said) for row, said in reasons_by_row(reading).items()} == why
    assert reading.report.to_json()["unknowns"]["geometry"] == {"null": {"count": 2, "rows": "2, 5"}}  # fmt: skip
    assert len(reading.frame) == (1 if layer == "canopy" else 5)
    assert reading.frame.geometry.isna().sum() == (0 if layer == "canopy" else 4)


def test_a_file_that_has_no_shape_in_any_row_says_so(tmp_path):
    features = [
        {"type": "Feature", "properties": {"common": "oak", "address": f"{n} Elm St"}, "geometry": None}
        for n in range(3)
    ]  # fmt: skip
    path = tmp_path / "trees.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))

    unknowns = read_layer_file(path, "trees").report.to_json()["unknowns"]

    assert unknowns["geometry"] == {"null": {"count": 3, "rows": "1-3"}}


def test_files_in_two_systems_are_not_put_together(tmp_path):
    lots = gpd.GeoDataFrame({"parcel_id": ["1"]}, geometry=[LOT], crs=26996)
    lots.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    lots.to_crs("ESRI:102696").to_file(tmp_path / "b.geojson", driver="GeoJSON")
    lots.to_crs("ESRI:102696").to_file(tmp_path / "c.gpkg")
    pairs = [("a.geojson", "b.geojson"), ("a.geojson", "c.gpkg")]

    for pair in pairs:
        with pytest.raises(BadInput, match=r"in different coordinate systems .* one at a time"):
            read_source(IngestRequest("parcels", tuple(tmp_path / name for name in pair)))


def test_each_layer_of_a_geopackage_is_read_by_its_own_system(tmp_path):
    path = tmp_path / "town.gpkg"
    lots = gpd.GeoDataFrame({"parcel_id": ["1"]}, geometry=[LOT], crs=26996)
    lots.to_file(path, layer="metres")
    lots.to_crs("ESRI:102696").to_file(path, layer="feet")

    metres, feet = (read_layer_file(path, table=name).frame.geometry[0] for name in ("metres", "feet"))

    assert metres.hausdorff_distance(feet) < 1e-8


def raster(path: Path, turned: float = 0, **told) -> Path:
    """Write 100 by 100 cells of 10 m of canopy and none."""
    place = rasterio.Affine(10, turned, 250_000, turned, -10, 320_000)
    about = {"driver": "GTiff", "width": 100, "height": 100, "count": 1, "dtype": "uint8", "crs": "EPSG:26996", "transform": place}  # fmt: skip
    with rasterio.open(path, "w", **(about | told)) as file:
        file.write(np.eye(100, dtype="uint8"), 1)
    return path


def test_a_raster_that_is_turned_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(BadFile, match="rotated; warp it to north up first"):
        read_layer_file(raster(tmp_path / "canopy.tif", turned=1), "canopy")


@pytest.mark.parametrize("crs", [None, "EPSG:26996"])
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_that_says_no_place_is_refused(tmp_path, crs):
    path = raster(tmp_path / "canopy.tif", crs=crs, transform=rasterio.Affine.identity())

    with pytest.raises(BadFile, match="does not say where it is"):
        read_layer_file(path, "canopy")


def test_a_raster_without_a_value_for_unknown_says_so(tmp_path):
    said = "no value means unknown, because neither the file nor --nodata names one"

    silent = read_layer_file(raster(tmp_path / "silent.tif"), "canopy").report.summary
    telling = read_layer_file(raster(tmp_path / "telling.tif", nodata=255), "canopy").report.summary

    assert said in [line["reason"] for line in silent]
    assert said not in [line["reason"] for line in telling]


@pytest.mark.parametrize(("towns", "share"), [(0.5, None), (2, "25%"), (-1, "0%")])
def test_a_raster_that_covers_a_part_of_the_towns_says_how_much(tmp_path, towns, share):
    """The towns' box begins where the raster does, and is so many times as long; -1: it lies beyond."""
    path = raster(tmp_path / "canopy.tif")
    corners = gpd.GeoSeries.from_xy([250_000, 251_000], [319_000, 320_000], crs=26996)
    west, south, east, north = corners.to_crs(4326).total_bounds
    side = (east - west) * towns, (north - south) * towns
    x, y = sorted([west, west + side[0]]), sorted([south, south + side[1]])

    reading = read_layer_file(path, "canopy", towns_bbox=Bbox(x[0], y[0], x[1], y[1]))

    said = [line["reason"] for line in reading.report.summary if "covers about" in line["reason"]]
    expect = f"covers about {share} of the towns' bounding box; elsewhere canopy is unknown"
    assert said == ([] if share is None else [expect])
