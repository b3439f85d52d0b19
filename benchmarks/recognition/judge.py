"""Whether a recognition is right, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.recognition.cases import MAIN_FIELDS, PLACE_FIELDS, Case
from geo.ingest.recognition.contents.content_words import RecognitionContext
from geo.ingest.recognition.recognize import Recognition, recognize_columns
from geo.schema import LAYERS

RIGHT, WRONG, MISSED = "right", "wrong", "missed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One main field of one case: what is right, what was taken, and how sure the recognition was."""

    case: str
    field: str
    expected: str
    taken: str
    outcome: str
    confidence: str


def judge_case(case: Case) -> Iterator[Judgement]:
    """Yield a judgement for each main field that the file has."""
    recognition = recognize_columns(
        case.columns, LAYERS[case.layer], RecognitionContext(), has_geometry=case.has_geometry
    )
    taken = {field: str(origin) for field, origin in recognition.origins.items()}
    yield from _judge_place(case, taken)
    for field in MAIN_FIELDS[case.layer]:
        if field in case.truth and not _is_elsewhere(case, field, taken):
            yield _judge_field(case, field, taken.get(field, ""), recognition)


def _judge_field(case: Case, field: str, taken: str, recognition: Recognition) -> Judgement:
    outcome = RIGHT if taken in case.truth[field] else WRONG if taken else MISSED
    return Judgement(case.name, field, " or ".join(case.truth[field]), taken, outcome, _confidence(recognition, field))


def _confidence(recognition: Recognition, field: str) -> str:
    """Return how sure the least sure column of a field is."""
    origin = recognition.origins.get(field)
    names = origin.columns if origin else ()
    sure = [item.confidence or "" for item in recognition.columns if item.column in names]
    return next((word for word in ("low", "medium", "high") if word in sure), "")


def _is_elsewhere(case: Case, field: str, taken: dict[str, str]) -> bool:
    """Return whether a field need not be judged: its column is right under another name of the same thing."""
    if field in {"species", "common"} and field not in taken:
        other = "common" if field == "species" else "species"
        return case.truth[field] == case.truth.get(other) and taken.get(other) in case.truth[field]
    if case.layer == "addresses" and field in {"number", "street"} and field not in taken:
        return taken.get("address", "") in case.truth.get("address", ())
    return False


def _judge_place(case: Case, taken: dict[str, str]) -> Iterator[Judgement]:
    """Yield a judgement of the place as a whole, for tables without geometry. Degrees may be called x and y."""
    truth = {field: case.truth[field] for field in PLACE_FIELDS if field in case.truth}
    if case.has_geometry or not truth or not LAYERS[case.layer].geometry_types:
        return
    columns = [taken[field] for field in PLACE_FIELDS if field in taken]
    right = {column for names in truth.values() for column in names}
    outcome = MISSED if not columns else RIGHT if set(columns) <= right else WRONG
    expected = ", ".join(" or ".join(names) for names in truth.values())
    yield Judgement(case.name, "place", expected, ", ".join(columns), outcome, "")
