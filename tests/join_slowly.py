"""The join's rules once more, in plain loops over single shapes: slow, and easy to check by reading."""

import shapely
from shapely.geometry import LineString, Point

NEAR_M, REACH_M, CENTRE_M, EDGE_M = 15.0, 40.0, 0.1, 0.0001
MEDIAN_M, TOUCH_M = 30.0, 1e-6
HALF_MEDIAN_M = 3.0  # a tree so near to a centreline stands in the roadway, whatever lot is in reach


def containing(point, areas):
    """The lowest area that contains or touches the point; -1 where none does."""
    return next((nth for nth, area in enumerate(areas) if area.intersects(point)), -1)


def nearest(point, lots, near_m=NEAR_M):
    """The nearest lot within reach, of equals the lowest; -1 where none is."""
    far = [(lot.distance(point), nth) for nth, lot in enumerate(lots)]
    best = min(((round(m, 2), nth) for m, nth in far if m <= near_m + EDGE_M), default=(0, -1))
    return best[1]


def fronting(point, lots, lines, names=None):
    """The lot before which a point outside every lot stands, and how: (lot, method).

    Lines of one name are one street. Of medians only islands are told: where no lot is meant, or
    within `HALF_MEDIAN_M` of a line.
    """
    reach = [(line.distance(point), nth) for nth, line in enumerate(lines)]
    metres, own = min(reach, default=(float("inf"), -1))
    if metres > REACH_M or metres <= CENTRE_M:
        lot = nearest(point, lots)
        return lot, "none" if lot == -1 else "nearest"
    meant = [nth for nth, lot in enumerate(lots) if lot.distance(point) <= NEAR_M and not across(point, lot, lines)]
    if (not meant or metres <= HALF_MEDIAN_M + TOUCH_M) and on_island(point, lots, lines, own):
        return -1, "median"
    if not meant:
        return -1, "none"
    far = {nth: round(lots[nth].distance(point), 2) for nth in meant}
    before = abreast(point, lots, lines, own, names or [""] * len(lines))
    if before in meant:
        return min(nth for nth in meant if nth == before or far[nth] == far[before]), "frontage"
    return min(meant, key=lambda nth: (far[nth], nth)), "frontage"


def on_island(point, lots, lines, own):
    """Tell whether a line closes each of the four ways, out and back and to the sides, before any lot."""
    foot = lines[own].interpolate(lines[own].project(point))
    metres = foot.distance(point)
    x, y = (point.x - foot.x) / metres, (point.y - foot.y) / metres
    to_line, to_lot = [], []
    for out_x, out_y in ((x, y), (-x, -y), (-y, x), (y, -x)):
        way = LineString([point, (point.x + out_x * MEDIAN_M, point.y + out_y * MEDIAN_M)])
        to_line.append(min(along(way, line) for line in lines))
        to_lot.append(min((along(way, lot) for lot in lots), default=float("inf")))
    first = all(line + TOUCH_M < lot for line, lot in zip(to_line, to_lot, strict=True))
    wide = max(to_line[0] + to_line[1], to_line[2] + to_line[3])
    return first and wide <= MEDIAN_M + TOUCH_M


def along(way, shape):
    """Measure how far a way goes until it meets a shape; inf where it comes no nearer than rounding."""
    if way.intersects(shape):
        return Point(way.coords[0]).distance(way.intersection(shape))
    there = shapely.shortest_line(way, shape)
    return way.project(Point(there.coords[0])) if there.length <= TOUCH_M else float("inf")


def across(point, lot, lines):
    way = shapely.shortest_line(point, lot)
    return any(way.intersects(line) for line in lines)


def abreast(point, lots, lines, own, names):
    """The first lot on the way from the street through the point; -1 where it does not count."""
    foot = lines[own].interpolate(lines[own].project(point))
    metres = foot.distance(point)
    if any(LineString([foot, point]).crosses(lot) for lot in lots):
        return -1
    out = ((point.x - foot.x) / metres, (point.y - foot.y) / metres)
    way = LineString([point, (point.x + out[0] * NEAR_M, point.y + out[1] * NEAR_M)])
    met = [
        (round(way.intersection(lot).distance(point), 2), nth) for nth, lot in enumerate(lots) if way.intersects(lot)
    ]
    if not met:
        return -1
    along, lot = min(met)
    place = Point(point.x + out[0] * along, point.y + out[1] * along)
    far = [line.distance(place) for line in lines]
    same = names[own] and names[own] == names[far.index(min(far))]
    return lot if same or metres + along <= min(far) + 0.01 else -1
