"""The decimal sign of a column: a point or a comma, found from all its rows and the file's separator.

`measure_columns`, `field_values` and `geo.ingest.mapping.coordinates` call these functions.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

DecimalSign = Literal[".", ",", "mixed", "undecided"]
EDGE = r"(?:^|[^0-9.,])", r"(?:[^0-9.,]|$)"
# A number that shows its decimal sign: other than three digits behind it, a 0 or four digits before it, or both signs.
DECIMAL_FORMS = r"0[0-9]*{d}[0-9]+|[0-9]+{d}(?:[0-9]{{1,2}}|[0-9]{{4,}})|[0-9]{{4,}}{d}[0-9]{{3}}|[0-9]{{1,3}}(?:{t}[0-9]{{3}})+{d}[0-9]+|[0-9]{{1,3}}(?:{t}[0-9]{{3}}){{2,}}"
COMMA_EVIDENCE = EDGE[0] + "(?:" + DECIMAL_FORMS.format(d=",", t=r"\.") + ")" + EDGE[1]
POINT_EVIDENCE = EDGE[0] + "(?:" + DECIMAL_FORMS.format(d=r"\.", t=",") + r"|\.[0-9]+)" + EDGE[1]
EITHER_FORM = EDGE[0] + r"[1-9][0-9]{0,2}[.,][0-9]{3}" + EDGE[1]  # 1,250 and 1.250: one and a quarter, or 1250
LIST_FORM = r"[0-9]+,[0-9]+,[0-9]+"  # whoever writes three stems in this way writes two as "6,8"
PAIR_FORM = EDGE[0] + r"[0-9]+,[0-9]{1,2}" + EDGE[1]
THOUSANDS_FORM = r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])"
MIN_PAIR_SHARE = 0.1  # fewer numbers with a comma than this may be lists of two, such as "6,8"


@dataclass(frozen=True)
class PointDecimals:
    """A column whose numbers have a decimal point and no thousands separators.

    `is_ambiguous` `(n,)` marks the values that could be two numbers. They stay as they are. `sign` is the
    column's sign in the file.
    """

    text: pd.Series
    is_ambiguous: np.ndarray
    sign: DecimalSign


def use_decimal_points(
    text: pd.Series,
    delimiter: str | None = None,
    *,
    bounds: tuple[float | None, float | None] = (None, None),
    may_be_list: bool = False,
    counts: np.ndarray | None = None,
) -> PointDecimals:
    """Return a column with decimal points. `delimiter` is the file's separator, None without one.

    `counts` `(n,)` says how many rows have each text, if `text` lists distinct ones.

    Where the column does not tell, and the file is separated by semicolons, only `bounds` can. Where
    `may_be_list`, a value may hold several numbers with commas between them.

    >>> use_decimal_points(pd.Series(["12,5", "1.250,5", "8"], dtype="str")).text.tolist()
    ['12.5', '1250.5', '8']
    >>> use_decimal_points(pd.Series(["1,250", "12.5"], dtype="str")).text.tolist()
    ['1250', '12.5']
    >>> use_decimal_points(pd.Series(["1,250"], dtype="str"), ";").is_ambiguous.tolist()
    [True]
    """
    has_sign = _matches(text, r"[0-9][.,]|[.,][0-9]|[0-9] [0-9]{3}")
    is_ambiguous = np.zeros(len(text), dtype=bool)
    if not has_sign.any():
        return PointDecimals(text, is_ambiguous, ".")
    parts = text[has_sign]
    counts = text.notna().to_numpy().astype(np.int64) if counts is None else counts
    sign = find_decimal_sign(
        parts, delimiter, may_be_list=may_be_list, counts=counts[has_sign], filled_count=int(counts.sum())
    )
    row_signs = _sign_of_rows(parts, sign, bounds, may_be_list=may_be_list)
    converted = parts.mask(row_signs == ",", _from_commas(parts[row_signs == ","]).reindex(parts.index))
    converted = converted.mask(row_signs == ".", _from_points(parts[row_signs == "."]).reindex(parts.index))
    is_ambiguous[has_sign] = row_signs == "?"
    return PointDecimals(text.where(~has_sign, converted.reindex(text.index)).astype("str"), is_ambiguous, sign)


def find_decimal_sign(
    text: pd.Series,
    delimiter: str | None = None,
    *,
    may_be_list: bool = False,
    counts: np.ndarray | None = None,
    filled_count: int | None = None,
) -> DecimalSign:
    """Return the sign that the numbers of a column show. Without any sign of it, a semicolon leaves it open.

    >>> columns = (["12,5", "8"], ["12.5", "1,250"], ["12,5", "12.5"], ["1,250"])
    >>> [find_decimal_sign(pd.Series(column, dtype="str"), ";") for column in columns]
    [',', '.', 'mixed', 'undecided']
    """
    counts = np.ones(len(text), dtype=np.int64) if counts is None else counts
    comma_count, point_count = (int(counts[_matches(text, form)].sum()) for form in (COMMA_EVIDENCE, POINT_EVIDENCE))
    if may_be_list and comma_count and delimiter != ";":
        is_rare = comma_count < MIN_PAIR_SHARE * (filled_count or int(counts.sum()))
        if is_rare or _matches(text, LIST_FORM).any():
            comma_count = 0
    if comma_count and point_count:
        return "mixed"
    if comma_count or point_count:
        return "," if comma_count else "."
    return "undecided" if delimiter == ";" else "."


def _sign_of_rows(
    text: pd.Series, sign: DecimalSign, bounds: tuple[float | None, float | None], *, may_be_list: bool
) -> np.ndarray:
    """Return the sign of each value, "?" where it could be either."""
    if sign in {".", ","}:
        signs = np.full(len(text), sign, dtype=object)
    else:
        signs = np.where(_matches(text, COMMA_EVIDENCE), ",", ".").astype(object)
        either = _matches(text, EITHER_FORM)
        signs[either] = _sign_by_bounds(text[either], bounds)
    if may_be_list and sign != ",":
        has_lists = _matches(text, LIST_FORM).any()
        is_pair = _matches(text, PAIR_FORM)
        signs[is_pair] = "list" if has_lists and sign == "." else "?"
    return signs


def _sign_by_bounds(text: pd.Series, bounds: tuple[float | None, float | None]) -> np.ndarray:
    """Return the sign with which a value is plausible, "?" where it is with both or with none."""
    low, high = bounds
    digits = text.str.extract(r"([1-9][0-9]*)[.,]([0-9]{3})")
    whole, decimal = (pd.to_numeric(digits[0] + sign + digits[1]).to_numpy() for sign in ("", "."))
    fits_whole, fits_decimal = (
        (values >= (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))
        for values in (whole, decimal)
    )
    has_comma = text.str.contains(",", regex=False).to_numpy(dtype=bool)
    decimal_sign, whole_sign = np.where(has_comma, ",", "."), np.where(has_comma, ".", ",")
    return np.where(
        fits_decimal & ~fits_whole, decimal_sign, np.where(fits_whole & ~fits_decimal, whole_sign, "?")
    ).astype(object)


def _from_commas(text: pd.Series) -> pd.Series:
    is_list = _matches(text, LIST_FORM)
    pointed = text.str.replace(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))", "", regex=True)
    pointed = pointed.str.replace(r"(?<=[0-9]),(?=[0-9])", ".", regex=True)
    return _join_spaced_thousands(pointed).where(~is_list, text)


def _from_points(text: pd.Series) -> pd.Series:
    has_comma = _matches(text, r"[0-9],[0-9]{3}")
    if has_comma.any():
        bare = text[has_comma].str.replace(THOUSANDS_FORM, lambda match: match[0].replace(",", ""), regex=True)
        text = text.where(~has_comma, bare.reindex(text.index))
    return _join_spaced_thousands(text)


def _join_spaced_thousands(text: pd.Series) -> pd.Series:
    """Return "1 250.5" as "1250.5", where the whole text is one such number."""
    is_spaced = _matches(text, r"^[-+]?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?$")
    return text.where(~is_spaced, text.str.replace(" ", "", regex=False)) if is_spaced.any() else text


def _matches(text: pd.Series, pattern: str) -> np.ndarray:
    return np.asarray(text.str.contains(pattern, regex=True).fillna(value=False).astype(bool))
