"""Colours, breaks and shapes, as data: one table for the canvas, the legend, the lists and the charts.

No mark is told by its colour alone: each has a shape and a sign of its own. A shape is SVG path
data in a box of 24 by 24, drawn by `<path>` on a page and by `Path2D` on a canvas, so that legend
and map cannot differ. Every mark's colour keeps at least 4.5:1 against the white of its sign. The
scales are ColorBrewer's YlGn, YlOrBr and PuBu (single direction in lightness, told apart by people
who see no red or no green); unknown is hatched grey, never a step of a scale.
"""

from dataclasses import dataclass
from itertools import pairwise

GREEN = "#2f7d4f"  # whatever grows well


@dataclass(frozen=True, slots=True)
class Mark:
    """One code as it is drawn: its words, colour, outline and the sign inside (may be empty)."""

    code: str
    label: str
    says: str
    colour: str
    shape: str
    sign: str = ""
    size: int = 22


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scale: from `low` up to but without `high`; None is open."""

    low: float | None
    high: float | None
    colour: str
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A measure as colours: `breaks` part `colours`; `value_of` says which fields make the figure.

    The figure is 100 times the sum of the fields `over` through the field `under`; without `under`, it
    is the one field of `over` as it stands. A field that is unknown makes the figure unknown.
    """

    title: str
    says: str
    unit: str
    over: tuple[str, ...]
    under: str | None
    breaks: tuple[float, ...]
    colours: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, lowest first, each with the words for its legend."""
        ends = (None, *self.breaks, None)
        return tuple(
            Step(low, high, colour, _range(low, high, self.unit))
            for (low, high), colour in zip(pairwise(ends), self.colours, strict=True)
        )


UNKNOWN_COLOUR = "#8b918e"

_RING = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z"
_QUESTION = "M9.2 9.6a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1.1-1.5 2.2M12 17.2v.1"

NEEDS = (
    Mark("remove", "Remove", "It is to come down.", "#b23a0e",
         "M12 1 23 12 12 23 1 12Z", "M8.5 8.5 15.5 15.5M15.5 8.5 8.5 15.5", 26),
    Mark("prune", "Prune", "Branches are to be cut.", "#1d5fa8",
         "M12 2 23 21H1Z", "M8 16H16M12 11V16", 25),
    Mark("stump", "Stump", "A stump is to be ground out.", "#54422f",
         "M3 3H21V21H3Z", "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8", 22),
    Mark("inspect", "Inspect", "An arborist is to look at it.", "#86397f",
         "M6.5 2H17.5L23 12 17.5 22H6.5L1 12Z", "M5.5 12C8.5 7.6 15.5 7.6 18.5 12 15.5 16.4 8.5 16.4 5.5 12M12 12v.1", 25),
    Mark("plant", "Plant", "An empty place that can take a tree.", "#0a7250",
         "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M12 7V17M7 12H17", 24),
    Mark("none", "No work", "Known to need no work.", "#4a7a58",
         "M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12Z", "", 17),
    Mark("unknown", "Unknown", "The inventory does not say what it needs.", "#656c69",
         _RING, _QUESTION, 21),
)  # fmt: skip

# What a device has marked and not sent yet: drawn on its own maps alone.
DONE = Mark("done", "Done here", "Marked as done on this device, not sent yet.", "#2f6b4a",
            "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M7 12.4 10.6 16 17 8.4", 20)  # fmt: skip

STATUSES = (
    Mark("overdue", "Overdue", "Open, and its due date has passed.", "#b23a0e",
         "M12 2 23 21H1Z", "M12 9V14M12 17.4v.1", 26),
    Mark("open", "Open", "Not closed. Ticked alone, it shows the overdue too.", "#1d5fa8",
         "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M12 6V12L16 14.5", 24),
    Mark("closed", "Closed", "The file is closed; that does not say it was mended.", "#2f6b4a",
         "M3 3H21V21H3Z", "M7 12.4 10.6 16 17 8.4", 21),
    Mark("cancelled", "Cancelled", "Taken back before it was closed.", "#656c69",
         "M12 3 21 12 12 21 3 12Z", "M8.5 12H15.5", 20),
    Mark("unknown", "Unknown", "The file does not say whether it is closed.", "#656c69",
         _RING, _QUESTION, 21),
)  # fmt: skip

CANOPY = Scale(
    title="Canopy cover",
    says="Share of the ground under tree crowns.",
    unit="%",
    over=("canopy_pct",),
    under=None,
    breaks=(5, 10, 15, 20, 30, 40),
    colours=("#ffffe5", "#f7fcb9", "#d9f0a3", "#addd8e", "#78c679", "#31a354", "#006837"),
)
NEED_SHARE = Scale(
    title="Work for each 100 trees",
    says="Trees and stumps to remove, prune, inspect or grind, for each 100 trees.",
    unit="",
    over=("need_remove", "need_prune", "need_stump", "need_inspect"),
    under="trees",
    breaks=(10, 20, 30, 40, 50, 60),
    colours=("#ffffe5", "#fff7bc", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404"),
)
OPEN_SHARE = Scale(
    title="Open inspections for each 100 parcels",
    says="Inspections still open, for each 100 parcels.",
    unit="",
    over=("inspections_open",),
    under="parcels",
    breaks=(1, 2, 4, 7, 10, 20),
    colours=("#fff7fb", "#ece7f2", "#d0d1e6", "#a6bddb", "#74a9cf", "#2b8cbe", "#045a8d"),
)

CONDITIONS = {
    "good": ("Excellent to good", GREEN),
    "fair": ("Fair", "#c9a227"),
    "poor": ("Poor or critical", "#c0561d"),
    "dead": ("Dead", "#4b3b36"),
    "unrated": ("Unknown", UNKNOWN_COLOUR),
}


def mark(marks: tuple[Mark, ...], code: str | None) -> Mark:
    """Find the mark of a code; what has none is unknown.

    >>> mark(NEEDS, "prune").label, mark(NEEDS, None).label
    ('Prune', 'Unknown')
    """
    return next((one for one in marks if one.code == code), marks[-1])


def _range(low: float | None, high: float | None, unit: str) -> str:
    tail = f" {unit}" if unit else ""
    if low is None:
        return f"under {high:g}{tail}"
    return f"{low:g} or more{tail}" if high is None else f"{low:g} to {high:g}{tail}"
