"""How far the values that mistakes give agree with what was typed, beyond what chance would do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.checking.case import Case
from grader.checking.follow import Mask
from grader.engine.arrays import Array
from grader.engine.ensemble import Ensemble

ZERO = 3.5
"""What a 0 is worth as evidence, where a mistake gives just 0: people write it for other reasons too."""

SUPPORT = 0.1
"""What a short number is worth that agrees to the last bit: nothing alone, but it belongs to what others show."""

LAST_BITS = 1e-11
"""Nearer than this share, two float64 values are the same."""

AGREES = 1e-6
"""Two float64 computations of the same procedure differ by far less than this share."""

APART = 0.25
"""A value must be nearer to the mistake's than to the right one by this share of their distance."""


@dataclass(frozen=True)
class Matches:
    """How an ensemble's values compare with what was entered, for the open fields alone.

    Attributes:
        rows: per open field its submission, shape (cells,).
        columns: and its place among the fields, shape (cells,).
        digits: evidence where a way explains a field, else 0: the digits by which chance would miss; (ways, cells).
        agreeing: significant digits that agree with a way's value; (ways, cells).
        near: whether any way's value lies within the rounding of what was typed; shape (cells,).
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    digits: Array
    agreeing: Array
    near: Mask


def compare(case: Case, ensemble: Ensemble) -> Matches:
    """Run every way of an ensemble on the case."""
    exercise = case.exercise
    columns, rows = np.nonzero(case.open.T)
    names = [case.sheet.names[k] for k in np.flatnonzero(case.open.any(axis=0)).tolist()]
    given = {name: exercise.reference[name] for name in exercise.graph.given}
    entered = {} if case.alone else case.sheet.columns()
    expected = ensemble.follow(given, entered, len(case.open), names)
    value = np.concatenate([expected[n][:, case.open[:, exercise.computed_order.index(n)]] for n in names], axis=1)
    digits = np.nan_to_num(_evidence(case, rows, columns, value))
    _forget_filler(digits, rows, case.sheet.values[rows, columns] == 0)
    typed, half = case.sheet.values[rows, columns], case.sheet.half_units[rows, columns]
    with np.errstate(all="ignore"):
        off = np.abs(typed - value)
        agreeing = np.floor(np.log10(np.abs(value) / (2.0 * np.maximum(off, half)))) + 1.0
        wrong = np.abs(value - exercise.references[columns]) > exercise.widths[columns]
        near = (wrong & (off <= half)).any(axis=0)
    return Matches(rows, columns, digits, np.clip(np.nan_to_num(agreeing), 1.0, 15.0), np.asarray(near))


def _evidence(case: Case, rows: NDArray[np.intp], columns: NDArray[np.intp], value: Array) -> Array:
    """How many digits of each open field agree with the values of each way; shape (ways, cells).

    What the right value may have been rounded to is no evidence, unless it is a way's value to the last bit.
    """
    typed, half = case.sheet.values[rows, columns], case.sheet.half_units[rows, columns]
    right, before = case.right[rows, columns], case.before[rows, columns]
    at_word = case.exercise.exactness(typed, half, columns)
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(value - before), np.abs(right - before))
        apart, off = np.abs(value - right), np.abs(typed - value)
        changed = (apart > LAST_BITS * np.maximum(np.abs(right), np.abs(value))) | ~np.isfinite(right)
        same = off <= LAST_BITS * np.abs(value)
        changed &= ~case.rounding[rows, columns] | (same & ~case.full[rows, columns])
        window = np.where(same & at_word, off, 2.0 * half) + AGREES * scale
        window += np.where((off > window) & (value != before), case.slack[rows, columns], 0.0)
        window = np.minimum(window, np.where((same & ~at_word) | ~np.isfinite(right), np.inf, APART * apart))
        hit = changed & np.isfinite(value) & (scale > 0) & (off <= window) & (same | case.is_no_rounding(rows, columns))
        least, most = np.where(same, SUPPORT, 0.0), np.where(value == 0, ZERO, 12.0)
        return np.where(hit, np.clip(-np.log10(window / scale), least, most), 0.0)


def _forget_filler(digits: Array, rows: NDArray[np.intp], zeros: Mask) -> None:
    """Zeros are evidence for a way only where it explains all that a submission has; others fill what is not known.

    Args:
        digits: shape (ways, cells); changed in place.
        rows: the submission of each cell.
        zeros: the cells in which 0 was typed.
    """
    if not zeros.any():
        return
    unexplained = np.zeros((int(rows.max()) + 1, len(digits)), dtype=np.intp)
    np.add.at(unexplained, rows[zeros], (digits[:, zeros] == 0).T)
    is_filler = unexplained[rows[zeros]].T > 0
    digits[:, zeros] = np.where(is_filler, np.minimum(digits[:, zeros], SUPPORT), digits[:, zeros])
