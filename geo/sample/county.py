"""The whole illustrative county, town by town, from one seed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from geo.errors import BadInput
from geo.progress import Progress, quiet
from geo.sample.blocks import lay_out
from geo.sample.bodies import (
    alias_table,
    district_table,
    landmark_table,
    municipality_table,
    ward_table,
)
from geo.sample.crowns import Cells, crown_shapes, crown_table
from geo.sample.files import Folder
from geo.sample.ground import Ground
from geo.sample.inspections import inspection_table
from geo.sample.limits import town_limits
from geo.sample.lots import deal_out, needed
from geo.sample.oddities import INSPECTIONS, TREES, bow_ties, deal, put
from geo.sample.parcels import address_points, address_table, parcel_table
from geo.sample.plan import Cell, Plan, make_plan, shares
from geo.sample.sites import Site
from geo.sample.slots import make_slots
from geo.sample.spots import make_spots
from geo.sample.streets import border_centrelines, border_stops, town_centrelines, town_streets
from geo.sample.tables import Table, objects
from geo.sample.trees import tree_table

TREES_A_PARCEL = 2.5
INSPECTIONS_A_PARCEL = 0.4
MOST_TOWNS = 100
PARCELS_A_BOW_TIE = 20_000


@dataclass
class County:
    """What the towns share while the county is made; each list has one entry for each town."""

    seed: int
    plan: Plan
    ground: Ground
    folder: Folder
    cells: Cells
    trees: np.ndarray
    crowns: np.ndarray
    inspections: np.ndarray
    tree_oddities: list[dict[str, int]]
    inspection_oddities: list[dict[str, int]]
    bow_ties: np.ndarray
    stops: dict[int, list[np.ndarray]]

    def rng(self, town: int, about: int) -> np.random.Generator:
        """Give the chances of one town for one subject, the same for the same seed."""
        return np.random.default_rng([self.seed, town + 1, about])


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
    """Make an illustrative county of exactly `parcels` parcels; returns the rows of each layer.

    The same arguments make the same files, byte for byte. Nothing in it is surveyed. Trees come to
    2.5 a parcel (some towns have no inventory), crowns to `crowns_per_parcel`, inspections to 0.4.
    Files of an earlier sample in `directory` are replaced. Raises BadInput for numbers that make
    no county.
    """
    _refuse(parcels, seed, towns, crowns_per_parcel)
    tell = progress or quiet
    says = (
        "Illustrative, not surveyed: an invented county made by `lotleaf sample` "
        f"--parcels {parcels} --seed {seed} --towns {towns}. Limits, lots, trees, people's roles and "
        "the assignments to courts, police and agencies describe no real place."
    )
    with Folder(Path(directory), format, says) as folder:
        county = _begin(folder, parcels, seed, towns, crowns_per_parcel)
        cells = [cell for cell in county.plan.cells if cell.town is not None]
        for done, cell in enumerate(sorted(cells, key=lambda cell: cell.town or 0)):
            tell(county.plan.towns[cell.town or 0].name, done / len(cells))
            _add_town(county, cell)
        _finish(county)
        tell("done", 1.0)
        return dict(folder.rows)


def _refuse(parcels: int, seed: int, towns: int, crowns_per_parcel: float) -> None:
    if parcels < 1:
        raise BadInput(f"--parcels {parcels}: a county has at least one parcel")
    if not 1 <= towns <= MOST_TOWNS:
        raise BadInput(f"--towns {towns}: from 1 to {MOST_TOWNS} towns")
    if seed < 0:
        raise BadInput(f"--seed {seed}: a seed is a whole number from 0")
    if not 0 <= crowns_per_parcel <= 100:
        raise BadInput(f"--crowns-per-parcel {crowns_per_parcel}: from 0 to 100")
    if parcels / towns > 500_000:
        raise BadInput(f"--parcels {parcels}: at most 500,000 for each town; raise --towns")


def _begin(folder: Folder, parcels: int, seed: int, towns: int, crowns_per_parcel: float) -> County:
    """Draw the plan and the limits, and deal out what each town gets."""
    rng = np.random.default_rng([seed, 0])
    plan, ground = make_plan(parcels, towns, rng), Ground(tuple(rng.uniform(0, 2 * np.pi, 4)))
    surveyed = _surveyed(plan.quota, rng)
    limits = town_limits(plan, ground, surveyed, rng)
    trees = shares(int(TREES_A_PARCEL * parcels + 0.5), plan.quota * surveyed)
    inspections = shares(round(INSPECTIONS_A_PARCEL * parcels), plan.quota.astype(float))
    folder.add(
        "municipalities", "boundaries/municipalities", municipality_table(plan, limits, ground)
    )
    folder.add("districts", "districts/wards", ward_table(plan, limits, ground))
    return County(
        seed,
        plan,
        ground,
        folder,
        Cells(np.array([*limits.values()], dtype=object)),
        trees,
        shares(round(crowns_per_parcel * parcels), plan.quota.astype(float)),
        inspections,
        deal(TREES, trees),
        deal(INSPECTIONS, inspections),
        shares(-(-parcels // PARCELS_A_BOW_TIE) if parcels >= 500 else 0, plan.quota.astype(float)),
        {},
    )


def _surveyed(quota: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose the towns that have a tree inventory: all but one in eight, the largest always."""
    without = rng.permutation(np.flatnonzero(quota < np.median(quota)))[: len(quota) // 8]
    return (~np.isin(np.arange(len(quota)), without)).astype(float)


def _add_town(county: County, cell: Cell) -> None:
    """Make one town and write its rows."""
    number, plan = cell.town or 0, county.plan
    quota = int(plan.quota[number])
    layout = lay_out(plan, cell, county.rng(number, 0))
    slots = make_slots(layout, needed(quota), county.ground, county.rng(number, 1))
    streets = town_streets(plan, layout, county.rng(number, 2))
    lines = town_centrelines(layout, streets, slots.stub_ends, county.ground)
    _add_streets(county, f"{number + 1:02d}", lines)
    for line, point in border_stops(layout):
        county.stops.setdefault(line, []).append(point)
    if quota:
        parcels = deal_out(layout, slots, quota, county.rng(number, 3))
        site = Site(number, plan.towns[number], layout, slots, streets, parcels)
        table = _add_records(county, site)
        _add_trees(county, site, table)


def _add_streets(county: County, prefix: str, lines: Table) -> None:
    ids = [f"{prefix}-S{n}" for n in range(1, len(lines["name"]) + 1)]
    shapes = county.ground.shapes_in_degrees(lines["geometry"])
    table = objects({"id": ids, **lines, "geometry": shapes}) if ids else None
    county.folder.add("streets", "streets/streets", table)


def _add_records(county: County, site: Site) -> Table:
    """Write parcels, addresses, landmarks and inspections; returns the parcels."""
    rng = county.rng(site.number, 4)
    table = parcel_table(site, county.ground, rng)
    points = county.ground.degrees(address_points(site))
    number, add = site.number, county.folder.add
    add("addresses", "addresses/addresses", address_table(site, table, points, rng))
    add("landmarks", "landmarks/landmarks", landmark_table(site, table, points, rng))
    inspections = inspection_table(
        site, int(county.inspections[number]), table, points, county.rng(number, 5)
    )
    put(inspections, INSPECTIONS, county.inspection_oddities[number], county.rng(number, 6))
    add("inspections", "inspections/inspections", inspections, plain=True)
    bow_ties(table, int(county.bow_ties[number]), rng)
    add("parcels", "parcels/parcels", table)
    return table


def _add_trees(county: County, site: Site, parcels: Table) -> None:
    """Write trees and crowns; a town without an inventory has its trees all the same, and crowns."""
    number, rng = site.number, county.rng(site.number, 7)
    surveyed = int(county.trees[number])
    standing = surveyed or round(TREES_A_PARCEL * len(parcels["id"]))
    crowded = number == int(np.argmax(county.trees))
    spots = make_spots(county.plan, site, county.ground, standing, rng, crowded=crowded)
    trees = tree_table(site, spots, parcels, rng)
    crowns = crown_shapes(trees, int(county.crowns[number]), county.rng(number, 8))
    county.cells.burn(crowns)
    shapes = county.ground.shapes_in_degrees(crowns)
    county.folder.add("canopy", "canopy/crowns", crown_table(site.prefix, crowns, shapes))
    if surveyed:
        del trees["radius_m"]
        trees["geometry"] = county.ground.shapes_in_degrees(trees["geometry"])
        put(trees, TREES, county.tree_oddities[number], county.rng(number, 9))
        county.folder.add("trees", "trees/trees", trees)


def _finish(county: County) -> None:
    """Write what the whole county shares."""
    _add_streets(county, "00", border_centrelines(county.plan, county.stops, county.ground))
    add = county.folder.add
    add("districts", "districts/districts", district_table(county.plan.towns), plain=True)
    add("aliases", "aliases/aliases", alias_table(county.plan), plain=True)
    county.cells.write(county.folder.path("canopy-raster/canopy", ".tif"))
