"""Which layer a file looks like, by how well its columns fit the main fields of each.

`geo.ingest.inspect_source` ranks the layers. `geo.ingest.read_source` refuses a file that is surely of another layer.
"""

from geo.errors import BadLayer
from geo.ingest.recognition.contents.column_contents import ColumnContents
from geo.ingest.recognition.contents.content_words import RecognitionContext
from geo.ingest.recognition.recognize import Recognition, is_main_field, recognize_contents
from geo.schema import LAYERS, Layer

# Layers whose main fields tell them from each other. The others have little but names and places.
TELLING_LAYERS = ("municipalities", "districts", "parcels", "addresses", "streets", "trees", "inspections")
# Layers that share so many columns that a file of the first is easily taken for the second.
AKIN_LAYERS = {
    ("parcels", "addresses"),
    ("addresses", "parcels"),
    ("trees", "inspections"),
    ("inspections", "addresses"),
    ("municipalities", "districts"),
    ("districts", "municipalities"),
}
# How much better another layer must fit than the one that was asked for.
MIN_OTHER_SCORE, MIN_GAP, MIN_RATIO = 1.5, 1.0, 2.0
SURE_SCORE = 3.0  # no layer fits twice as well as this
# What must be there to tell a file from others: a name or a size of a tree, a case's status and its day.
NEEDED_FIELDS = {
    "trees": (frozenset({"species"}), frozenset({"common"}), frozenset({"dbh_in"})),
    "inspections": (frozenset({"status", "opened_on"}),),
}
MAX_SHOWN_FIELDS = 3


def rank_layers(
    contents: tuple[ColumnContents, ...], geometry_kind: str | None, context: RecognitionContext
) -> dict[str, float]:
    """Return the layers that take geometries of a kind, each with its score, the best first.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> columns = (sample_contents("SPECIES", ["Acer rubrum", "Quercus alba"]), sample_contents("DBH", ["12", "7"]))
    >>> next(iter(rank_layers(columns, "Point", RecognitionContext())))
    'trees'
    """
    has_geometry = geometry_kind is not None
    fitting = [layer for layer in LAYERS.values() if _takes_kind(layer, geometry_kind)] or list(LAYERS.values())
    scores = {
        layer.name: recognize_contents(contents, layer, context, has_geometry=has_geometry).score for layer in fitting
    }
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def refuse_other_layer(
    recognition: Recognition, context: RecognitionContext, *, has_geometry: bool, file_name: str
) -> None:
    """Raise BadLayer if the columns fit another layer far better than the one that they were recognized for.

    >>> from geo.ingest.recognition.contents.column_contents import sample_contents
    >>> columns = (sample_contents("SPECIES", ["Acer rubrum", "Quercus alba"]), sample_contents("DBH", ["12", "7"]))
    >>> parcels = recognize_contents(columns, LAYERS["parcels"], RecognitionContext(), has_geometry=True)
    >>> refuse_other_layer(parcels, RecognitionContext(), has_geometry=True, file_name="t.csv")
    Traceback (most recent call last):
        ...
    geo.errors.BadLayer: t.csv: looks like trees, not parcels (species is in SPECIES, dbh_in in DBH); load it with: lotleaf load trees t.csv. If it is parcels all the same, name its columns with --map
    """
    own = recognition.layer
    if own not in TELLING_LAYERS or recognition.score >= SURE_SCORE:
        return
    others = [
        recognize_contents(recognition.contents, LAYERS[name], context, has_geometry=has_geometry)
        for name in TELLING_LAYERS
        if name != own and (own, name) not in AKIN_LAYERS
    ]
    others = [
        other
        for other in others
        if any(fields <= other.origins.keys() for fields in NEEDED_FIELDS.get(other.layer, (frozenset(),)))
    ]
    best = max(others, key=lambda other: other.score, default=recognition)
    is_far_better = best.score >= max(MIN_OTHER_SCORE, recognition.score + MIN_GAP, recognition.score * MIN_RATIO)
    if not is_far_better:
        return
    found = [
        (field, origin.columns[0])
        for field, origin in best.origins.items()
        if is_main_field(best.layer, field) and field not in {"id", "address"}
    ][:MAX_SHOWN_FIELDS]
    fields_text = ", ".join(
        f"{field} {'is ' if not index else ''}in {name}" for index, (field, name) in enumerate(found)
    )
    raise BadLayer(
        f"{file_name}: looks like {best.layer}, not {own} ({fields_text}); load it with: lotleaf load {best.layer} {file_name}. If it is {own} all the same, name its columns with --map"
    )


def _takes_kind(layer: Layer, geometry_kind: str | None) -> bool:
    return geometry_kind is None or geometry_kind in layer.geometry_types
