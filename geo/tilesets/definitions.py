"""The tilesets as data: their layers, the fields with values, and the zooms.

All of `geo.tilesets` and the web API read `TILESETS`.
"""

from dataclasses import dataclass

# Zooms of tiles that hold single features. Closer zooms draw the tiles of `MAX_FEATURE_ZOOM`.
MIN_FEATURE_ZOOM, MAX_FEATURE_ZOOM = 14, 16
HEXBIN_ZOOMS = (10, 11, 12, 13, 14)  # zooms of tiles that hold hexbins


@dataclass(frozen=True, slots=True)
class Tileset:
    """Layers that are drawn together from one tile.

    `value_fields` are fields of the last layer. Their values are sent apart from the tile.

    >>> TILESETS["lots"].layers
    ('limits', 'streets', 'parcels')
    """

    name: str
    layers: tuple[str, ...]
    value_fields: tuple[str, ...] = ()

    @property
    def main_layer(self) -> str:
        """The layer that the tileset shows, which is the last one.

        >>> TILESETS["lots"].main_layer
        'parcels'
        """
        return self.layers[-1]


# Fields inside the tile itself, for layers whose values are not sent apart.
TILE_FIELDS = {"streets": ("name",), "limits": ("valid_from", "valid_to")}
# Fields that hexbins count from, besides the value fields.
HEXBIN_FIELDS = {"parcels": ("area_m2", "ground_id")}
# Decimals of numbers in values. Further digits are noise, and would double the size.
FIELD_DECIMALS = {"canopy_pct": 2}
# Fields that mostly follow from another field of the same feature.
DETERMINED_BY = {"common": "species", "need": "need_rule"}
# More fields of a parcel for town packs, since a tablet without a signal cannot ask the server.
TOWN_PACK_FIELDS = (
    "police", "court", "inspection", "postal_city", "canopy_method", "canopy_year", "trees_inside", "trees_front", "need",
    "inspections_closed", "town_shares",
)  # fmt: skip
# Tile layers whose records come from a store layer of another name.
SOURCE_LAYERS = {"limits": "municipalities"}

TILESETS = {
    one.name: one
    for one in (
        Tileset("streets", ("limits", "streets")),
        Tileset("lots", ("limits", "streets", "parcels"), ("address", "town", "canopy_pct", "inspections_open")),
        Tileset(
            "sites",
            ("sites",),
            (
                "need", "need_rule", "town", "status", "common", "species", "dbh_in", "dbh_low_in", "dbh_high_in", "condition", "risk", "address",
                "on_street", "tree_id", "surveyed_on", "frontage_parcel_id", "placed_by", "owner_kind", "clearance",
                "wires", "overhead_wires",
            ),
        ),
        Tileset(
            "inspections",
            ("inspections",),
            (
                "status", "town", "kind", "address", "parcel_address", "opened_on", "due_on", "closed_on", "parcel_id",
                "placed_by", "status_word",
            ),
        ),
    )
}  # fmt: skip


def required_fields(layer: str) -> tuple[str, ...]:
    """Return the fields of a layer that tiles, values, hexbins or town packs need.

    >>> required_fields("limits")
    ('valid_from', 'valid_to')
    >>> required_fields("parcels")[:4]
    ('address', 'town', 'canopy_pct', 'inspections_open')
    """
    value_fields = (
        field for tileset in TILESETS.values() if tileset.main_layer == layer for field in tileset.value_fields
    )
    pack_fields = TOWN_PACK_FIELDS if layer == "parcels" else ()
    return (*TILE_FIELDS.get(layer, ()), *value_fields, *pack_fields, *HEXBIN_FIELDS.get(layer, ()))
