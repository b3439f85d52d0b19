"""One stylesheet: few sizes, few weights, and contrast that holds in every theme."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[1] / "webmap/static/lotleaf.css").read_text("utf-8")
BLOCKS = {
    "light": r":root \{([^}]*)\}",
    "dark": r':root\[data-theme="dark"\] \{([^}]*)\}',
    "sun": r':root\[data-theme="sun"\] \{([^}]*)\}',
}
PAIRS = [(ink, ground) for ink in ("ink", "muted", "link") for ground in ("paper", "card", "tint")] + [
    ("on-brand", "brand"),
    ("on-note", "note"),
    ("map-label", "map-halo"),
]


def tokens(theme: str) -> dict[str, str]:
    """Read a theme's tokens; what it does not set is as in the light one."""
    blocks = [BLOCKS["light"], BLOCKS[theme]]
    found = {}
    for block in blocks:
        text = re.search(block, CSS).group(1)
        found |= dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", text))
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("theme", "least"), [("light", 4.5), ("dark", 4.5), ("sun", 7.0)])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_in_every_theme(theme, least, ink, ground):
    told = tokens(theme)
    low, high = sorted(luminance(told[name]) for name in (ink, ground))

    assert (high + 0.05) / (low + 0.05) >= least


@pytest.mark.parametrize(("theme", "edge"), [("light", "edge"), ("dark", "edge"), ("sun", "edge")])
def test_the_edge_of_a_field_can_be_seen(theme, edge):
    told = tokens(theme)
    low, high = sorted(luminance(told[name]) for name in (edge, "card"))

    assert (high + 0.05) / (low + 0.05) >= 3


def test_there_are_three_sizes_of_type_and_two_weights():
    sizes = set(re.findall(r"font(?:-size)?: [^;]*?var\(--(text|large|title)\)", CSS))
    weights = set(re.findall(r"var\(--(plain|strong)\)", CSS))

    assert sizes <= {"text", "large", "title"}
    assert weights == {"plain", "strong"}
    assert re.findall(r"font-size: (?!var)[^;]+;", CSS) == []
    assert re.findall(r"font-weight: (?!var)[^;]+;", CSS) == []


def test_the_system_dark_is_the_chosen_dark():
    asked = re.search(r":root:not\(\[data-theme\]\) \{([^}]*)\}", CSS).group(1)
    chosen = re.search(BLOCKS["dark"], CSS).group(1)

    assert asked.split() == chosen.split()
