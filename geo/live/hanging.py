"""The trees, sites and inspections that may be placed otherwise when parcels change."""

from geo.join.frontage import horizon
from geo.live.around import near
from geo.live.cases import BESIDE_M
from geo.live.few import merged
from geo.live.housed import asked_at
from geo.live.parcels import Lots
from geo.live.standing import Standing
from geo.store.protocol import Turn

SPOTS = ("trees", "sites")
SPOT, CASE = (
    ("frontage_parcel_id", "inside_parcel_id"),
    ("parcel_id",),
)  # joined fields that name a parcel
WORDS = ("parcel_key", "override_parcel_id")  # words of a file or a hand that name one
KEYS = {"trees": WORDS, "sites": WORDS, "inspections": WORDS[:1]}


def hanging_on(turn: Turn, standing: Standing, lots: Lots) -> dict[str, set[str]]:
    """Give the trees, sites and inspections that hang on parcels: by place, by what was joined, by number, by address."""
    if not len(lots.was) and not len(lots.now):
        return {layer: set() for layer in KEYS}
    ids = sorted({*lots.was.values("id"), *lots.now.values("id"), *lots.mates, *lots.grounds})
    lots_m, _ = horizon(standing.settings)
    found: dict[str, set[str]] = {}
    for layer, keys in KEYS.items():
        metres, placed_on = (lots_m, SPOT) if layer in SPOTS else (BESIDE_M, CASE)
        rows = merged(
            near(turn, layer, lots.boxes, metres, ()),
            *(turn.having(layer, name, ids, ()) for name in placed_on),
            *(turn.called(layer, key, sorted(lots.names), ()) for key in keys),
        )
        found[layer] = {row[0] for row in rows.rows}
    asked = asked_at(turn, standing, lots)
    return {layer: ids | asked[layer] for layer, ids in found.items()}
