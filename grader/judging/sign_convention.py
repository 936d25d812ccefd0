"""The other sign convention: some sources write the node delta as -dE/dnet (the lecture says so too)."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from grader.engine.names import Array
from grader.engine.notation import Kind
from grader.judging.answer_matrix import AnswerMatrix
from grader.judging.exercise import Exercise
from grader.judging.follow_through import Mask, follow
from grader.messages.message import Message

NOTE = Message("judged.other-sign")

ENOUGH_DELTAS = 2
"""One negative number is an error of sign; a convention shows in two …"""

ENOUGH_STEPS = 2
"""… or in gradients and updates that are right all the same."""


def negated_deltas(exercise: Exercise, sheet: AnswerMatrix) -> Mask:
    """Submissions whose entered deltas are all negated, while no entered gradient or update is; shape (n,).

    Two deltas have to be right but for their sign; of one alone, gradients or updates tell that it was meant so.
    """
    deltas = _columns(exercise, sheet, Kind.DELTA)
    entered = ~np.isnan(sheet.values[:, deltas])
    turned_signs = sheet.values[:, deltas] * exercise.references[deltas] < 0
    candidates: Mask = np.asarray(turned_signs.any(axis=1) & ~(entered & ~turned_signs).any(axis=1))
    if not candidates.any():
        return candidates
    turned = negate_deltas(exercise, sheet, candidates)
    expected = follow(exercise.graph, exercise.reference, turned.columns()).expected
    fits = np.stack([_fits(exercise, turned, k, expected[sheet.names[k]]) for k in deltas], axis=1)
    same_sign = np.stack([turned.values[:, k] * expected[sheet.names[k]] > 0 for k in deltas], axis=1)
    number = (fits & entered).sum(axis=1)
    meant: Mask = (number >= ENOUGH_DELTAS) | ((number > 0) & (_confirming(exercise, turned, expected) >= ENOUGH_STEPS))
    consistent = np.asarray((same_sign | ~entered).all(axis=1) & meant)
    return np.asarray(candidates & consistent & ~_others_negated(exercise, sheet, expected), dtype=bool)


def _confirming(exercise: Exercise, turned: AnswerMatrix, expected: Mapping[str, Array]) -> NDArray[np.intp]:
    """How many gradients and updates are what the deltas give once they are turned, shape (n,)."""
    steps = _columns(exercise, turned, Kind.GRADIENT, Kind.UPDATE)
    fits = [_fits(exercise, turned, k, expected[turned.names[k]]) for k in steps]
    return np.sum(fits, axis=0, dtype=np.intp) if fits else np.zeros(len(turned.values), dtype=np.intp)


def negate_deltas(exercise: Exercise, sheet: AnswerMatrix, rows: Mask) -> AnswerMatrix:
    """The sheet with the deltas of some submissions negated."""
    values = sheet.values.copy()
    for k in _columns(exercise, sheet, Kind.DELTA):
        values[rows, k] *= -1.0
    return AnswerMatrix(sheet.names, values, sheet.half_units, sheet.exact)


def _others_negated(exercise: Exercise, sheet: AnswerMatrix, expected: Mapping[str, Array]) -> Mask:
    """Where a gradient, or the change of a weight, is negated as well: then it is no convention but a mistake."""
    found: Mask = np.zeros(len(sheet.values), dtype=bool)
    for k in _columns(exercise, sheet, Kind.GRADIENT, Kind.UPDATE):
        name = sheet.names[k]
        weight = exercise.before(name)
        mirrored = 2.0 * (exercise.reference[weight] if weight else 0.0) - expected[name]
        found |= _fits(exercise, sheet, k, mirrored) & ~_fits(exercise, sheet, k, expected[name])
    return found


def _fits(exercise: Exercise, sheet: AnswerMatrix, k: int, expected: Array) -> Mask:
    name = sheet.names[k]
    weight = exercise.before(name)
    width = exercise.asked[name].tolerance.width(expected, exercise.reference[weight] if weight else 0.0)
    return np.asarray(np.abs(sheet.values[:, k] - expected) <= np.maximum(width, sheet.half_units[:, k]))


def _columns(exercise: Exercise, sheet: AnswerMatrix, *kinds: Kind) -> list[int]:
    return [k for k, name in enumerate(sheet.names) if exercise.graph[name].kind in kinds]
