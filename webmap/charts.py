"""Simple charts as SVG, made here: no library, no script, no style attribute.

A chart never stands alone. Each sits beside the figures that it shows, in a table or a sentence, and is
hidden from screen readers, which read the figures.
"""

from collections.abc import Iterable

from markupsafe import Markup

WIDTH, HEIGHT = 1000, 24  # units of the drawing; the page's stylesheet gives its size


def bar(
    percentage: float | None, colour: str, *, most: float = 100.0, rule: float | None = None
) -> Markup:
    """Draw a share as a bar, full at `most`, with a stroke at `rule`.

    Unknown has a bar of its own, so that it is never read as 0.
    """
    if percentage is None:
        return _svg(
            Markup('<rect class="bar-unknown" width="{}" height="{}"/>').format(WIDTH, HEIGHT)
        )
    long = round(WIDTH * min(max(percentage, 0) / most, 1), 1)
    return _svg(
        Markup('<rect class="bar-ground" width="{}" height="{}"/>').format(WIDTH, HEIGHT)
        + Markup('<rect width="{}" height="{}" fill="{}"/>').format(long, HEIGHT, colour)
        + (_stroke(WIDTH * rule / most) if rule is not None else Markup())
    )


def stack(parts: Iterable[tuple[float, str]]) -> Markup:
    """Draw parts of one whole, as (amount, colour), side by side; nothing when there is no whole."""
    shown = [(amount, colour) for amount, colour in parts if amount > 0]
    whole = sum(amount for amount, _ in shown)
    drawn, west = Markup(), 0.0
    for amount, colour in shown:
        long = WIDTH * amount / whole
        drawn += Markup('<rect x="{}" width="{}" height="{}" fill="{}"/>').format(
            round(west, 1), round(max(long - 3, 1), 1), HEIGHT, colour
        )
        west += long
    return _svg(drawn) if shown else Markup()


def _stroke(at: float) -> Markup:
    return Markup('<rect class="bar-rule" x="{}" width="8" height="{}"/>').format(
        round(at - 4, 1), HEIGHT
    )


def _svg(inside: Markup) -> Markup:
    return Markup(
        '<svg class="bar" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false">{}</svg>'
    ).format(WIDTH, HEIGHT, inside)
