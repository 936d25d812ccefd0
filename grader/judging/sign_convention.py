"""The opposite sign convention: some sources define the node delta as -dE/dnet (the lecture mentions it too)."""

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
"""A single negated delta is a sign error; a convention shows in two …"""

ENOUGH_STEPS = 2
"""… or in gradients and updates that are correct all the same."""


def negated_deltas(exercise: Exercise, sheet: AnswerMatrix) -> Mask:
    """Return the submissions whose entered deltas are all negated, while no entered gradient or update is; shape (n,).

    At least two deltas have to be correct except for their sign; for a single one, correct gradients or updates confirm
    it.
    """
    deltas = _columns(exercise, sheet, Kind.DELTA)
    # Candidates: every entered delta has the opposite sign of the reference.
    entered = ~np.isnan(sheet.values[:, deltas])
    turned_signs = sheet.values[:, deltas] * exercise.references[deltas] < 0
    candidates: Mask = np.asarray(turned_signs.any(axis=1) & ~(entered & ~turned_signs).any(axis=1))
    if not candidates.any():
        return candidates
    # Follow the sheet with its deltas negated: do they now agree with the student's own earlier values?
    turned = negate_deltas(exercise, sheet, candidates)
    expected = follow(exercise.graph, exercise.reference, turned.columns()).expected
    fits = np.stack([_fits(exercise, turned, k, expected[sheet.names[k]]) for k in deltas], axis=1)
    same_sign = np.stack([turned.values[:, k] * expected[sheet.names[k]] > 0 for k in deltas], axis=1)
    # Two deltas that agree are a convention; a single one needs confirmation by later gradients and updates.
    number = (fits & entered).sum(axis=1)
    meant: Mask = (number >= ENOUGH_DELTAS) | ((number > 0) & (_confirming(exercise, turned, expected) >= ENOUGH_STEPS))
    # Deltas that do not agree may be other errors, but must at least have the expected sign.
    consistent = np.asarray((same_sign | ~entered).all(axis=1) & meant)
    return np.asarray(candidates & consistent & ~_others_negated(exercise, sheet, expected), dtype=bool)


def _confirming(exercise: Exercise, turned: AnswerMatrix, expected: Mapping[str, Array]) -> NDArray[np.intp]:
    """Return how many gradients and updates agree with the deltas once these are negated, shape (n,)."""
    steps = _columns(exercise, turned, Kind.GRADIENT, Kind.UPDATE)
    fits = [_fits(exercise, turned, k, expected[turned.names[k]]) for k in steps]
    return np.sum(fits, axis=0, dtype=np.intp) if fits else np.zeros(len(turned.values), dtype=np.intp)


def negate_deltas(exercise: Exercise, sheet: AnswerMatrix, rows: Mask) -> AnswerMatrix:
    """Return the sheet with the deltas of some submissions negated."""
    values = sheet.values.copy()
    for k in _columns(exercise, sheet, Kind.DELTA):
        values[rows, k] *= -1.0
    return AnswerMatrix(sheet.names, values, sheet.half_units, sheet.exact)


def _others_negated(exercise: Exercise, sheet: AnswerMatrix, expected: Mapping[str, Array]) -> Mask:
    """Return where a gradient, or the change of a weight, is negated too: then it is a mistake, not a convention."""
    found: Mask = np.zeros(len(sheet.values), dtype=bool)
    for k in _columns(exercise, sheet, Kind.GRADIENT, Kind.UPDATE):
        name = sheet.names[k]
        weight = exercise.before(name)
        # A gradient is mirrored at 0, an update at the weight before the step.
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
