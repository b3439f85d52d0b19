"""Encoder of lines for vector tiles: project, clip, snap to integers and write commands, in one pass.

`geo.mvt.geometry_commands` calls `encode_lines`. Clipping: Liang and Barsky, 1984. Commands: Mapbox
Vector Tile 2.1, section 4.3.
"""

import numpy as np
from numba import njit

from geo.kernels.edge_index import readonly_view
from geo.kernels.geometry_arrays import Lines
from geo.kernels.tile_polygons import TileTransform, project_to_tile

MAX_COMMANDS_PER_SEGMENT = 6  # integers of a line that consists of one segment
_MOVE_TO, _LINE_TO = 1 | 1 << 3, 2


def encode_lines(lines: Lines, transform: TileTransform) -> tuple[np.ndarray, np.ndarray]:
    """Encode lines in degrees (WGS 84), and return the integer count of each row and all integers.

    The count is 0 if nothing of the line reaches the tile.

    >>> import shapely
    >>> from geo.kernels.geometry_arrays import lines_from_wkb, to_wkb_buffer
    >>> street = lines_from_wkb(*to_wkb_buffer(np.array([shapely.LineString([(0, 0), (90, 0)])])))
    >>> counts, commands = encode_lines(street, TileTransform.from_corner(4096, (0, 0), -64, 4160))
    >>> counts.tolist(), commands.tolist()
    ([6], [9, 4096, 4096, 10, 2048, 0])
    """
    counts = np.zeros(len(lines), np.int64)
    commands = np.empty(MAX_COMMANDS_PER_SEGMENT * len(lines.xy), np.int64)
    arrays = (readonly_view(lines.xy), readonly_view(lines.part_offsets), readonly_view(lines.row_offsets))
    command_count = write_lines(*arrays, *lines.origin, transform, counts, commands)
    return counts, commands[:command_count]


@njit(cache=True, nogil=True, error_model="numpy")
def write_lines(
    xy: np.ndarray,
    part_offsets: np.ndarray,
    row_offsets: np.ndarray,
    x0: float,
    y0: float,
    transform: TileTransform,
    counts: np.ndarray,
    commands: np.ndarray,
) -> int:
    """Write the commands of all rows to `commands`, and return the number of integers."""
    command_count = 0
    cursor, corners = np.zeros(2, np.int64), np.empty((len(xy) + 1, 2), np.int64)
    for row in range(len(row_offsets) - 1):
        first = command_count
        cursor[:] = 0
        for part in range(row_offsets[row], row_offsets[row + 1]):
            size = 0
            ax, ay = project_to_tile(xy[part_offsets[part], 0] + x0, xy[part_offsets[part], 1] + y0, transform)
            for vertex in range(part_offsets[part] + 1, part_offsets[part + 1]):
                bx, by = project_to_tile(xy[vertex, 0] + x0, xy[vertex, 1] + y0, transform)
                start_fraction, end_fraction = clip_segment(ax, ay, bx, by, transform)
                if size and (start_fraction > 0.0 or start_fraction >= end_fraction):  # the line has left the buffer
                    command_count, size = (write_line(corners, size, cursor, commands, command_count), 0)
                if start_fraction < end_fraction:
                    if not size:
                        size = add_corner(
                            ax + start_fraction * (bx - ax), ay + start_fraction * (by - ay), corners, size
                        )
                    size = add_corner(ax + end_fraction * (bx - ax), ay + end_fraction * (by - ay), corners, size)
                    if end_fraction < 1.0:
                        command_count, size = (write_line(corners, size, cursor, commands, command_count), 0)
                ax, ay = bx, by
            command_count = write_line(corners, size, cursor, commands, command_count)
        counts[row] = command_count - first
    return command_count


@njit(cache=True, nogil=True, error_model="numpy")
def clip_segment(ax: float, ay: float, bx: float, by: float, transform: TileTransform) -> tuple[float, float]:
    """Return the shares of a segment between which it lies in the tile's buffer.

    Nothing of it does if the first share is not less than the second.
    """
    start_fraction, end_fraction = 0.0, 1.0
    for delta, margin in (
        (ax - bx, ax - transform.min_unit),
        (bx - ax, transform.max_unit - ax),
        (ay - by, ay - transform.min_unit),
        (by - ay, transform.max_unit - ay),
    ):
        if delta == 0.0:
            if margin < 0.0:
                return 1.0, 0.0
        elif delta < 0.0:
            start_fraction = max(start_fraction, margin / delta)
        else:
            end_fraction = min(end_fraction, margin / delta)
    return start_fraction, end_fraction


@njit(cache=True, nogil=True, error_model="numpy")
def add_corner(x: float, y: float, corners: np.ndarray, size: int) -> int:
    """Add a vertex, snapped to integers, unless it equals the one before. Return the number of vertices."""
    snapped_x, snapped_y = int(np.rint(x)), int(np.rint(y))
    if size and corners[size - 1, 0] == snapped_x and corners[size - 1, 1] == snapped_y:
        return size
    corners[size, 0], corners[size, 1] = snapped_x, snapped_y
    return size + 1


@njit(cache=True, nogil=True, error_model="numpy")
def write_line(corners: np.ndarray, size: int, cursor: np.ndarray, commands: np.ndarray, start: int) -> int:
    """Write a line of at least two vertices, relative to the end of the row's last line. Return the next free slot."""
    if size < 2:
        return start
    commands[start] = _MOVE_TO
    slot = start + 1
    for nth in range(size):
        if nth == 1:
            commands[slot] = _LINE_TO | (size - 1) << 3
            slot += 1
        step_x, step_y = corners[nth, 0] - cursor[0], corners[nth, 1] - cursor[1]
        commands[slot], commands[slot + 1] = step_x << 1 ^ step_x >> 63, step_y << 1 ^ step_y >> 63
        cursor[0], cursor[1] = corners[nth, 0], corners[nth, 1]
        slot += 2
    return slot
