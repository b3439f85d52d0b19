"""What the panel beside a map shows."""

from typing import Any


def read_chip_counts(page: Any) -> dict[str, int]:
    """Return how many of each mark are in view, by the mark's code."""
    return {
        chip.get_attribute("data-code"): int(chip.inner_text().replace(",", ""))
        for chip in page.locator(".chip-count").all()
    }
