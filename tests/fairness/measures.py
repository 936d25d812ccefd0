"""What is measured of one exercise: plain values, so that two versions of the judging can be compared."""

import random
from collections.abc import Iterator
from typing import Any, TypeAlias
from zlib import crc32

from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.fairness.honest import HonestSheet, honest_sheets
from tests.fairness.hostile import hostile_sheets
from tests.fairness.judged import (
    kept_old,
    points_beyond,
    read_sheet,
    report_alone,
    reports_together,
    right_by_value,
)
from tests.fairness.right import right_sheets
from tests.fairness.steps import steps_in
from tests.fairness.strategies import STRATEGIES, allowed

Found: TypeAlias = dict[str, dict[str, Any]]
"""What was found of each sheet, by the sheet's key."""

LITTLE = 1e-9
"""Points that are none."""


def measure_hostile(exercise: Exercise, sheets: int) -> Found:
    """Which hostile sheets raise, lose a field that is right by value, or are judged otherwise in their batch."""
    texts = list(hostile_sheets(exercise, sheets))
    batch = [read_sheet(exercise, one) for one in texts]
    found = {}
    for number, (answers, together) in enumerate(zip(batch, reports_together(exercise, batch), strict=True)):
        alone = report_alone(exercise, answers)
        right = right_by_value(exercise, answers)
        found[f"{exercise.slug}/hostile {number}"] = {
            "raised": repr(alone) if isinstance(alone, Exception) else None,
            "right": len(right),
            "not correct": sorted(not_correct(alone, right)),
            "differs": not isinstance(alone, Exception) and alone != together,
            "texts": texts[number] if isinstance(alone, Exception) or not_correct(alone, right) else None,
        }
    return found


def not_correct(report: Report | Exception, right: set[str]) -> set[str]:
    """The fields that are right by value and get another verdict."""
    if isinstance(report, Exception):
        return set()
    return {name for name in right if report.fields[name].verdict is not Verdict.CORRECT}


def measure_strategies(exercise: Exercise) -> Found:
    """What each strategy without knowledge earns beyond what is right by value."""
    found = {}
    for name, strategy in STRATEGIES.items():
        chance = random.Random(f"{exercise.slug}, {name}")  # noqa: S311 - no secret
        answers = read_sheet(exercise, strategy(exercise, chance))
        report = report_alone(exercise, answers)
        raised = isinstance(report, Exception)
        found[f"{exercise.slug}/{name}"] = {
            "strategy": name,
            "raised": raised,
            "beyond": 0.0 if isinstance(report, Exception) else points_beyond(exercise, answers, report),
            "max": exercise.max_points,
            "allowed": allowed(exercise),
        }
    return found


def measure_honest(exercise: Exercise, every: int = 1) -> Found:
    """What honest sheets earn, and which mistakes are named in them; of every so many sheets one, always the same."""
    sheets = [sheet for sheet in honest_sheets(exercise) if crc32(sheet.key.encode()) % every == 0]
    reports = reports_together(exercise, [read_sheet(exercise, sheet.texts) for sheet in sheets])
    return {
        sheet.key: {"kind": sheet.kind, **_in_short(report), "steps": _steps(exercise, sheet, report)}
        for sheet, report in zip(sheets, reports, strict=True)
    }


def _steps(exercise: Exercise, sheet: HonestSheet, report: Report | Exception) -> str:
    """How each step was done, in the order of the report's letters."""
    found = steps_in(exercise, sheet.whole, sheet.texts)
    return "" if isinstance(report, Exception) else "".join(found.get(name, "-") for name in report.fields)


def _in_short(report: Report | Exception) -> dict[str, Any]:
    if isinstance(report, Exception):
        return {"given": 0.0, "max": 0.0, "raised": True}
    return {
        "given": report.score.given,
        "max": report.score.max,
        "letters": report.letters,
        "named": sorted({*report.mistakes.values()}),
    }


def measure_right(exercise: Exercise) -> Found:
    """What right sheets lose, by the way of writing and the digits."""
    sheets = list(right_sheets(exercise))
    batch = [read_sheet(exercise, texts) for _, _, texts in sheets]
    reports = reports_together(exercise, batch)
    return {
        f"{exercise.slug}/{form}/{digits}": {
            "form": form,
            "digits": digits,
            "fields": len(answers.numbers),
            **_losses(exercise, answers, report),
        }
        for (form, digits, _), answers, report in zip(sheets, batch, reports, strict=True)
    }


def _losses(exercise: Exercise, answers: ReadAnswers, report: Report | Exception) -> dict[str, Any]:
    """Fields with less than full credit; an update typed as its old weight shows no step, and is counted apart."""
    if isinstance(report, Exception):
        return {"raised": True}
    old = kept_old(exercise, answers)
    less = [name for name in answers.numbers if report.fields[name].given < report.fields[name].max - LITTLE]
    nothing = sorted(_with_nothing(report, less, old))
    return {
        "less": len(less),
        "old weight": sum(name in old for name in less),
        "nothing": nothing,
        "with the digits": sorted(has_digits(exercise, answers).intersection(nothing)),
        "mistaken": sorted(n for n in less if n not in old and report.fields[n].verdict is Verdict.MISTAKEN),
    }


def has_digits(exercise: Exercise, answers: ReadAnswers) -> set[str]:
    """The computed fields that were typed with the significant digits asked for."""
    asked = dict(zip(exercise.computed_order, exercise.digits_asked.tolist(), strict=True))
    return {name for name, number in answers.numbers.items() if name in asked and number.digits >= asked[name]}


def _with_nothing(report: Report, less: list[str], old: set[str]) -> Iterator[str]:
    return (name for name in less if name not in old and report.fields[name].given <= LITTLE)
