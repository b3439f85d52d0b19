"""A workspace in which every text is an attack."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from geo.schema import LAYERS
from geo.store.protocol import Store
from geo.store.records import OPERATOR, Load

ATTACKED_AT = datetime(2024, 7, 1, tzinfo=UTC)


def attack_every_text(store: Store, spoil: Callable[[Any, Any], Any], attack: str) -> None:
    """Load each layer and each joined table again as `spoil(table, fields)` changes them, with an attack for a license."""
    joined = {name: store.read_joined_values(name) for name, layer in LAYERS.items() if layer.joined_fields}
    for name, layer in LAYERS.items():
        frame = spoil(store.read_layer(name, actor=OPERATOR), layer.fields)
        store.load(Load(name, "town", frame, {"licence": attack}), actor=OPERATOR, at=ATTACKED_AT)
    tables = {name: spoil(table, LAYERS[name].joined_fields) for name, table in joined.items()}
    store.write_joined_tables(tables, actor=OPERATOR, at=ATTACKED_AT, join_info={})
