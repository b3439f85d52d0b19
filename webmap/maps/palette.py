"""Colors, class breaks and mark shapes as data, for the canvas, the legend, lists and charts.

Maps and pages import these tables. Marks differ by outline and glyph, not by color alone. Outlines
are SVG path data in a 24 by 24 view box. `<path>` draws them on pages and `Path2D` on the canvas,
so that legend and map are equal. The contrast of a mark's color to its white glyph is at least
4.5:1, as WCAG 2.1 asks of text. The scales are ColorBrewer's YlGn, YlOrBr and PuBu, which differ in
lightness and are safe for color-blind readers. Unknown is hatched gray and never a step of a scale.

The texts here are English. `localize`, `find_mark` and `inspection_mark` return them in the current language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from geo.language.translate import format_number, gettext, gettext_noop

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

    def localize(self) -> "Mark":
        """Return the mark with its texts in the current language."""
        return replace(self, label=gettext(self.label), description=gettext(self.description))


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

    def localize(self) -> "Scale":
        """Return the scale with its texts in the current language."""
        return replace(self, title=gettext(self.title), description=gettext(self.description))

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps, lowest first, with their legend labels in the current language.

        >>> [step.label for step in CANOPY_SCALE.steps[:2]], CANOPY_SCALE.steps[-1].label
        (['under 5%', '5 to 10%'], '40% or more')
        """
        ends = (None, *self.breaks, None)
        format_range = _percent_range if self.unit == "%" else _number_range
        return tuple(
            Step(low, high, color, format_range(low, high))
            for (low, high), color in zip(pairwise(ends), self.colors, strict=True)
        )

    def step_number(self, value: float | None) -> int | None:
        """Return the number of a value's color, None if the value is unknown.

        >>> CANOPY_SCALE.step_number(0), CANOPY_SCALE.step_number(5), CANOPY_SCALE.step_number(None)
        (0, 1, None)
        """
        return None if value is None else sum(value >= low for low in self.breaks)


UNKNOWN_COLOR = "#8b918e"

_RING_PATH = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z"
_QUESTION_PATH = "M9.2 9.6a2.9 2.9 0 1 1 4.3 2.6c-1 .6-1.5 1.1-1.5 2.2M12 17.2v.1"

NEED_MARKS = (
    Mark("remove", gettext_noop("Needs removal"),
         gettext_noop("The tree should come down."), "#b23a0e",
         "M12 1 23 12 12 23 1 12Z", "M8.5 8.5 15.5 15.5M15.5 8.5 8.5 15.5", 26),
    Mark("prune", gettext_noop("Needs pruning"),
         gettext_noop("Branches should be cut."), "#1d5fa8",
         "M12 2 23 21H1Z", "M8 16H16M12 11V16", 25),
    Mark("stump", gettext_noop("Stump to grind"),
         gettext_noop("A stump is left and should be ground out."), "#54422f",
         "M3 3H21V21H3Z", "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8", 22),
    Mark("inspect", gettext_noop("Needs an arborist's look"),
         gettext_noop("An arborist should look at it and decide."), "#86397f",
         "M6.5 2H17.5L23 12 17.5 22H6.5L1 12Z", "M5.5 12C8.5 7.6 15.5 7.6 18.5 12 15.5 16.4 8.5 16.4 5.5 12M12 12v.1", 25),
    Mark("plant", gettext_noop("Vacant site"),
         gettext_noop("A site without a tree, where one can be planted."), "#0a7250",
         "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M12 7V17M7 12H17", 24),
    Mark("none", gettext_noop("No work needed"),
         gettext_noop("The inventory says that it needs no work."), "#4a7a58",
         "M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12Z", "", 17),
    Mark("unknown", gettext_noop("Need not recorded"),
         gettext_noop("The inventory does not say what work it needs."), "#656c69",
         _RING_PATH, _QUESTION_PATH, 21),
)  # fmt: skip

# Work marked as done on a device and not sent yet. Only that device draws it.
DONE_MARK = Mark("done", gettext_noop("Done here"),
         gettext_noop("Marked as done on this device, not sent yet."), "#2f6b4a",
         "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M7 12.4 10.6 16 17 8.4", 20)  # fmt: skip

STATUS_MARKS = (
    Mark("overdue", gettext_noop("Overdue"),
         gettext_noop("Not closed, and its due date has passed."), "#b23a0e",
         "M12 2 23 21H1Z", "M12 9V14M12 17.4v.1", 26),
    Mark("maybe_overdue", gettext_noop("May be overdue"),
         gettext_noop("Its due date has passed, and the source does not say whether it is closed."), "#8a4b00",
         "M12 2 23 21H1Z", "M10.4 11.4a1.7 1.7 0 1 1 2.5 1.6c-.6.3-.9.7-.9 1.2M12 17.4v.1", 25),
    Mark("open", gettext_noop("Open"),
         gettext_noop("Not closed yet. Selected alone, it also shows the overdue ones."), "#1d5fa8",
         "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21Z", "M12 6V12L16 14.5", 24),
    Mark("closed", gettext_noop("Closed"),
         gettext_noop("The case is closed. That does not say that the problem was fixed."), "#2f6b4a",
         "M3 3H21V21H3Z", "M7 12.4 10.6 16 17 8.4", 21),
    Mark("cancelled", gettext_noop("Canceled"),
         gettext_noop("Withdrawn before it was closed."), "#656c69",
         "M12 3 21 12 12 21 3 12Z", "M8.5 12H15.5", 20),
    Mark("unknown", gettext_noop("Status not recorded"),
         gettext_noop("The source does not say whether it is closed."), "#656c69",
         _RING_PATH, _QUESTION_PATH, 21),
)  # fmt: skip

CANOPY_SCALE = Scale(
    title=gettext_noop("Canopy cover"),
    description=gettext_noop("Share of the ground under tree crowns."),
    unit="%",
    numerator_fields=("canopy_pct",),
    denominator_field=None,
    breaks=(5, 10, 15, 20, 30, 40),
    colors=("#ffffe5", "#f7fcb9", "#d9f0a3", "#addd8e", "#78c679", "#31a354", "#006837"),
)
NEED_SCALE = Scale(
    title=gettext_noop("Work needed per 100 trees"),
    description=gettext_noop(
        "Trees and stumps that need removal, pruning, grinding or an arborist's look, per 100 trees."
    ),
    unit="",
    numerator_fields=("need_remove", "need_prune", "need_stump", "need_inspect"),
    denominator_field="trees",
    breaks=(10, 20, 30, 40, 50, 60),
    colors=("#ffffe5", "#fff7bc", "#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404"),
)
OPEN_INSPECTIONS_SCALE = Scale(
    title=gettext_noop("Open inspections per 100 parcels"),
    description=gettext_noop("Inspections that are not closed yet, per 100 parcels."),
    unit="",
    numerator_fields=("inspections_open",),
    denominator_field="parcels",
    breaks=(1, 2, 4, 7, 10, 20),
    colors=("#fff7fb", "#ece7f2", "#d0d1e6", "#a6bddb", "#74a9cf", "#2b8cbe", "#045a8d"),
)

CONDITION_STYLES = {
    "good": (gettext_noop("Excellent to good"), GREEN),
    "fair": (gettext_noop("Fair"), "#c9a227"),
    "poor": (gettext_noop("Poor or critical"), "#c0561d"),
    "dead": (gettext_noop("Dead"), "#4b3b36"),
    "unrated": (gettext_noop("Condition not recorded"), UNKNOWN_COLOR),
}


def find_mark(marks: tuple[Mark, ...], code: str | None) -> Mark:
    """Return the mark of a code in the current language. The last mark, unknown, stands for all other codes.

    >>> find_mark(NEED_MARKS, "prune").label, find_mark(NEED_MARKS, None).label
    ('Needs pruning', 'Need not recorded')
    """
    return next((candidate for candidate in marks if candidate.code == code), marks[-1]).localize()


def inspection_mark(values: Mapping[str, Any], today: str) -> Mark:
    """Return the mark of an inspection, in the current language.

    >>> inspection_mark({"status": "open", "due_on": "2026-05-03"}, "2026-05-04").label
    'Overdue'
    """
    return find_mark(STATUS_MARKS, inspection_status(values, today))


def inspection_status(values: Mapping[str, Any], today: str) -> str | None:
    """Return the status of an inspection. An open one is overdue from the day after its due date.

    One of unknown status may be overdue then.

    >>> inspection_status({"status": "open", "due_on": "2026-05-03"}, "2026-05-04")
    'overdue'
    >>> inspection_status({"status": "unknown", "due_on": "2026-05-03"}, "2026-05-04")
    'maybe_overdue'
    """
    status, due = values.get("status"), values.get("due_on")
    is_late = due is not None and due[:10] < today
    return (
        {"open": "overdue", "unknown": "maybe_overdue", None: "maybe_overdue"}.get(status, status)
        if is_late
        else status
    )


def _percent_range(low: float | None, high: float | None) -> str:
    if low is None:
        return gettext("under %(high)s%%", high=_break_text(high))
    if high is None:
        return gettext("%(low)s%% or more", low=_break_text(low))
    return gettext("%(low)s to %(high)s%%", low=_break_text(low), high=_break_text(high))


def _number_range(low: float | None, high: float | None) -> str:
    if low is None:
        return gettext("under %(high)s", high=_break_text(high))
    if high is None:
        return gettext("%(low)s or more", low=_break_text(low))
    return gettext("%(low)s to %(high)s", low=_break_text(low), high=_break_text(high))


def _break_text(value: float | None) -> str:
    return format_number(value or 0)
