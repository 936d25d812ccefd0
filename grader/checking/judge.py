"""Judging a batch of submissions of one exercise."""

import math
from collections.abc import Mapping, Sequence

from grader.checking.answers import ReadAnswers
from grader.checking.exercise import Exercise, Field, Part
from grader.checking.formulas import formula_keys, judge_formulas
from grader.checking.report import FieldReport, Report, Score
from grader.checking.sheet import Sheet
from grader.checking.trace import Traced, judge_quantities
from grader.checking.verdict import Verdict
from grader.checking.weights import RowReport, WeightsTask, try_weights

JUDGE_VERSION = 2
"""Part of a grading's identity: raised whenever the same submission may be judged otherwise."""


def judge(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
    """Judge submissions together.

    Args:
        exercise: what was asked.
        batch: what was read; problems in it count as missing.

    Returns:
        A report per submission, in the same order, the same as if each were judged alone.
    """
    if not batch:
        return []
    found = judge_quantities(exercise, Sheet.of(exercise, batch))
    if formula_keys(exercise):
        found = [_all(one, judge_formulas(exercise, answers)) for one, answers in zip(found, batch, strict=True)]
    return [
        _report(
            exercise, found[k], [_try(p, p.task, answers) for p in exercise.parts if isinstance(p.task, WeightsTask)]
        )
        for k, answers in enumerate(batch)
    ]


def _all(numbers: Traced, formulas: Traced) -> Traced:
    return Traced({**numbers.fields, **formulas.fields}, tuple(dict.fromkeys((*numbers.notes, *formulas.notes))))


def _try(part: Part, task: WeightsTask, answers: ReadAnswers) -> tuple[dict[str, FieldReport], tuple[RowReport, ...]]:
    """Every weight field of a group carries the group's verdict."""
    blank = [field.name for field in part.fields if field.name not in answers.numbers]
    if blank:
        note = f"Nothing can be tried while {', '.join(blank)} is blank."
        return {f.name: FieldReport(Verdict.MISSING, 0.0, f.points, note=note) for f in part.fields}, ()
    rows = try_weights(task, {field.name: answers.numbers[field.name].value for field in part.fields})
    right = all(row.right for row in rows)
    return {field.name: _weight_field(field, right=right) for field in part.fields}, rows


def _weight_field(field: Field, *, right: bool) -> FieldReport:
    verdict = Verdict.CORRECT if right else Verdict.WRONG
    return FieldReport(verdict, field.points if right else 0.0, field.points)


def _report(
    exercise: Exercise,
    traced: Traced,
    tried: Sequence[tuple[Mapping[str, FieldReport], tuple[RowReport, ...]]],
) -> Report:
    by_name = dict(traced.fields)
    for fields, _ in tried:
        by_name |= fields
    ordered = {name: by_name[name] for name in exercise.field_names}
    given = math.fsum(field.given for field in ordered.values())
    return Report(
        score=Score(round(given, 9), exercise.max_points),
        fields=ordered,
        first_wrong=next((name for name in exercise.steps if _lost(ordered[name])), None),
        rows=tuple(row for _, rows in tried for row in rows),
        notes=traced.notes,
    )


def _lost(field: FieldReport) -> bool:
    return field.verdict in {Verdict.WRONG, Verdict.MISTAKEN}
