"""Bar charts as SVG, without a library, scripts or style attributes.

The page modules call `draw_bar` and `draw_stacked_bar`. A chart always stands beside its figures, in
a table or a sentence. It is hidden from screen readers, which read the figures.
"""

from collections.abc import Iterable

from markupsafe import Markup

WIDTH, HEIGHT = 1000, 24  # SVG user units. The stylesheet sets the size on the page


def draw_bar(
    percentage: float | None, color: str, *, full_scale: float = 100.0, threshold: float | None = None
) -> Markup:
    """Return a percentage as a bar that is full at `full_scale`, with a line at `threshold`.

    Unknown (None) has a pattern of its own, so that nobody reads it as 0.

    >>> 'width="250.0"' in draw_bar(25.0, "#2f7d4f"), 'class="bar-unknown"' in draw_bar(None, "#2f7d4f")
    (True, True)
    """
    if percentage is None:
        return _wrap_svg(Markup('<rect class="bar-unknown" width="{}" height="{}"/>').format(WIDTH, HEIGHT))
    bar_width = round(WIDTH * min(max(percentage, 0) / full_scale, 1), 1)
    return _wrap_svg(
        Markup('<rect class="bar-ground" width="{}" height="{}"/>').format(WIDTH, HEIGHT)
        + Markup('<rect width="{}" height="{}" fill="{}"/>').format(bar_width, HEIGHT, color)
        + (_threshold_line(WIDTH * threshold / full_scale) if threshold is not None else Markup())
    )


def draw_stacked_bar(parts: Iterable[tuple[float, str]]) -> Markup:
    """Return amounts of one total as a stacked bar. Each part is (amount, color). Empty if all are 0.

    >>> draw_stacked_bar([(30, "#2f7d4f"), (10, "#c9a227"), (0, "#c0561d")]).count("<rect")
    2
    """
    positive_parts = [(amount, color) for amount, color in parts if amount > 0]
    total = sum(amount for amount, _ in positive_parts)
    rects, left = Markup(), 0.0
    for amount, color in positive_parts:
        part_width = WIDTH * amount / total
        rects += Markup('<rect x="{}" width="{}" height="{}" fill="{}"/>').format(
            round(left, 1), round(max(part_width - 3, 1), 1), HEIGHT, color
        )
        left += part_width
    return _wrap_svg(rects) if positive_parts else Markup()


def _threshold_line(x: float) -> Markup:
    return Markup('<rect class="bar-rule" x="{}" width="8" height="{}"/>').format(round(x - 4, 1), HEIGHT)


def _wrap_svg(content: Markup) -> Markup:
    return Markup(
        '<svg class="bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">{}</svg>'
    ).format(WIDTH, HEIGHT, content)
