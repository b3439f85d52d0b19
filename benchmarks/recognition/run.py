"""Print how many main fields are recognized, what is wrong or missed, and how long it takes.

`make bench-recognise` runs it. For the cases that were held out it prints counts alone.
"""

import json
import time
from collections import Counter
from pathlib import Path

import click

from benchmarks.recognition.cases import read_cases
from benchmarks.recognition.judge import RIGHT, WRONG, Judgement, judge_case

OUT = Path("benchmarks/out/recognition.json")


@click.command()
@click.option("--only", default="", help="Cases whose names contain this.")
def main(only: str) -> None:
    """Measure the recognition of columns against published headings."""
    figures = {}
    for folder in ("cases", "held_out"):
        started = time.perf_counter()
        cases = [case for case in read_cases(folder) if only in case.name]
        judgements = [judgement for case in cases for judgement in judge_case(case)]
        figures[folder] = _figures(judgements, len(cases), time.perf_counter() - started)
        if folder == "cases":
            _print_faults(judgements)
        print(folder, figures[folder])
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1), "utf-8")


def count_sure_and_wrong(judgements: list[Judgement]) -> int:
    """Return how many fields are wrong although the recognition was sure."""
    return sum(item.outcome == WRONG and item.confidence == "high" for item in judgements)


def _figures(judgements: list[Judgement], case_count: int, seconds: float) -> dict[str, float]:
    outcomes = Counter(item.outcome for item in judgements)
    return {
        "cases": case_count,
        "fields": len(judgements),
        "right": outcomes[RIGHT],
        "share": round(outcomes[RIGHT] / max(1, len(judgements)), 3),
        "wrong": outcomes[WRONG],
        "sure and wrong": count_sure_and_wrong(judgements),
        "seconds": round(seconds, 1),
    }


def _print_faults(judgements: list[Judgement]) -> None:
    for item in judgements:
        if item.outcome != RIGHT:
            print(
                f"{item.case}: {item.field} {item.outcome}: {item.expected} is right, taken: {item.taken or '-'} {item.confidence}"
            )


if __name__ == "__main__":
    main()
