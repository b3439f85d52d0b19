"""Words with a grade beside them, such as "4 - Good" or "Good (70-80%)", and bare grades with a legend.

`FieldCleaner` calls `read_graded_words` for conditions and risks.
"""

import re
from collections.abc import Mapping

import pandas as pd

from geo.fields import Field
from geo.ingest.row_notes import RowNotes

GRADED_FIELDS = {"condition", "risk"}
NUMBER = r"[0-9]+(?:\.[0-9]+)?"
GRADE = rf"[<>]?=? ?{NUMBER} ?%?(?: ?(?:-|\u2013|to|/) ?{NUMBER} ?%?)?"
GRADE_BEFORE = re.compile(rf"[(\[]?({GRADE})[)\]]?(?: ?[-\u2013:=.,/)] ?| )([^0-9]+)")
GRADE_BEHIND = re.compile(rf"([^0-9]+?)(?: ?[-\u2013:=,/] ?| ?(?=[(\[])|(?<=[^0-9 ]{{2}}) )[(\[]?({GRADE})[)\]]?")
BARE_GRADE = re.compile(GRADE)


def read_graded_words(field: Field, cleaned: pd.Series, code_by_word: Mapping[str, str], notes: RowNotes) -> pd.Series:
    """Return a column with the words of graded values alone. A bare grade gets its word from the other rows.

    A grade whose word no other row tells, or whose rows tell several codes, stays as it is: nobody knows
    whether a 3 is good. A text that is a word of the field itself stays, too.

    >>> condition = Field("condition", "code", "Condition.", codes=("good", "poor"))
    >>> words = {"good": "good", "poor": "poor", "dead dying": "poor"}
    >>> text = pd.Series(["4 - Good", "4", "Good (70-80%)", "75%", "2", "not good (4)"], dtype="str")
    >>> read_graded_words(condition, text, words, RowNotes(6)).tolist()
    ['good', 'good', 'good', 'good', '2', 'not good (4)']
    """
    code_of = {_fold(word): code for word, code in code_by_word.items()}
    texts = [str(text) for text in cleaned.dropna().unique()]
    graded = {text: parts for text in texts if (parts := _split_grade(text, code_of)) and _fold(text) not in code_of}
    if not graded and not any(BARE_GRADE.fullmatch(text.strip()) for text in texts):
        return cleaned
    legend = _legend(graded, code_of)
    bare = {
        text: word
        for text in texts
        if text not in graded and _fold(text) not in code_of and (word := _word_of_grade(text, legend))
    }
    is_bare = cleaned.isin(list(bare)).astype(bool)
    words = cleaned.map({text: word for text, (word, _) in graded.items()} | bare).astype("str")
    reasons = f"{field.name}: '" + cleaned[is_bare] + "' means '" + words[is_bare] + "' in other rows"
    notes.add_note("noted", is_bare, f"{field.name}: a grade alone, read by the words beside it in other rows", reasons)
    return words.fillna(cleaned).astype("str")


def _fold(text: str) -> str:
    return re.sub(r"[-_\s]+", " ", text.lower()).strip()


def _split_grade(text: str, code_of: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the word and the grade of a text. None if the rest is no word of the field.

    >>> _split_grade("Good (70-80%)", {"good": "good"}), _split_grade("3. Fair", {"fair": "fair"})
    (('good', '70-80%'), ('fair', '3'))
    """
    folded = text.lower().strip()
    before, behind = GRADE_BEFORE.fullmatch(folded), GRADE_BEHIND.fullmatch(folded)
    for word, grade in ((before[2], before[1]) if before else ("", ""), (behind[1], behind[2]) if behind else ("", "")):
        stripped = word.strip(" ()[]-\u2013:=.,/")
        if _fold(stripped) in code_of:
            return stripped, grade.strip()
    return None


def _legend(
    graded: Mapping[str, tuple[str, str]], code_of: Mapping[str, str]
) -> list[tuple[float, float, bool, str, str]]:
    """Return the grades as (low, high, whether a percentage, word, code), by the rows that have a word."""
    return [
        (*ends, "%" in grade, word, code_of[_fold(word)])
        for word, grade in graded.values()
        if (ends := _grade_ends(grade)) is not None
    ]


def _grade_ends(grade: str) -> tuple[float, float] | None:
    numbers = [float(number) for number in re.findall(NUMBER, grade)]
    if grade[:1] in "<>":
        return None
    return (min(numbers), max(numbers)) if numbers else None


def _word_of_grade(text: str, legend: list[tuple[float, float, bool, str, str]]) -> str | None:
    """Return the word of a bare grade, if all rows that explain it have one code."""
    ends = _grade_ends(text.strip()) if BARE_GRADE.fullmatch(text.strip()) else None
    if ends is None:
        return None
    is_percentage = "%" in text
    fitting = [
        (word, code)
        for low, high, has_percent, word, code in legend
        if has_percent == is_percentage and low <= ends[0] and ends[1] <= high
    ]
    codes = {code for _, code in fitting}
    return fitting[0][0] if len(codes) == 1 else None
