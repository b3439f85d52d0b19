"""House numbers as tables write them: 4021-25, 4131R, 503 1/2, or in two columns."""

import pandas as pd

from geo.sources.notes import Notes

PARTS = r"^(?P<number>[0-9]+)(?:\s*-\s*(?P<second>[0-9]+))?(?:[ -]*(?P<frac>[0-9]/[0-9]))?(?:[ -]*(?P<sfx>[A-Za-z]))?$"
WIDEST = 200  # numbers apart at which two of one column are a range still
WIDEST_BESIDE = 20  # the same for a second number in the suffix's column, which may be a unit


def house_numbers(texts: dict[str, pd.Series], notes: Notes) -> dict[str, pd.Series]:
    """Part the house numbers of an address table into number, higher number, fraction and letter.

    "4021-25" ends at 4025. A second number is the end of a range when it is higher, on the same
    side (both odd or both even) and near; else it is a unit. What a table has in columns of their
    own stays. Each number that was parted is remarked.

    >>> told = Notes(2)
    >>> parts = house_numbers({"number": pd.Series(["4021-25", "503 1/2"], dtype="str")}, told)
    >>> {name: text.tolist() for name, text in parts.items() if text.notna().any()}
    {'number': ['4021', '503'], 'number_hi': ['4025', nan], 'frac': [nan, '1/2']}
    """
    if "number" not in texts:
        return texts
    none = pd.Series([None] * len(texts["number"]), dtype="str")
    held = {name: texts.get(name, none) for name in ("number_hi", "frac", "number_sfx", "unit")}
    number, beside = texts["number"].str.strip(), held["number_sfx"].str.strip()
    apart = beside.str.contains(r"[0-9]", regex=True).fillna(value=False).astype(bool)
    whole = number.where(~apart, number + "-" + beside)
    parts = whole.str.extract(PARTS)
    parted = whole.notna() & ~whole.str.fullmatch(r"[0-9]+").fillna(value=False).astype(bool)
    parted &= parts["number"].notna()
    high, unit = _second(parts, WIDEST_BESIDE, apart)
    told = "number: '" + whole[parted] + "' parted"
    notes.add("noted", parted, "number: parted into number, range, fraction, letter or unit", told)
    return texts | {
        "number": parts["number"].where(parted, number).astype("str"),
        "number_hi": held["number_hi"].fillna(high.where(parted)).astype("str"),
        "frac": held["frac"].fillna(parts["frac"].where(parted)).astype("str"),
        "number_sfx": beside.mask(apart & parted)
        .fillna(parts["sfx"].where(parted & ~beside.notna() | apart))
        .astype("str"),
        "unit": held["unit"].fillna(unit.where(parted)).astype("str"),
    }


def _second(parts: pd.DataFrame, widest: int, beside: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Tell which second numbers end a range, and which are units."""
    first, second = parts["number"], parts["second"]
    short = second.str.len().between(2, 99) & (second.str.len() < first.str.len())
    stem = pd.Series(
        [
            a[: len(a) - len(b)] + b if s else b
            for a, b, s in zip(first.fillna(""), second.fillna(""), short, strict=True)
        ],
        index=first.index,
        dtype="str",
    ).where(second.notna())
    low, high = pd.to_numeric(first), pd.to_numeric(stem)
    far = pd.Series(WIDEST, index=first.index).mask(beside, widest)
    is_range = (high > low) & ((high - low) % 2 == 0) & (high - low <= far)
    return stem.where(is_range), second.where(second.notna() & ~is_range)
