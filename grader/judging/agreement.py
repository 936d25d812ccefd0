"""Whether typed values agree with what their digits leave open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from grader.engine.names import Array
from grader.judging.answer_matrix import AnswerMatrix
from grader.judging.exercise import Exercise
from grader.judging.follow_through import Followed, Guards, Mask, Precision
from grader.judging.left_open import by_last_digits, left_open
from grader.judging.tolerance import BORDER, closed

FEW = 2
"""Digits that must be typed at least before anything is called a rounding of what is expected, or cut off."""

REACH = 0.3
"""What is further from what is expected than this share of it (of its change) is no matter of rounding."""

ASKED = 4
"""Digits that are asked for: what is written with them and rounds from the right value is never a mistake."""


@dataclass(frozen=True)
class Agreement:
    """Of the submissions in which something is off; arrays of shape (n, fields).

    Attributes:
        sheet: their answers.
        precision: the digits typed.
        followed: the pass through the student's own values.
        right: what is expected from the student's own earlier values.
        before: for updates the weight before the step, else 0.
        slack: by how much rounding of earlier values may move what is expected.
        consistent: within tolerance of what is expected.
        right_rounded: the right value may have been rounded to what was typed.
        own_rounded: what is expected may have been rounded to what was typed.
        cut: the right value, cut off instead of rounded.
        refused: where nothing may follow from what was entered earlier.
    """

    sheet: AnswerMatrix
    precision: Precision
    followed: Followed
    right: Array
    before: Array
    slack: Array
    consistent: Mask
    right_rounded: Mask
    own_rounded: Mask
    cut: Mask
    refused: Guards

    @property
    def unmoved(self) -> Mask:
        """Where 0 was typed, or for an update the old weight."""
        return np.asarray(self.sheet.values == self.before)

    @property
    def shows_right(self) -> Mask:
        """Where digits were typed that round from the right value, whatever else they may follow from."""
        shown = (self.precision.digits >= FEW) | self.precision.fine
        return np.asarray(self.right_rounded & ~self.unmoved & shown)

    @property
    def is_rounding(self) -> Mask:
        """What may be right, or follow, but for the digits typed."""
        return np.asarray(self.right_rounded | self.own_rounded | self.cut)

    def refusing(self, followed: Followed) -> "Agreement":
        """The same with what another pass refuses."""
        return replace(self, refused=_refused(followed, self.sheet.names))


def agreement(exercise: Exercise, sheet: AnswerMatrix, followed: Followed, open_: Mask) -> Agreement:
    """Compare sheets with the right values and with what they give themselves.

    Args:
        exercise: what was asked.
        sheet: the answers, shape (n, fields).
        followed: the follow-through pass over them.
        open_: the fields that are not correct as they stand.
    """
    names = sheet.names
    n = len(sheet.values)
    weights = [exercise.before(name) for name in names]
    right = _columns([followed.expected[name] for name in names], n)
    before = _columns([followed.own[weight] if weight else np.zeros(()) for weight in weights], n)
    widths = exercise.tolerances.widths(right, before, exercise.references)
    off = np.abs(sheet.values - right)
    open_ = open_ & np.isfinite(right)  # nothing is near what has no value, or overflows
    consistent = open_ & (off <= closed(widths, right))
    in_reach = off <= REACH * np.abs(right - before) + 4.0 * sheet.half_units
    far = open_ & ~consistent & ~in_reach
    expected = Expected.exactly(right)
    _widen(exercise, sheet, followed, far, expected.slack)
    expected = _left_open(exercise, sheet, followed, open_ & ~consistent & in_reach, expected)
    consistent |= open_ & (off <= closed(widths + expected.slack, right))
    consistent |= open_ & (np.abs(sheet.values - expected.unrounded) <= closed(widths, right))
    precision = Precision.of(sheet)
    right_rounded, own_rounded, cut = _roundings(exercise, sheet, precision, expected)
    consistent |= open_ & own_rounded & (off <= closed(widths + expected.by_digits, right))
    return Agreement(
        sheet=sheet,
        precision=precision,
        followed=followed,
        right=right,
        before=before,
        slack=expected.slack,
        consistent=consistent,
        right_rounded=right_rounded,
        own_rounded=own_rounded,
        cut=cut,
        refused=_refused(followed, names),
    )


@dataclass(frozen=True)
class Expected:
    """What is expected from a student's own values, and how far that may move; arrays of shape (n, fields).

    Attributes:
        right: the value for what was typed.
        unrounded: the value for what was typed, before it was rounded.
        slack: by how much rounding of earlier values may move it.
        by_digits: by how much the last digits of earlier values may, whatever they stand for.
        on_paper: by how much rounding may where values that were not sent were rounded too.
    """

    right: Array
    unrounded: Array
    slack: Array
    by_digits: Array
    on_paper: Array

    @classmethod
    def exactly(cls, right: Array) -> Self:
        """What leaves nothing open."""
        return cls(right, right.copy(), *(np.zeros(right.shape) for _ in range(3)))


def _roundings(
    exercise: Exercise, sheet: AnswerMatrix, precision: Precision, expected: Expected
) -> tuple[Mask, Mask, Mask]:
    """Where a value may be a rounding of the right one, of what is expected, or the right one cut off."""
    references, typed, half = exercise.references, sheet.values, BORDER * sheet.half_units
    may_be = _may_be_rounded(exercise, sheet, precision)
    right_rounded = may_be & (np.abs(typed - references) <= half)
    enough = may_be & _shows_enough(precision, typed)
    own_rounded = enough & (
        (np.abs(typed - expected.right) <= half + expected.on_paper) | (np.abs(typed - expected.unrounded) <= half)
    )
    missing = np.sign(references) * (references - typed)  # how much of the right value was cut off
    cut = enough & (typed != 0) & (missing > 0) & (missing < 2.0 * half) & (np.sign(typed) == np.sign(references))
    return right_rounded, own_rounded, cut & ~right_rounded


def _shows_enough(precision: Precision, typed: Array) -> Mask:
    """Where two digits were typed, or four decimals."""
    return np.asarray((precision.digits >= FEW) | precision.fine & ((precision.digits > 0) | (typed == 0)))


def rounded_right(exercise: Exercise, sheet: AnswerMatrix) -> dict[str, Mask]:
    """Per field where the right value may have been rounded to what was typed, zeros aside.

    A plain old weight may be, where its change does not show in the digits that are asked for.
    """
    precision = Precision.of(sheet)
    off = np.abs(sheet.values - exercise.references)
    with np.errstate(all="ignore"):
        last_asked = 10.0 ** (np.floor(np.log10(np.abs(sheet.values))) - (ASKED - 1))
    fits = _may_be_rounded(exercise, sheet, precision) & (off <= BORDER * sheet.half_units)
    fits |= _is_old_weight(exercise, sheet, precision) & (off <= 0.5 * last_asked)
    return {name: fits[:, k] for k, name in enumerate(sheet.names)}


def _may_be_rounded(exercise: Exercise, sheet: AnswerMatrix, precision: Precision) -> Mask:
    """Where somebody typed digits that a value may have been rounded to."""
    is_old = _is_old_weight(exercise, sheet, precision)
    return np.asarray(~sheet.exact & ~is_old & ((sheet.values != 0) | precision.fine))


def _is_old_weight(exercise: Exercise, sheet: AnswerMatrix, precision: Precision) -> Mask:
    """Where an update is just the old weight; written with more digits than the weight has, it was rounded to it."""
    olds = [exercise.before(name) for name in sheet.names]
    before = np.array([float(exercise.reference[weight]) if weight else np.nan for weight in olds])
    is_padded = ((precision.digits >= ASKED) | precision.fine) & (precision.digits > precision.own)
    return np.asarray((sheet.values == before) & ~is_padded)


def _left_open(exercise: Exercise, sheet: AnswerMatrix, followed: Followed, wanted: Mask, exact: Expected) -> Expected:
    """How far rounding may move what is expected, where that matters."""
    rows = np.flatnonzero(wanted.any(axis=1))
    if not len(rows):
        return exact
    names = [sheet.names[k] for k in np.flatnonzero(wanted.any(axis=0)).tolist()]
    is_all = len(rows) == len(sheet.values)
    part = sheet if is_all else sheet.take(rows)
    passed = followed if is_all else followed.take(rows)
    found = left_open(exercise.graph, passed, part.rounding(), names)
    for name in names:
        k = sheet.names.index(name)
        here = rows[wanted[rows, k]]  # where it is not wanted it is 0 alone, and so in company
        place = wanted[rows, k]
        exact.slack[here, k] = found.moved[name][place]
        exact.unrounded[here, k] = found.unrounded[name][place]
        exact.by_digits[here, k] = found.by_digits[name][place]
        exact.on_paper[here, k] = found.on_paper[name][place]
    return exact


def _widen(exercise: Exercise, sheet: AnswerMatrix, followed: Followed, far: Mask, slack: Array) -> None:
    """Note how far the last digits typed move what is expected of values that are no rounding of it."""
    if not far.any():
        return
    names = [sheet.names[k] for k in np.flatnonzero(far.any(axis=0)).tolist()]
    moved = by_last_digits(exercise.graph, followed, sheet.rounding(), names)
    for name in names:
        k = sheet.names.index(name)
        slack[far[:, k], k] = moved[name][far[:, k]]


def _refused(followed: Followed, names: Sequence[str]) -> Guards:
    n = len(followed.expected[names[0]])
    range_, flat = np.zeros((n, len(names)), dtype=bool), np.zeros((n, len(names)), dtype=bool)
    for k, name in enumerate(names):
        range_[:, k], flat[:, k] = followed.refused[name].range, followed.refused[name].flat
    return Guards(range_, flat)


def _columns(arrays: Sequence[Array], n: int) -> Array:
    table = np.empty((n, len(arrays)))
    for k, array in enumerate(arrays):
        table[:, k] = array
    return table
