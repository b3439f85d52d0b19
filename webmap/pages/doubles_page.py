"""The page of possible doubles: trees of two sources within 10 ft of each other, with both records.

`webmap.pages.routes` calls `doubles_context`. `geo.review.tree_doubles` finds them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from geo.language.translate import gettext, ngettext
from geo.review.tree_doubles import MAX_DOUBLE_M, TreeDouble
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query
from webmap.measures import format_distance
from webmap.state.app_state import AppState
from webmap.wording import tree_name

MAX_LISTED = 500  # pairs on the page
BATCH_SIZE = 1_000  # records that one query asks for


def doubles_context(state: AppState, town: str | None) -> dict[str, Any]:
    """Return the template context: the pairs of trees that may be one, the nearest first, of one town or of all."""
    doubles = state.tree_doubles
    values_by_id = _read_trees(state.reader, {id_ for double in doubles for id_ in (double.id, double.other_id)})
    if town is not None:
        doubles = [double for double in doubles if town in _towns_of(double, values_by_id)]
    count_text = ngettext("%(count)s pair of trees may be one.", "%(count)s pairs of trees may be one.", len(doubles))
    return {
        "town": town,
        "summary": count_text if doubles else gettext("No two trees of different sources stand so near."),
        "limit": format_distance(MAX_DOUBLE_M),
        "more": len(doubles) > MAX_LISTED,
        "listed": MAX_LISTED,
        "rows": [_double_row(double, values_by_id) for double in doubles[:MAX_LISTED]],
    }


def _read_trees(reader: Reader, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return the values of some trees by id."""
    ordered = sorted(ids)
    batches = (tuple(ordered[start : start + BATCH_SIZE]) for start in range(0, len(ordered), BATCH_SIZE))
    return {
        record.id: record.values
        for batch in batches
        for record in reader.query("trees", Query(where={"id": batch}), actor=PUBLIC)
    }


def _towns_of(double: TreeDouble, values_by_id: Mapping[str, Mapping[str, Any]]) -> set[Any]:
    return {values_by_id.get(id_, {}).get("town") for id_ in (double.id, double.other_id)}


def _double_row(double: TreeDouble, values_by_id: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    trees = ((double.id, double.source), (double.other_id, double.other_source))
    return {
        "distance": format_distance(double.distance_m),
        "trees": [
            {
                "id": id_,
                "href": url_for("pages.show_tree", id_=id_),
                "name": tree_name(values_by_id.get(id_, {})),
                "source": source,
            }
            for id_, source in trees
        ],
    }
