"""Whether typed values agree with expected ones, within the precision of their digits."""

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
"""The least number of typed digits before a value may count as a rounded or truncated expected value."""

REACH = 0.3
"""A difference beyond this share of the expected value (of its change for updates) is not due to rounding."""

ASKED = 4
"""The number of digits asked for: a value typed with them that rounds from the correct value is never a mistake."""


@dataclass(frozen=True)
class Agreement:
    """Agreement of the submissions that are not entirely correct; arrays of shape (n, fields).

    Attributes:
        sheet: their answers.
        precision: the typed digits.
        followed: the pass through the student's own values.
        right: the value expected from the student's own earlier values.
        before: for updates the weight before the step, else 0.
        slack: how far rounding of earlier values may move the expected value.
        consistent: within tolerance of the expected value.
        right_rounded: where the entry may be the rounded correct value.
        own_rounded: where the entry may be the rounded expected value.
        cut: where the entry is the correct value, truncated instead of rounded.
        refused: where nothing may follow from earlier entries.
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
        """Where the typed digits round from the correct value, whatever else they may follow from."""
        shown = (self.precision.digits >= FEW) | self.precision.fine
        return np.asarray(self.right_rounded & ~self.unmoved & shown)

    @property
    def is_rounding(self) -> Mask:
        """Where the entry may be correct, or follow, except for the number of digits."""
        return np.asarray(self.right_rounded | self.own_rounded | self.cut)

    def refusing(self, followed: Followed) -> "Agreement":
        """Return the same with the refusals of another pass."""
        return replace(self, refused=_refused(followed, self.sheet.names))


def agreement(exercise: Exercise, sheet: AnswerMatrix, followed: Followed, open_: Mask) -> Agreement:
    """Compare answers with the correct values and with the values expected from their own earlier ones.

    Args:
        exercise: the exercise.
        sheet: the answers, shape (n, fields).
        followed: their follow-through pass.
        open_: the fields that are not correct as they stand.
    """
    names = sheet.names
    n = len(sheet.values)
    weights = [exercise.before(name) for name in names]
    right = _columns([followed.expected[name] for name in names], n)
    before = _columns([followed.own[weight] if weight else np.zeros(()) for weight in weights], n)
    widths = exercise.tolerances.widths(right, before, exercise.references)
    off = np.abs(sheet.values - right)
    open_ = open_ & np.isfinite(right)  # nothing is near an undefined or infinite value
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
    """Values expected from a student's own ones, and how far they may move; arrays of shape (n, fields).

    Attributes:
        right: expected from the values as typed.
        unrounded: expected from the values before they were rounded.
        slack: how far rounding of earlier values may move it.
        by_digits: how far the last digits of earlier values may move it, whatever they are rounded from.
        on_paper: how far rounding may move it if values that were not submitted were rounded too.
    """

    right: Array
    unrounded: Array
    slack: Array
    by_digits: Array
    on_paper: Array

    @classmethod
    def exactly(cls, right: Array) -> Self:
        """Return expected values that are exact."""
        return cls(right, right.copy(), *(np.zeros(right.shape) for _ in range(3)))


def _roundings(
    exercise: Exercise, sheet: AnswerMatrix, precision: Precision, expected: Expected
) -> tuple[Mask, Mask, Mask]:
    """Return where an entry may be the rounded correct, the rounded expected, or the truncated correct value."""
    references, typed, half = exercise.references, sheet.values, BORDER * sheet.half_units
    may_be = _may_be_rounded(exercise, sheet, precision)
    right_rounded = may_be & (np.abs(typed - references) <= half)
    enough = may_be & _shows_enough(precision, typed)
    own_rounded = enough & (
        (np.abs(typed - expected.right) <= half + expected.on_paper) | (np.abs(typed - expected.unrounded) <= half)
    )
    missing = np.sign(references) * (references - typed)  # positive where the entry falls short of the correct value
    cut = enough & (typed != 0) & (missing > 0) & (missing < 2.0 * half) & (np.sign(typed) == np.sign(references))
    return right_rounded, own_rounded, cut & ~right_rounded


def _shows_enough(precision: Precision, typed: Array) -> Mask:
    """Return where two digits, or four decimals, were typed."""
    return np.asarray((precision.digits >= FEW) | precision.fine & ((precision.digits > 0) | (typed == 0)))


def rounded_right(exercise: Exercise, sheet: AnswerMatrix) -> dict[str, Mask]:
    """Return for each field where the correct value may have been rounded to the entry, except for zeros.

    An unchanged old weight may be such a rounding, if the change is invisible in the required digits.
    """
    precision = Precision.of(sheet)
    off = np.abs(sheet.values - exercise.references)
    with np.errstate(all="ignore"):
        last_asked = 10.0 ** (np.floor(np.log10(np.abs(sheet.values))) - (ASKED - 1))
    fits = _may_be_rounded(exercise, sheet, precision) & (off <= BORDER * sheet.half_units)
    fits |= _is_old_weight(exercise, sheet, precision) & (off <= 0.5 * last_asked)
    return {name: fits[:, k] for k, name in enumerate(sheet.names)}


def _may_be_rounded(exercise: Exercise, sheet: AnswerMatrix, precision: Precision) -> Mask:
    """Return where the typed digits may be those of a rounded value."""
    is_old = _is_old_weight(exercise, sheet, precision)
    return np.asarray(~sheet.exact & ~is_old & ((sheet.values != 0) | precision.fine))


def _is_old_weight(exercise: Exercise, sheet: AnswerMatrix, precision: Precision) -> Mask:
    """Return where an update equals the old weight; with more digits than the weight has, it counts as a rounding."""
    olds = [exercise.before(name) for name in sheet.names]
    before = np.array([float(exercise.reference[weight]) if weight else np.nan for weight in olds])
    is_padded = ((precision.digits >= ASKED) | precision.fine) & (precision.digits > precision.own)
    return np.asarray((sheet.values == before) & ~is_padded)


def _left_open(exercise: Exercise, sheet: AnswerMatrix, followed: Followed, wanted: Mask, exact: Expected) -> Expected:
    """Return how far rounding may move the expected values, in the cells where that matters."""
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
        here = rows[wanted[rows, k]]  # unwanted cells are 0, so that a submission is judged alike alone and in a batch
        place = wanted[rows, k]
        exact.slack[here, k] = found.moved[name][place]
        exact.unrounded[here, k] = found.unrounded[name][place]
        exact.by_digits[here, k] = found.by_digits[name][place]
        exact.on_paper[here, k] = found.on_paper[name][place]
    return exact


def _widen(exercise: Exercise, sheet: AnswerMatrix, followed: Followed, far: Mask, slack: Array) -> None:
    """Record how far the last typed digits move the expected values of entries that are not rounded from them."""
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
