"""Generation of the whole illustrative county, town by town, from one seed.

`lotleaf sample` calls `make_sample`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from geo.errors import BadInput
from geo.progress import Progress, ignore_progress
from geo.sample.layout.county_plan import CountyPlan, TownCell, apportion, make_plan
from geo.sample.layout.georeference import Georeference
from geo.sample.layout.lot_slots import make_slots
from geo.sample.layout.parcel_shapes import divide_into_parcels, slots_needed
from geo.sample.layout.street_blocks import make_block_layout
from geo.sample.layout.street_layout import (
    border_centerlines,
    border_intersections,
    make_town_streets,
    town_centerlines,
)
from geo.sample.layout.town_layout import TownLayout
from geo.sample.layout.town_limits import town_boundaries
from geo.sample.layout.tree_positions import make_tree_positions
from geo.sample.records.crown_shapes import CanopyRaster, crown_table, draw_crowns
from geo.sample.records.governing_bodies import (
    alias_table,
    district_tables,
    municipality_table,
    sample_landmarks,
    ward_table,
)
from geo.sample.records.inspection_records import sample_inspections
from geo.sample.records.oddities import (
    INSPECTION_ODDITIES,
    TREE_ODDITIES,
    add_bow_ties,
    distribute_oddities,
    insert_oddities,
)
from geo.sample.records.parcel_records import address_points, sample_addresses, sample_parcels
from geo.sample.records.tree_records import sample_trees
from geo.sample.sample_files import SampleFolder
from geo.sample.sample_tables import Table, make_table

TREES_PER_PARCEL = 2.5
INSPECTIONS_PER_PARCEL = 0.4
MAX_TOWNS = 100
PARCELS_PER_BOW_TIE = 20_000


@dataclass
class County:
    """The state of a county while it is made. Every array and list has one entry for each town.

    `tree_oddities` and `inspection_oddities` map an oddity's name to the number of rows that get
    it. `border_intersections` maps a through street's index to the points where town streets reach
    it.
    """

    seed: int
    plan: CountyPlan
    georeference: Georeference
    folder: SampleFolder
    canopy_raster: CanopyRaster
    tree_counts: np.ndarray
    crown_counts: np.ndarray
    inspection_counts: np.ndarray
    tree_oddities: list[dict[str, int]]
    inspection_oddities: list[dict[str, int]]
    bow_tie_counts: np.ndarray
    border_intersections: dict[int, list[np.ndarray]]

    def make_rng(self, town: int, topic: int) -> np.random.Generator:
        """Return the random generator of one town and one topic, the same for the same seed."""
        return np.random.default_rng([self.seed, town + 1, topic])


def make_sample(
    directory: Path,
    *,
    parcels: int,
    seed: int,
    towns: int = 24,
    crowns_per_parcel: float = 0.75,
    format: Literal["geojson", "geoparquet"] = "geojson",  # noqa: A002 - as the option is called
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write the files of an illustrative county of exactly `parcels` parcels. Return the rows of each layer.

    The same arguments make the same files, byte for byte. Nothing in them is surveyed. A county has
    2.5 trees, `crowns_per_parcel` crowns and 0.4 inspections for each parcel. Some towns have no
    tree inventory. Files of an earlier sample in `directory` are replaced. Raises BadInput for
    numbers that are out of range.
    """
    _validate_options(parcels, seed, towns, crowns_per_parcel)
    report_progress = progress or ignore_progress
    description = (
        "Illustrative, not surveyed: an invented county made by `lotleaf sample` "
        f"--parcels {parcels} --seed {seed} --towns {towns}. Boundaries, lots, trees, people's roles and "
        "the assignments to courts, police and agencies describe no real place. "
        "Only the assignments in districts/known are facts."
    )
    with SampleFolder(Path(directory), format, description) as folder:
        county = _start_county(folder, parcels, seed, towns, crowns_per_parcel)
        town_cells = [cell for cell in county.plan.cells if cell.town is not None]
        for index, cell in enumerate(sorted(town_cells, key=lambda cell: cell.town or 0)):
            report_progress(county.plan.towns[cell.town or 0].name, index / len(town_cells))
            _add_town(county, cell)
        _write_shared_layers(county)
        report_progress("done", 1.0)
        return dict(folder.row_counts)


def _validate_options(parcels: int, seed: int, towns: int, crowns_per_parcel: float) -> None:
    if parcels < 1:
        raise BadInput(f"--parcels {parcels}: use a number of 1 or more")
    if not 1 <= towns <= MAX_TOWNS:
        raise BadInput(f"--towns {towns}: use a number from 1 to {MAX_TOWNS}")
    if seed < 0:
        raise BadInput(f"--seed {seed}: use a whole number, 0 or more")
    if not 0 <= crowns_per_parcel <= 100:
        raise BadInput(f"--crowns-per-parcel {crowns_per_parcel}: use a number from 0 to 100")
    if parcels / towns > 500_000:
        raise BadInput(f"--parcels {parcels}: at most 500,000 for each town; use more --towns")


def _start_county(folder: SampleFolder, parcels: int, seed: int, towns: int, crowns_per_parcel: float) -> County:
    """Draw the plan and the boundaries, and divide trees, crowns and inspections among the towns."""
    rng = np.random.default_rng([seed, 0])
    plan, georeference = (make_plan(parcels, towns, rng), Georeference(tuple(rng.uniform(0, 2 * np.pi, 4))))
    has_inventory = _choose_surveyed_towns(plan.quota, rng)
    boundaries = town_boundaries(plan, georeference, has_inventory, rng)
    tree_counts = apportion(int(TREES_PER_PARCEL * parcels + 0.5), plan.quota * has_inventory)
    inspection_counts = apportion(round(INSPECTIONS_PER_PARCEL * parcels), plan.quota.astype(float))
    folder.add_rows("municipalities", "boundaries/municipalities", municipality_table(plan, boundaries, georeference))
    folder.add_rows("districts", "districts/wards", ward_table(plan, boundaries, georeference))
    return County(
        seed,
        plan,
        georeference,
        folder,
        CanopyRaster(np.array([*boundaries.values()], dtype=object)),
        tree_counts,
        apportion(round(crowns_per_parcel * parcels), plan.quota.astype(float)),
        inspection_counts,
        distribute_oddities(TREE_ODDITIES, tree_counts),
        distribute_oddities(INSPECTION_ODDITIES, inspection_counts),
        apportion(-(-parcels // PARCELS_PER_BOW_TIE) if parcels >= 500 else 0, plan.quota.astype(float)),
        {},
    )


def _choose_surveyed_towns(quota: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return 1.0 for each town with a tree inventory, else 0.0: one in eight has none, always a small one.

    >>> quota = np.array([400, 30, 500, 600, 700, 800, 900, 1000])
    >>> float(_choose_surveyed_towns(quota, np.random.default_rng(1)).sum())
    7.0
    """
    without_inventory = rng.permutation(np.flatnonzero(quota < np.median(quota)))[: len(quota) // 8]
    return (~np.isin(np.arange(len(quota)), without_inventory)).astype(float)


def _add_town(county: County, cell: TownCell) -> None:
    """Generate one town and write its rows."""
    number, plan = cell.town or 0, county.plan
    quota = int(plan.quota[number])
    layout = make_block_layout(plan, cell, county.make_rng(number, 0))
    slots = make_slots(layout, slots_needed(quota), county.georeference, county.make_rng(number, 1))
    streets = make_town_streets(plan, layout, county.make_rng(number, 2))
    centerlines = town_centerlines(layout, streets, slots.stub_ends, county.georeference)
    _add_streets(county, f"{number + 1:02d}", centerlines)
    for border_index, point in border_intersections(layout):
        county.border_intersections.setdefault(border_index, []).append(point)
    if quota:
        parcels = divide_into_parcels(layout, slots, quota, county.make_rng(number, 3))
        town_layout = TownLayout(number, plan.towns[number], layout, slots, streets, parcels)
        table = _add_records(county, town_layout)
        _add_trees(county, town_layout, table)


def _add_streets(county: County, prefix: str, centerlines: Table) -> None:
    ids = [f"{prefix}-S{n}" for n in range(1, len(centerlines["name"]) + 1)]
    geometries = county.georeference.geometries_to_degrees(centerlines["geometry"])
    table = make_table({"id": ids, **centerlines, "geometry": geometries}) if ids else None
    county.folder.add_rows("streets", "streets/streets", table)


def _add_records(county: County, town_layout: TownLayout) -> Table:
    """Write parcels, addresses, landmarks and inspections. Return the parcel table."""
    rng = county.make_rng(town_layout.number, 4)
    table = sample_parcels(town_layout, county.georeference, rng)
    points = county.georeference.to_degrees(address_points(town_layout))
    number, add_rows = town_layout.number, county.folder.add_rows
    add_rows("addresses", "addresses/addresses", sample_addresses(town_layout, table, points, rng))
    add_rows("landmarks", "landmarks/landmarks", sample_landmarks(town_layout, table, points, rng))
    inspections = sample_inspections(
        town_layout, int(county.inspection_counts[number]), table, points, county.make_rng(number, 5)
    )
    insert_oddities(inspections, INSPECTION_ODDITIES, county.inspection_oddities[number], county.make_rng(number, 6))
    add_rows("inspections", "inspections/inspections", inspections, as_csv=True)
    add_bow_ties(table, int(county.bow_tie_counts[number]), rng)
    add_rows("parcels", "parcels/parcels", table)
    return table


def _add_trees(county: County, town_layout: TownLayout, parcels: Table) -> None:
    """Write trees and crowns. A town without an inventory has crowns only."""
    number, rng = town_layout.number, county.make_rng(town_layout.number, 7)
    inventory_count = int(county.tree_counts[number])
    tree_count = inventory_count or round(TREES_PER_PARCEL * len(parcels["id"]))
    is_crowded = number == int(np.argmax(county.tree_counts))
    positions = make_tree_positions(
        county.plan, town_layout, county.georeference, tree_count, rng, is_crowded=is_crowded
    )
    trees = sample_trees(town_layout, positions, parcels, rng)
    crowns = draw_crowns(trees, int(county.crown_counts[number]), county.make_rng(number, 8))
    county.canopy_raster.burn_crowns(crowns)
    geometries = county.georeference.geometries_to_degrees(crowns)
    county.folder.add_rows("canopy", "canopy/crowns", crown_table(town_layout.prefix, crowns, geometries))
    if inventory_count:
        del trees["radius_m"]
        trees["geometry"] = county.georeference.geometries_to_degrees(trees["geometry"])
        insert_oddities(trees, TREE_ODDITIES, county.tree_oddities[number], county.make_rng(number, 9))
        county.folder.add_rows("trees", "trees/trees", trees)


def _write_shared_layers(county: County) -> None:
    """Write the layers of the whole county: border streets, districts, aliases and the canopy raster."""
    _add_streets(county, "00", border_centerlines(county.plan, county.border_intersections, county.georeference))
    add_rows = county.folder.add_rows
    for file_name, table in district_tables(county.plan.towns).items():
        add_rows("districts", f"districts/{file_name}", table, as_csv=True)
    add_rows("aliases", "aliases/aliases", alias_table(county.plan), as_csv=True)
    county.canopy_raster.write_geotiff(county.folder.prepare_path("canopy-raster/canopy", ".tif"))
