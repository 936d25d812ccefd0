"""Judging a batch of submissions to one exercise."""

import math
from collections.abc import Sequence

from grader.judging.answer_matrix import AnswerMatrix
from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.judge_formulas import formula_keys, judge_formulas
from grader.judging.judge_quantities import FieldResults, judge_quantities
from grader.judging.judge_weights import PartReport, try_part
from grader.judging.report import Report, Score
from grader.judging.verdict import Verdict
from grader.judging.weights.task import WeightsTask

JUDGE_VERSION = 8
"""Part of a grading's identity: raised whenever the same submission may be judged differently."""

LOST = frozenset({Verdict.WRONG, Verdict.MISTAKEN})
"""Verdicts of a wrong step; missing and imprecise values are not wrong steps."""


def judge(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
    """Judge submissions together.

    Args:
        exercise: the exercise.
        batch: parsed answers; those with problems count as missing.

    Returns:
        A report per submission, in the same order, equal to what judging each one alone would give.
    """
    if not batch:
        return []
    found = judge_quantities(exercise, AnswerMatrix.of(exercise, batch))
    if formula_keys(exercise):
        found = [_all(one, judge_formulas(exercise, answers)) for one, answers in zip(found, batch, strict=True)]
    return [
        _report(
            exercise,
            found[k],
            [try_part(p, p.task, answers) for p in exercise.parts if isinstance(p.task, WeightsTask)],
        )
        for k, answers in enumerate(batch)
    ]


def _all(numbers: FieldResults, formulas: FieldResults) -> FieldResults:
    return FieldResults({**numbers.fields, **formulas.fields}, tuple(dict.fromkeys((*numbers.notes, *formulas.notes))))


def _report(exercise: Exercise, traced: FieldResults, parts: Sequence[PartReport]) -> Report:
    by_name = dict(traced.fields)
    for part in parts:
        by_name |= part.fields
    tried = [part.tried for part in parts if part.tried]
    ordered = {name: by_name[name] for name in exercise.field_names}
    given = math.fsum([field.given for field in ordered.values()])
    return Report(
        score=Score(round(given, 9), exercise.max_points),
        fields=ordered,
        first_wrong=next((name for name in exercise.steps if ordered[name].verdict in LOST), None),
        rows=tuple(row for one in tried for row in one.rows),
        notes=(*traced.notes, *(note for one in tried for note in one.notes)),
        trained=next((one.report for one in tried), None),
    )
