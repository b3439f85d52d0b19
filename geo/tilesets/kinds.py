"""Which tilesets there are: the layers in each, what is told of their features, and at which zooms."""

from dataclasses import dataclass

# Zooms of tiles that hold single features; nearer maps draw those of the deepest.
FIRST, DEEPEST = 14, 16
BLOCKS = (10, 11, 12, 13, 14)  # zooms of tiles that hold blocks


@dataclass(frozen=True, slots=True)
class Tileset:
    """Layers that travel in one tile; `told` are the fields that are told apart of the features of the last one."""

    name: str
    layers: tuple[str, ...]
    told: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """The layer that the tileset is about."""
        return self.layers[-1]


# What stands in the tile itself of layers that are only drawn and written on the map.
INSIDE = {"streets": ("name",), "limits": ("valid_from", "valid_to")}
# What blocks are counted from, beside what is told.
COUNTED = {"parcels": ("area_m2", "ground_id")}
# Decimals to which figures are told with tiles: what lies behind is noise, and half of what would be sent.
DECIMALS = {"canopy_pct": 2}
# Fields that another of the same features mostly decides.
DECIDED = {"common": "species"}
# What else is told of a lot where nobody can be asked: in a pack that is taken along.
CARD = (
    "police", "court", "inspection", "postal_city", "canopy_method", "canopy_year", "trees_inside", "trees_front", "need",
    "inspections_closed", "town_shares",
)  # fmt: skip
# Layers of tiles that are made of a layer of another name.
MADE_FROM = {"limits": "municipalities"}

TILESETS = {
    one.name: one
    for one in (
        Tileset("streets", ("limits", "streets")),
        Tileset("lots", ("limits", "streets", "parcels"), ("address", "town", "canopy_pct", "inspections_open")),
        Tileset(
            "sites",
            ("sites",),
            (
                "need", "town", "status", "common", "species", "dbh_in", "condition", "risk", "address", "on_street",
                "tree_id", "surveyed_on", "frontage_parcel_id", "placed_by",
            ),
        ),
        Tileset(
            "inspections",
            ("inspections",),
            ("status", "town", "kind", "address", "opened_on", "due_on", "closed_on", "parcel_id", "placed_by"),
        ),
    )
}  # fmt: skip


def fields_of(layer: str) -> tuple[str, ...]:
    """Name the fields of a layer that some tileset needs."""
    told = (field for one in TILESETS.values() if one.main == layer for field in one.told)
    card = CARD if layer == "parcels" else ()
    return (*INSIDE.get(layer, ()), *told, *card, *COUNTED.get(layer, ()))
