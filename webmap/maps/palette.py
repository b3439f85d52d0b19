"""Colors, class breaks and mark shapes as data, for the canvas, the legend, lists and charts.

Maps and pages import these tables. Marks differ by outline and glyph, not by color alone. Outlines
are SVG path data in a 24 by 24 view box. `<path>` draws them on pages and `Path2D` on the canvas,
so that legend and map are equal. The contrast of a mark's color to its white glyph is at least
4.5:1, as WCAG 2.1 asks of text. The scales are ColorBrewer's YlGn, YlOrBr and PuBu, which differ in
lightness and are safe for color-blind readers. Unknown is hatched gray and never a step of a scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

GREEN = "#2f7d4f"  # canopy and trees in good condition


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one code: its texts, color, outline and glyph. The glyph may be empty."""

    code: str
    label: str
    description: str
    color: str
    outline: str
    glyph: str = ""
    size: int = 22


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scale: `low` <= value < `high`. None means no bound."""

    low: float | None
    high: float | None
    color: str
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A measure and its colors. `breaks` separate `colors`, so there is one color more.

    The value is 100 times the sum of `numerator_fields`, divided by `denominator_field`. Without a
    denominator, it is the one numerator field. An unknown field makes the value unknown.
    """

    title: str
    description: str
    unit: str
    numerator_fields: tuple[str, ...]
    denominator_field: str | None
    breaks: tuple[float, ...]
    colors: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps, lowest first, with their legend labels.

        >>> [step.label for step in CANOPY_SCALE.steps[:2]], CANOPY_SCALE.steps[-1].label
        (['under 5 %', '5 to 10 %'], '40 or more %')
        """
        ends = (None, *self.breaks, None)
        return tuple(
            Step(low, high, color, _range_label(low, high, self.unit))
            for (low, high), color in zip(pairwise(ends), self.colors, strict=True)
        )


UNKNOWN_COLOR = "#8b918e"

_RING_PATH = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z"
_QUESTION_PATH = "M9.2 9.6a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1.1-1.5 2.2M12 17.2v.1"

NEED_MARKS = (
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
         _RING_PATH, _QUESTION_PATH, 21),
)  # fmt: skip

# Work marked as done on a device and not sent yet. Only that device draws it.
DONE_MARK = Mark("done", "Done here", "Marked as done on this device, not sent yet.", "#2f6b4a",
            "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M7 12.4 10.6 16 17 8.4", 20)  # fmt: skip

STATUS_MARKS = (
    Mark("overdue", "Overdue", "Open, and its due date has passed.", "#b23a0e",
         "M12 2 23 21H1Z", "M12 9V14M12 17.4v.1", 26),
    Mark("open", "Open", "Not closed. Ticked alone, it shows the overdue too.", "#1d5fa8",
         "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M12 6V12L16 14.5", 24),
    Mark("closed", "Closed", "The file is closed; that does not say it was mended.", "#2f6b4a",
         "M3 3H21V21H3Z", "M7 12.4 10.6 16 17 8.4", 21),
    Mark("cancelled", "Cancelled", "Taken back before it was closed.", "#656c69",
         "M12 3 21 12 12 21 3 12Z", "M8.5 12H15.5", 20),
    Mark("unknown", "Unknown", "The file does not say whether it is closed.", "#656c69",
         _RING_PATH, _QUESTION_PATH, 21),
)  # fmt: skip

CANOPY_SCALE = Scale(
    title="Canopy cover",
    description="Share of the ground under tree crowns.",
    unit="%",
    numerator_fields=("canopy_pct",),
    denominator_field=None,
    breaks=(5, 10, 15, 20, 30, 40),
    colors=("#ffffe5", "#f7fcb9", "#d9f0a3", "#addd8e", "#78c679", "#31a354", "#006837"),
)
NEED_SCALE = Scale(
    title="Work for each 100 trees",
    description="Trees and stumps to remove, prune, inspect or grind, for each 100 trees.",
    unit="",
    numerator_fields=("need_remove", "need_prune", "need_stump", "need_inspect"),
    denominator_field="trees",
    breaks=(10, 20, 30, 40, 50, 60),
    colors=("#ffffe5", "#fff7bc", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404"),
)
OPEN_INSPECTIONS_SCALE = Scale(
    title="Open inspections for each 100 parcels",
    description="Inspections still open, for each 100 parcels.",
    unit="",
    numerator_fields=("inspections_open",),
    denominator_field="parcels",
    breaks=(1, 2, 4, 7, 10, 20),
    colors=("#fff7fb", "#ece7f2", "#d0d1e6", "#a6bddb", "#74a9cf", "#2b8cbe", "#045a8d"),
)

CONDITION_STYLES = {
    "good": ("Excellent to good", GREEN),
    "fair": ("Fair", "#c9a227"),
    "poor": ("Poor or critical", "#c0561d"),
    "dead": ("Dead", "#4b3b36"),
    "unrated": ("Unknown", UNKNOWN_COLOR),
}


def find_mark(marks: tuple[Mark, ...], code: str | None) -> Mark:
    """Return the mark of a code. The last mark, unknown, stands for all other codes.

    >>> find_mark(NEED_MARKS, "prune").label, find_mark(NEED_MARKS, None).label
    ('Prune', 'Unknown')
    """
    return next((candidate for candidate in marks if candidate.code == code), marks[-1])


def inspection_mark(values: Mapping[str, Any], today: str) -> Mark:
    """Return the mark of an inspection. An open one is overdue from the day after its due date.

    >>> inspection_mark({"status": "open", "due_on": "2026-05-03"}, "2026-05-04").code
    'overdue'
    """
    status, due = values.get("status"), values.get("due_on")
    is_overdue = status == "open" and due is not None and due[:10] < today
    return find_mark(STATUS_MARKS, "overdue" if is_overdue else status)


def _range_label(low: float | None, high: float | None, unit: str) -> str:
    unit_suffix = f" {unit}" if unit else ""
    if low is None:
        return f"under {high:g}{unit_suffix}"
    return f"{low:g} or more{unit_suffix}" if high is None else f"{low:g} to {high:g}{unit_suffix}"
