"""Judging formulas: the same as the graph's at every point, or as what a mistake makes of it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from grader.checking.answers import ReadAnswers
from grader.checking.convention import ENOUGH_DELTAS, NOTE
from grader.checking.domain import POINTS
from grader.checking.echo import to_latex
from grader.checking.exercise import Exercise, Field
from grader.checking.expression import evaluate
from grader.checking.formula import Formula
from grader.checking.formula_key import FormulaKey, agree, apart
from grader.checking.formula_task import FormulaTask
from grader.checking.report import FieldReport
from grader.checking.trace import Traced
from grader.checking.verdict import Verdict
from grader.checking.words import told
from grader.engine.arrays import Array
from grader.engine.quantities import Kind
from grader.sayings.saying import Saying, figure

STEPS = frozenset({Kind.GRADIENT, Kind.UPDATE})
"""What tells by its sign whether the node deltas before it were meant so."""

EVIDENCE = Saying("judged.formula-agrees", points=POINTS)


def judge_formulas(exercise: Exercise, answers: ReadAnswers) -> Traced:
    """What is found of one submission's formulas; nothing where none is asked."""
    keys = formula_keys(exercise)
    formulas = {name: formula for name, formula in answers.formulas.items() if name in keys}
    found = {name: _values(keys[name], formula) for name, formula in formulas.items()}
    turned = _turned(keys, found)
    fields: dict[str, FieldReport] = {}
    for field in exercise.fields:
        if field.name in found:
            values = keys[field.name].right if field.name in turned else found[field.name]
            fields[field.name] = _judge(keys[field.name], field, formulas[field.name], values)
        elif field.name in keys:
            fields[field.name] = _plain(exercise, field, Verdict.MISSING)
    return Traced(fields, (NOTE,) if turned else ())


@lru_cache(maxsize=64)
def formula_keys(exercise: Exercise) -> Mapping[str, FormulaKey]:
    """What every asked formula of an exercise is compared with, by field."""
    tasks = [part.task for part in exercise.parts if isinstance(part.task, FormulaTask)]
    return {name: FormulaKey(exercise, name, points) for task in tasks for name, points in task.points.items()}


def _values(key: FormulaKey, formula: Formula) -> Array:
    return np.broadcast_to(evaluate(formula.expression, key.points), key.right.shape)


def _turned(keys: Mapping[str, FormulaKey], found: Mapping[str, Array]) -> frozenset[str]:
    """The formulas that are right with node deltas of the opposite sign, where that was done throughout.

    Two at least, a node delta among them, or a node delta beside a right gradient or update; none that is right only
    with the usual sign; and no gradient or update that loses its sign without any delta in it, for then it is no
    convention but a mistake.
    """
    affected = {name: values for name, values in found.items() if keys[name].depends_on_sign}
    turned = frozenset(name for name, values in affected.items() if agree(values, keys[name].turned))
    steps = {name: values for name, values in found.items() if keys[name].kind in STEPS and name not in affected}
    confirmed = any(agree(values, keys[name].right) for name, values in steps.items())
    if len(turned) < ENOUGH_DELTAS - confirmed or all(keys[name].kind is not Kind.DELTA for name in turned):
        return frozenset()
    mixed = any(
        agree(values, keys[name].right) and not keys[name].takes_either_sign for name, values in affected.items()
    )
    lost = any(agree(values, keys[name].mirrored) for name, values in steps.items())
    return frozenset() if mixed or lost else turned


def _judge(key: FormulaKey, field: Field, formula: Formula, found: Array) -> FieldReport:
    """The report of a formula that was given; `found` are its values."""
    echo = to_latex(formula.expression, key.labels)
    if agree(found, key.right):
        return replace(_plain(key.exercise, field, Verdict.CORRECT), echo=echo)
    explaining = key.singles.explaining(found) or key.pairs.explaining(found)
    if explaining:
        first, *others = dict.fromkeys(explaining)
        mistake = told(first, ["+".join(other) for other in others], EVIDENCE)
        return replace(_plain(key.exercise, field, Verdict.MISTAKEN), mistake=mistake, echo=echo)
    return replace(_plain(key.exercise, field, Verdict.WRONG), note=_where(key, found), echo=echo)


def _plain(exercise: Exercise, field: Field, verdict: Verdict) -> FieldReport:
    return FieldReport(verdict, field.points * exercise.credit[verdict], field.points)


def _where(key: FormulaKey, found: Array) -> Saying:
    """A point at which the formula is off, for the student to try; never what would be right there."""
    off = apart(found, key.right)
    with_value = off & np.isfinite(found)
    k = int(np.argmax(with_value if with_value.any() else off))
    point = tuple(Saying("value", name=name, value=figure(values[k])) for name, values in key.points.items())
    if not with_value.any():
        return Saying("judged.no-value", point=point)
    return Saying("judged.other-value", point=point, given=figure(found[k]))
