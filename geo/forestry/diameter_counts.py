"""Trees of a town by diameter: those with an exact diameter in steps, and those with a class as recorded.

`webmap.state` calls `count_diameters`.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query

# The lower ends of the steps, in inches: the size classes in which street tree inventories are summed up.
STEPS_IN = (0, 6, 12, 18, 24, 30, 36)
MAX_CLASSES = 12  # recorded classes in a table, the most frequent ones

DiameterClass = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class DiameterCounts:
    """The trees of a town by diameter.

    `steps` holds (class, trees) for exact diameters, from its low end up to, but without, its high end.
    `classes` holds (class, trees) for trees that only have a class. They are in no step, because a class
    may lie in two. Ends are inches, None if open.
    """

    steps: tuple[tuple[DiameterClass, int], ...]
    classes: tuple[tuple[DiameterClass, int], ...]
    known_count: int
    unknown_count: int


def count_diameters(reader: Reader, town: str) -> DiameterCounts:
    """Count the trees of a town by diameter."""
    steps: Counter[int] = Counter()
    classes: Counter[DiameterClass] = Counter()
    unknown_count = 0
    for tree in reader.query("trees", Query(town=town), actor=PUBLIC):
        diameter, low, high = (tree.values.get(name) for name in ("dbh_in", "dbh_low_in", "dbh_high_in"))
        if diameter is not None:
            steps[bisect_right(STEPS_IN, diameter) - 1] += 1
        elif low is not None or high is not None:
            classes[low, high] += 1
        else:
            unknown_count += 1
    return summarize_diameters(steps, classes, unknown_count)


def summarize_diameters(steps: "Counter[int]", classes: "Counter[DiameterClass]", unknown_count: int) -> DiameterCounts:
    """Return the counts in the order of a table: by low end, then by high end.

    >>> counts = summarize_diameters(Counter({1: 3}), Counter({(7.0, 12.0): 2, (36.0, None): 1}), 4)
    >>> counts.steps[1], counts.classes, counts.known_count
    (((6, 12), 3), (((7.0, 12.0), 2), ((36.0, None), 1)), 6)
    """
    ends: list[float | None] = [*STEPS_IN[1:], None]
    counted_steps = tuple(
        ((low, high), steps[index]) for index, (low, high) in enumerate(zip(STEPS_IN, ends, strict=True))
    )
    largest = [item for item, _ in classes.most_common(MAX_CLASSES)]
    counted_classes = tuple((item, classes[item]) for item in sorted(largest, key=_class_order))
    return DiameterCounts(counted_steps, counted_classes, steps.total() + classes.total(), unknown_count)


def _class_order(ends: DiameterClass) -> tuple[float, float]:
    low, high = ends
    return (0.0 if low is None else low, float("inf") if high is None else high)
