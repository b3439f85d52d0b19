"""Joined tables of parcels and towns: their counts, canopy, districts and inspections.

The full join calls `parcel_table` and `town_table`. The incremental join calls `count_ground_trees`
and `count_ground_inspections` for a few ground parcels.
"""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.geometry_column import is_missing_point, point_coordinates
from geo.join.areas.districts import find_districts
from geo.join.counts import add_site_counts, count_per_group, count_trees, most_pressing_need
from geo.join.coverage import INVENTORY_LAYERS, is_parcel_covered, is_town_covered, is_within_reach, mask_unknown
from geo.join.inspections import count_inspections
from geo.join.inventory import TreeInventory
from geo.join.join_context import JoinContext
from geo.projected_layer import AREA_DECIMALS, NONE, NONE_VALUE, Columns


def parcel_table(context: JoinContext, inventory: TreeInventory, inspections: Columns, canopy: Columns) -> pd.DataFrame:
    """Build the joined table of the parcels. `canopy` holds the columns of the ground parcels.

    Records are counted on ground parcels. Each stacked unit carries the counts of its ground parcel.
    """
    parcels, ground = context["parcels"], context.ground
    ground_columns = count_ground_records(context, inventory, inspections) | canopy
    parcel_columns: dict[str, Any] = {
        "town": context.home_towns["name"],
        "town_share": np.round(context.home_towns["share"], AREA_DECIMALS),
        "town_shares": context.home_towns["text"],
        "ground_id": parcels.ids_at(ground.parcel_rows[ground.ground_of_parcel]),
        "stacked": ground.stack_sizes[ground.ground_of_parcel],
        "area_m2": parcels.area_m2.round(AREA_DECIMALS),
    }
    districts = find_districts(
        parcels,
        context.home_towns["town"],
        context["districts"],
        context.towns,
        today=context.today,
        settings=context.settings,
    )
    return parcels.build_joined_table(
        {
            **parcel_columns,
            **districts,
            **{name: column[ground.ground_of_parcel] for name, column in ground_columns.items()},
        }
    )


def count_ground_records(context: JoinContext, inventory: TreeInventory, inspections: Columns) -> Columns:
    """Count trees, needs and inspections on each ground parcel, None outside coverage."""
    home_town, towns = context.home_towns["town"][context.ground.parcel_rows], context.towns
    tree_counts, has_tree_records = count_ground_trees(context, inventory)
    inspection_counts, has_inspections = count_ground_inspections(context, inspections)
    inspected_towns = context.surveys.towns_covered_by(context["inspections"], inspections["town"], towns)
    has_inspections |= _is_in_whole_town(context, ("inspections",), home_town)
    return {
        **mask_unknown(tree_counts, has_tree_records | _is_surveyed(context, inventory, home_town, has_tree_records)),
        **mask_unknown(inspection_counts, is_parcel_covered(inspected_towns, home_town, has_inspections, towns)),
    }


def count_ground_trees(context: JoinContext, inventory: TreeInventory) -> tuple[Columns, np.ndarray]:
    """Count trees and needs on each ground parcel, and mask the parcels with any record.

    A tree counts for its frontage parcel. `trees_inside` counts the trees inside the parcel, and
    `trees_front` those that stand in front of it but not inside. Planting sites without a tree add
    stumps and plantable places.
    """
    ground_count, ground_of_parcel = (len(context.ground), np.append(context.ground.ground_of_parcel, NONE))
    inside_ground, frontage_ground = (
        ground_of_parcel[inventory.trees["inside"]],
        ground_of_parcel[inventory.trees["parcel"]],
    )
    counts = count_trees(context["trees"], inventory.trees["need"], frontage_ground, ground_count)
    counts["trees_inside"] = count_per_group(inside_ground, ground_count)
    counts["trees_front"] = count_per_group(
        np.where(inside_ground == frontage_ground, NONE, frontage_ground), ground_count
    )
    empty_sites = inventory.empty_sites
    site_inside_ground, site_frontage_ground = (
        ground_of_parcel[empty_sites["inside"]],
        ground_of_parcel[empty_sites["parcel"]],
    )
    all_counts = add_site_counts(counts, empty_sites["need"], site_frontage_ground, ground_count)
    needs = np.concatenate([inventory.trees["need"], empty_sites["need"]])
    all_counts["need"] = most_pressing_need(
        needs, np.concatenate([frontage_ground, site_frontage_ground]), ground_count
    )
    return all_counts, count_per_group(
        np.concatenate([frontage_ground, inside_ground, site_frontage_ground, site_inside_ground]), ground_count
    ) > 0


def count_ground_inspections(context: JoinContext, inspections: Columns) -> tuple[Columns, np.ndarray]:
    """Count inspections on each ground parcel, and mask the parcels with any."""
    ground_row = np.append(context.ground.ground_of_parcel, NONE)[inspections["parcel"]]
    ground_count = len(context.ground)
    return count_inspections(context["inspections"], ground_row, ground_count), count_per_group(
        ground_row, ground_count
    ) > 0


def town_table(context: JoinContext, inventory: TreeInventory, inspections: Columns, canopy: Columns) -> pd.DataFrame:
    """Build the joined table of the municipalities. `canopy` holds the columns of the towns.

    Trees and inspections count in the town where they are. Ground parcels count in their home town. A
    municipality that is not in force has only its name and area. So has one that shares its name with a
    lower id.
    """
    boundaries, towns = context["municipalities"], context.towns
    town_count = len(towns)
    home_town = context.home_towns["town"][context.ground.parcel_rows]
    tree_counts = count_trees(context["trees"], inventory.trees["need"], inventory.trees["town"], town_count)
    empty_sites = inventory.empty_sites
    tree_site_counts = add_site_counts(tree_counts, empty_sites["need"], empty_sites["town"], town_count)
    inspection_counts = count_inspections(context["inspections"], inspections["town"], town_count)
    inspected_towns = context.surveys.towns_covered_by(context["inspections"], inspections["town"], towns)
    is_inventoried = is_town_covered(_inventoried_towns(context, inventory), towns)
    is_inspected = is_town_covered(inspected_towns, towns)
    town_columns = {
        **mask_unknown({"parcels": count_per_group(home_town, town_count)}, is_town_covered(home_town, towns)),
        **mask_unknown(tree_site_counts, is_inventoried | context.surveys.whole_mask(INVENTORY_LAYERS, towns)),
        **mask_unknown(inspection_counts, is_inspected | context.surveys.whole_mask(("inspections",), towns)),
        **canopy,
    }
    town_of_row = np.full(len(boundaries), NONE)
    town_of_row[towns.municipality_rows] = np.arange(town_count)
    values = {name: np.append(column.astype(object), NONE_VALUE)[town_of_row] for name, column in town_columns.items()}
    boundary_columns = {"town": boundaries.series("name"), "area_m2": boundaries.area_m2.round(AREA_DECIMALS)}
    return boundaries.build_joined_table({**values, **boundary_columns})


def _is_surveyed(
    context: JoinContext, inventory: TreeInventory, home_town: np.ndarray, has_own_records: np.ndarray
) -> np.ndarray:
    """Return a mask of the ground parcels that the tree inventory covers.

    Such a parcel lies within `survey_reach_m` of a tree or site. It has records of its own, or its home
    town is covered. Records in parks are left out: they say nothing about the other parcels of a town.
    Where a source declares that it surveyed a whole town, it covers all parcels of that town.
    """
    parcels, trees, sites = context["parcels"], context["trees"], context["sites"]
    outside_parks = np.concatenate([trees.normalized_text("location"), sites.normalized_text("site_type")]) != "park"
    points = np.concatenate([trees.points, sites.points])
    parcel = inventory.tree_and_site_column("parcel")
    unplaced = np.flatnonzero(is_missing_point(points) & (parcel != NONE))
    points[unplaced] = point_coordinates(shapely.centroid(parcels.metric_column.geometries_at(parcel[unplaced])))
    within_reach = is_within_reach(context.ground.areas, points[outside_parks], context.settings.survey_reach_m)
    is_covered = is_parcel_covered(
        _inventoried_towns(context, inventory)[outside_parks], home_town, has_own_records, context.towns
    )
    return (within_reach & is_covered) | _is_in_whole_town(context, INVENTORY_LAYERS, home_town)


def _inventoried_towns(context: JoinContext, inventory: TreeInventory) -> np.ndarray:
    """Return the town (position) that each tree covers, followed by that of each site, or `NONE`."""
    records = ((context["trees"], inventory.trees), (context["sites"], inventory.sites))
    covered_towns = [context.surveys.towns_covered_by(layer, rows["town"], context.towns) for layer, rows in records]
    return np.concatenate(covered_towns)


def _is_in_whole_town(context: JoinContext, layers: tuple[str, ...], home_town: np.ndarray) -> np.ndarray:
    """Return a mask of the parcels whose home town some source of the layers surveyed as a whole."""
    return np.append(context.surveys.whole_mask(layers, context.towns), False)[home_town]
