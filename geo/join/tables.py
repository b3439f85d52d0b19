"""The tables of parcels and towns: counts, canopy and inspections put together."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.join.desk import Desk
from geo.join.districts import districts_of
from geo.join.figures import most_pressing, survey_figures, tally, tree_figures
from geo.join.inspections import case_figures
from geo.join.known import covered, known, reached, towns_covered
from geo.join.measured import DECIMALS, NONE, NOTHING, Columns, nowhere, xy_of
from geo.join.survey import Survey


def parcel_table(desk: Desk, survey: Survey, cases: Columns, canopy: Columns) -> pd.DataFrame:
    """Make the parcels' joined table; `canopy` is that of the ground parcels.

    Everything is counted on the ground: each of several stacked units carries the shared lot's figures.
    """
    parcels, ground = desk["parcels"], desk.ground
    lot = lot_figures(desk, survey, cases) | canopy
    own: dict[str, Any] = {
        "town": desk.home["name"],
        "town_share": np.round(desk.home["share"], DECIMALS),
        "town_shares": desk.home["text"],
        "ground_id": parcels.named(ground.rows[ground.of]),
        "stacked": ground.stacked[ground.of],
        "area_m2": parcels.areas.round(DECIMALS),
    }
    districts = districts_of(
        parcels,
        desk.home["town"],
        desk["districts"],
        desk.towns,
        today=desk.today,
        settings=desk.settings,
    )
    return parcels.table(
        {**own, **districts, **{name: column[ground.of] for name, column in lot.items()}}
    )


def lot_figures(desk: Desk, survey: Survey, cases: Columns) -> Columns:
    """Count trees, needs and inspections on the ground parcels, unknown where nobody looked."""
    home, towns = desk.home["town"][desk.ground.rows], desk.towns
    trees, own = tree_counts(desk, survey)
    inspections, inspected = case_counts(desk, cases)
    return {
        **known(trees, own | _walked(desk, survey, home, own)),
        **known(inspections, covered(cases["town"], home, inspected, towns)),
    }


def tree_counts(desk: Desk, survey: Survey) -> tuple[Columns, np.ndarray]:
    """Count the ground parcels' trees and needs, and mark those that have any record of their own."""
    size, of = len(desk.ground), np.append(desk.ground.of, NONE)
    inside, at = of[survey.trees["inside"]], of[survey.trees["parcel"]]
    counts = tree_figures(desk["trees"], survey.trees["need"], at, size)
    counts["trees_inside"] = tally(inside, size)
    counts["trees_front"] = tally(np.where(inside == at, NONE, at), size)
    loose = survey.loose
    site_in, site_at = of[loose["inside"]], of[loose["parcel"]]
    figures = survey_figures(counts, loose["need"], site_at, size)
    needs = np.concatenate([survey.trees["need"], loose["need"]])
    figures["need"] = most_pressing(needs, np.concatenate([at, site_at]), size)
    return figures, tally(np.concatenate([at, inside, site_at, site_in]), size) > 0


def case_counts(desk: Desk, cases: Columns) -> tuple[Columns, np.ndarray]:
    """Count the ground parcels' inspections, and mark those that have any."""
    at = np.append(desk.ground.of, NONE)[cases["parcel"]]
    size = len(desk.ground)
    return case_figures(desk["inspections"], at, size), tally(at, size) > 0


def town_table(desk: Desk, survey: Survey, cases: Columns, canopy: Columns) -> pd.DataFrame:
    """Make the municipalities' joined table; `canopy` is that of the towns of the day.

    Trees and inspections count where they stand, parcels at their home, stacked ones once. A town that
    does not stand on the day, or whose name has a row with a lower id, has its name and area alone.
    """
    limits, towns = desk["municipalities"], desk.towns
    size = len(towns)
    home = desk.home["town"][desk.ground.rows]
    counts = tree_figures(desk["trees"], survey.trees["need"], survey.trees["town"], size)
    loose = survey.loose
    trees = survey_figures(counts, loose["need"], loose["town"], size)
    inspections = case_figures(desk["inspections"], cases["town"], size)
    figures = {
        **known({"parcels": tally(home, size)}, towns_covered(home, towns)),
        **known(trees, towns_covered(survey.both("town"), towns)),
        **known(inspections, towns_covered(cases["town"], towns)),
        **canopy,
    }
    at = np.full(len(limits), NONE)
    at[towns.rows] = np.arange(size)
    told = {name: np.append(column.astype(object), NOTHING)[at] for name, column in figures.items()}
    own = {"town": limits.rows["name"], "area_m2": limits.areas.round(DECIMALS)}
    return limits.table({**told, **own})


def _walked(desk: Desk, survey: Survey, home: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Mark the ground parcels by which an inventory came: in a town that it covers, within its reach.

    What stands in a park tells of the park alone, not of the town's lots.
    """
    parcels, trees, sites = desk["parcels"], desk["trees"], desk["sites"]
    street = np.concatenate([trees.text("location"), sites.text("site_type")]) != "park"
    places = np.concatenate([trees.points, sites.points])
    parcel = survey.both("parcel")
    bare = np.flatnonzero(nowhere(places) & (parcel != NONE))
    places[bare] = xy_of(shapely.centroid(parcels.metres.some(parcel[bare])))
    near = reached(desk.ground.areas, places[street], desk.settings.survey_reach_m)
    return near & covered(survey.both("town")[street], home, own, desk.towns)
