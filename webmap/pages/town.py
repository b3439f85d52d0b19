"""The page of a town, the table of all towns, and how their canopy was measured."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import url_for

from geo.errors import NoSuchRecord
from geo.naming import slug
from geo.spot import stands
from geo.store.protocol import PUBLIC, Query, Reader, Record
from webmap import charts
from webmap.atlas import Atlas
from webmap.diversity import Frequent
from webmap.pages.parcel import source_of_canopy
from webmap.palette import CONDITIONS, GREEN, NEED_SHARE, NEEDS
from webmap.words import UNKNOWN, area, counted, day, percent, share, told

COLUMNS = ("parcels", "trees", "need_remove", "need_prune", "inspections_open")


def table(towns: list[Record]) -> list[dict[str, Any]]:
    """Tell the towns as rows, and all of them together; what a town does not know is said."""
    rows = [
        {
            "name": one.values["name"],
            "href": url_for("pages.town", slug_=slug(one.values["name"])),
            "cells": [percent(one.values.get("canopy_pct")), *_numbers(one.values)],
        }
        for one in towns
    ]
    together = {"name": f"All {len(towns)} towns", "total": True, "cells": _together(towns)}
    return [*rows, together] if len(towns) > 1 else rows


def canopy_note(towns: list[Record]) -> str:
    """Tell how much of the towns lies under canopy, from the least to the most, and how it was measured."""
    known = [one.values for one in towns if one.values.get("canopy_pct") is not None]
    if not known:
        return f"Canopy is {UNKNOWN}: no canopy source is loaded."
    methods = sorted({source_of_canopy(values) for values in known})
    low, high = (percent(pick(values["canopy_pct"] for values in known)) for pick in (min, max))
    return f"Canopy from {low} to {high} of a town. {' '.join(methods)}"


def page(shared: Atlas, slug_: str, today: date) -> dict[str, Any]:
    """Make the page of a town. Raises NoSuchRecord."""
    town = _named(shared.reader, slug_, today)
    values = town.values
    species, genera = shared.species_and_genera(values["name"])
    return {
        "name": values["name"],
        "kind": (values.get("kind") or "town").capitalize(),
        "past": None if stands(town, today) else _past(values),
        "map_hrefs": _maps(slug_) if stands(town, today) else [],
        "figures": _figures(values),
        **_condition(values),
        **_needs(values),
        "diversity": [
            _shares("Most frequent species", "Species", species, 10),
            _shares("Most frequent genera", "Genus", genera, 20),
        ],
    }


def _named(reader: Reader, slug_: str, today: date) -> Record:
    found = [
        one
        for one in reader.query("municipalities", Query(), actor=PUBLIC)
        if slug_ in (slug(one.values["name"]), one.values.get("slug"))
    ]
    if not found:
        raise NoSuchRecord(f"no town is called {slug_!r}; the start page lists them all")
    return max(found, key=lambda one: (stands(one, today), one.values.get("valid_from") or ""))


def _past(values: Mapping[str, Any]) -> str:
    return (
        f"This town stood until {day(values.get('valid_to'))}; its figures are of its old limits."
    )


def _maps(slug_: str) -> list[tuple[str, str]]:
    titles = {"coverage": "Canopy", "maintenance": "Maintenance", "inspections": "Inspections"}
    return [
        (title, url_for("pages.map_page", name=name, town=slug_)) for name, title in titles.items()
    ]


def _figures(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    work = _sum(values.get(key) for key in NEED_SHARE.over)
    known = values.get("canopy_pct") is not None
    canopy_note = source_of_canopy(values) if known else "No canopy source covers this town."
    return [
        ("Canopy", percent(values.get("canopy_pct")), canopy_note),
        ("Parcels", told(values.get("parcels")), "Ground parcels; stacked units count as one."),
        ("Trees", told(values.get("trees")), f"Standing in {area(values.get('area_m2'))}."),
        ("To do", told(work), f"To remove, prune, grind or inspect; {counted(values.get('trees'), 'tree')} in all."),
        ("Open inspections", told(values.get("inspections_open")), f"{told(values.get('inspections_closed'))} closed."),
    ]  # fmt: skip


def _condition(values: Mapping[str, Any]) -> dict[str, Any]:
    counts = {key: values.get(f"trees_{key}") for key in CONDITIONS}
    whole = _sum(counts.values())
    rows = [
        {
            "label": text,
            "colour": colour,
            "count": told(counts[key]),
            "share": percent(share(counts[key], whole)),
        }
        for key, (text, colour) in CONDITIONS.items()
    ]
    drawn = charts.stack((counts[key] or 0, colour) for key, (_, colour) in CONDITIONS.items())
    note = f"Of {counted(whole, 'tree')} that stand within the limits."
    return {"conditions": rows, "condition_stack": drawn, "condition_note": note}


def _needs(values: Mapping[str, Any]) -> dict[str, Any]:
    counts = {one.code: values.get(f"need_{one.code}") for one in NEEDS}
    whole = _sum(counts.values())
    rows = [
        {
            "mark": one,
            "count": told(counts[one.code]),
            "share": percent(share(counts[one.code], whole)),
            "bar": charts.bar(share(counts[one.code], whole), one.colour),
        }
        for one in NEEDS
    ]
    return {"needs": rows, "need_note": f"Of {counted(whole, 'tree, stump or empty place', 'trees, stumps and empty places')}."}  # fmt: skip


def _shares(title: str, noun: str, found: Frequent, most: int) -> dict[str, Any]:
    known = found.known
    full = max(2 * most, 100 * found.top[0][1] / known) if known else 100
    rows = [
        {
            "label": name,
            "count": f"{number:,}",
            "share": percent(share(number, known)),
            "bar": charts.bar(share(number, known), GREEN, most=full, rule=most),
        }
        for name, number in found.top
    ]
    note = f"Of {counted(known, 'tree')} whose {noun.lower()} is known; {found.unknown:,} unknown, left out."
    rule = f" A common rule of thumb keeps any one {noun.lower()} at {most} % or less, where the stroke stands."
    return {"title": title, "noun": noun, "rows": rows, "note": note + rule if known else note}


def _numbers(values: Mapping[str, Any]) -> list[str]:
    return [told(values.get(key)) for key in COLUMNS]


def _together(towns: list[Record]) -> list[str]:
    return [
        _canopy_together(towns),
        *(_known_sum([one.values.get(key) for one in towns]) for key in COLUMNS),
    ]


def _canopy_together(towns: list[Record]) -> str:
    known = [one.values for one in towns if one.values.get("canopy_pct")]
    known = [values for values in known if values.get("canopy_m2")]
    # The area that the source covers, from which each share was made.
    covered = sum(100 * values["canopy_m2"] / values["canopy_pct"] for values in known)
    whole = share(sum(values["canopy_m2"] for values in known), covered)
    return percent(whole) + _left_out(len(towns) - len(known) if known else 0)


def _known_sum(numbers: list[int | None]) -> str:
    known = [number for number in numbers if number is not None]
    return f"{sum(known):,}{_left_out(len(numbers) - len(known))}" if known else UNKNOWN


def _left_out(number: int) -> str:
    return f" ({counted(number, 'town')} unknown)" if number else ""


def _sum(numbers: Iterable[int | None]) -> int | None:
    listed = list(numbers)
    return None if None in listed else sum(number for number in listed if number is not None)
