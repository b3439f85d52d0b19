"""Governing bodies of the sample: towns by date, wards, districts, landmarks and street aliases.

`geo.sample.county` calls each table function.
"""

from typing import Any

import numpy as np
import shapely

from geo.identifiers import slugify
from geo.sample.layout.county_plan import CountyPlan, TownCell
from geo.sample.layout.georeference import Georeference
from geo.sample.layout.town_layout import TownLayout
from geo.sample.layout.town_limits import split_into_wards
from geo.sample.records.word_lists import (
    FIRST_DAY_MERGED,
    LAST_DAY_SEPARATE,
    MERGED_TOWNS,
    STREET_WORDS,
    WORD_LISTS,
    Town,
)
from geo.sample.sample_tables import Table, make_table

MIN_WARD_PARCELS = 40  # fewest parcels of a town with wards
PARCELS_PER_SCHOOL = 350


def municipality_table(plan: CountyPlan, boundaries: dict[int, shapely.Geometry], georeference: Georeference) -> Table:
    """Return the towns with their dates. Towns that merged end, and the merged town has a row of its own."""
    town_boundaries = [(plan.towns[i], geometry) for i, geometry in sorted(boundaries.items())]
    merged_boundaries = [geometry for town, geometry in town_boundaries if town.name in MERGED_TOWNS]
    has_merger = len(merged_boundaries) == len(MERGED_TOWNS)
    ended_towns = MERGED_TOWNS if has_merger else ()
    rows: list[tuple[Any, ...]] = [
        (town.name, town.kind, None, LAST_DAY_SEPARATE if town.name in ended_towns else None, geometry)
        for town, geometry in town_boundaries
    ]
    if has_merger:
        rows.append((MERGED_TOWNS[0], "city", FIRST_DAY_MERGED, None, shapely.coverage_union_all(merged_boundaries)))
    names, kinds, valid_from, valid_to, geometries = (list(column) for column in zip(*rows, strict=True))
    return make_table(
        {
            "id": [
                slugify(town_name) + (f"-until-{end_date[:4]}" if end_date else "")
                for town_name, end_date in zip(names, valid_to, strict=True)
            ],
            "name": names,
            "slug": [slugify(name) for name in names],
            "kind": kinds,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "geometry": georeference.geometries_to_degrees(np.array(geometries, dtype=object)),
        }
    )


def district_tables(towns: list[Town]) -> dict[str, Table | None]:
    """Return police, court hub and inspecting agency of each town, by the name of their file.

    The assignments in `known` are facts, those in `districts` are illustrative. A town without a known
    court hub has no row for it. Where no town has a row, the table is None.

    >>> from geo.sample.records.word_lists import first_towns
    >>> tables = district_tables(first_towns(13))
    >>> tables["districts"]["id"][:3].tolist(), tables["known"]["id"].tolist()
    (['police-bel-nor', 'court-bel-nor', 'inspection-bel-nor'], ['inspection-norwood-court'])
    """
    has_merger = {town.name for town in towns} >= set(MERGED_TOWNS)
    rows_by_file: dict[str, list[tuple[Any, ...]]] = {"districts": [], "known": []}
    for town in towns:
        end_date = LAST_DAY_SEPARATE if has_merger and town.name == MERGED_TOWNS[1] else None
        for kind, name in _governing_bodies(town):
            id_ = f"{kind}-{slugify(town.name)}" + (f"-until-{end_date[:4]}" if end_date else "")
            file_name = "known" if kind in town.known else "districts"
            rows_by_file[file_name].append((id_, kind, name, town.name, None, end_date))
    return {file_name: _district_table(rows) if rows else None for file_name, rows in rows_by_file.items()}


def _district_table(rows: list[tuple[Any, ...]]) -> Table:
    columns = zip(("id", "kind", "name", "town", "valid_from", "valid_to"), zip(*rows, strict=True), strict=True)
    return make_table({name: list(column) for name, column in columns})


def _governing_bodies(town: Town) -> list[tuple[str, str]]:
    """Return kind and name of each body that serves a town, without an unknown court hub."""
    inspection = town.inspection or f"{town.name} code inspection (illustrative)"
    police, court = WORD_LISTS["police"][town.police].format(town=town.name), WORD_LISTS["courts"][town.court]
    bodies = [("police", police), ("court", court), ("inspection", inspection)]
    return [(kind, name) for kind, name in bodies if name]


def ward_table(plan: CountyPlan, boundaries: dict[int, shapely.Geometry], georeference: Georeference) -> Table | None:
    """Return two wards of every other large town, or None without any."""
    wards = [
        (plan.towns[town].name, number, geometry)
        for cell, town in _towns_with_wards(plan, boundaries)
        for number, geometry in enumerate(split_into_wards(cell, boundaries[town], georeference), 1)
    ]
    wards = [ward for ward in wards if ward[2].geom_type in ("Polygon", "MultiPolygon")]
    if not wards:
        return None
    geometries = np.array([geometry for *_, geometry in wards], dtype=object)
    return make_table(
        {
            "id": [f"ward-{slugify(town)}-{number}" for town, number, _ in wards],
            "kind": "ward",
            "name": [f"{town} Ward {number}" for town, number, _ in wards],
            "town": [town for town, *_ in wards],
            "geometry": georeference.geometries_to_degrees(geometries),
        }
    )


def _towns_with_wards(plan: CountyPlan, boundaries: dict[int, shapely.Geometry]) -> list[tuple[TownCell, int]]:
    large_towns = [
        (cell, cell.town)
        for cell in plan.cells
        if cell.town in boundaries
        and plan.quota[cell.town] >= MIN_WARD_PARCELS
        and plan.towns[cell.town].name not in MERGED_TOWNS
    ]
    return sorted(large_towns, key=lambda pair: pair[1])[::2]


def sample_landmarks(
    town_layout: TownLayout, parcels: Table, points: np.ndarray, rng: np.random.Generator
) -> Table | None:
    """Return parks, a hall, schools and churches at some of the town's addresses, or None without any."""
    parks = np.flatnonzero(parcels["kind"] == "park")
    lot_rows = np.flatnonzero((parcels["kind"] == "lot") & town_layout.situs.has_address)
    school_count = 1 + len(lot_rows) // PARCELS_PER_SCHOOL
    sampled = rng.permutation(lot_rows)[: 1 + 2 * school_count]
    indices = np.concatenate([parks, sampled])
    if not len(sampled):
        return None
    kinds = ["park"] * len(parks) + ["hall"] + ["school", "church"] * school_count
    kinds = kinds[: len(indices)]
    words = rng.permutation(np.array(STREET_WORDS, dtype=object))
    titles = {"park": "Park", "school": "School", "church": "Chapel"}
    names = [
        f"{town_layout.town.current_name} Hall" if kind == "hall" else f"{words[i % len(words)]} {titles[kind]}"
        for i, kind in enumerate(kinds)
    ]
    return make_table(
        {
            "id": [f"{town_layout.prefix}-L{i}" for i in range(1, len(indices) + 1)],
            "name": [f"{name} (illustrative)" for name in names],
            "kind": kinds,
            "address": parcels["address"][indices],
            "geometry": shapely.points(points[indices]),
        }
    )


def alias_table(plan: CountyPlan) -> Table | None:
    """Return the aliases of the through streets in the plan, or None without any."""
    street_names = {f"{line.name} {line.suffix}" for line in plan.through_streets}
    aliases = [(alias, street) for alias, street in WORD_LISTS["aliases"] if street in street_names]
    if not aliases:
        return None
    ids = [f"alias-{i}" for i in range(1, len(aliases) + 1)]
    return make_table(
        {
            "id": ids,
            "alias": [alias_name for alias_name, _ in aliases],
            "street": [street_name for _, street_name in aliases],
            "town": None,
        }
    )
