"""Recognised mistakes: the evidence for each, and the explanation that fits best."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.engine.ensemble import Ensemble
from grader.engine.mistakes import SWAPPED, MistakeRewrite
from grader.engine.names import Array
from grader.judging.agreement import ASKED, Agreement
from grader.judging.answer_matrix import AnswerMatrix
from grader.judging.exercise import Exercise
from grader.judging.follow_through import Mask
from grader.judging.tolerance import BORDER


@dataclass(frozen=True)
class OpenFields:
    """Submissions to be explained, with earlier results; arrays of shape (n, fields).

    Attributes:
        exercise: the exercise.
        sheet: their answers.
        right: the value expected from the student's own earlier values.
        before: for updates the weight before the step, else 0.
        slack: what rounding of earlier values leaves open.
        open: where an explanation is wanted.
        rounding: where the entry may be the rounded correct or expected value.
        full: where such an entry has the required digits, so that no mistake is named.
        alone: whether mistakes are computed from the given values alone, not from earlier entries: a copied final value
            does not follow from the correct values before it.
    """

    exercise: Exercise
    sheet: AnswerMatrix
    right: Array
    before: Array
    slack: Array
    open: Mask
    rounding: Mask
    full: Mask
    alone: bool = False

    @classmethod
    def of(cls, exercise: Exercise, agreed: Agreement, open_: Mask) -> Self:
        """Arrange the results of the follow-through pass, one column per field."""
        slack = np.nan_to_num(agreed.slack)
        rounding = agreed.is_rounding
        full = rounding & (agreed.precision.digits >= ASKED)
        return cls(exercise, agreed.sheet, agreed.right, agreed.before, slack, open_, rounding, full)

    def wanting(self, open_: Mask) -> "OpenFields":
        """Return the same submissions with other open fields."""
        return replace(self, open=open_)

    def by_itself(self) -> "OpenFields":
        """Return the same fields, compared with what mistakes give from the given values on."""
        right = np.broadcast_to(self.exercise.references, self.right.shape)
        return replace(self, right=right, slack=np.zeros_like(self.slack), alone=True)

    def is_no_rounding(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Mask:
        """Return where the entry cannot be the rounded correct value; shape (cells,)."""
        off = np.abs(self.exercise.references[columns] - self.sheet.values[rows, columns])
        return np.asarray(off > BORDER * self.sheet.half_units[rows, columns])

    def take(self, rows: NDArray[np.intp] | slice) -> "OpenFields":
        """Return some of the submissions."""
        return replace(
            self,
            sheet=self.sheet.take(rows),
            right=self.right[rows],
            before=self.before[rows],
            slack=self.slack[rows],
            open=self.open[rows],
            rounding=self.rounding[rows],
            full=self.full[rows],
        )


ZERO = 3.5
"""The evidence of a 0 if a mistake gives exactly 0: people also write 0 for other reasons."""

SUPPORT = 0.1
"""The evidence of a short number that agrees to the last bit: nothing alone, but it supports others."""

LAST_BITS = 1e-11
"""Two float64 values that differ by less than this share are the same."""

AGREES = 1e-6
"""Two float64 computations of the same procedure differ by far less than this share."""

APART = 0.25
"""A value must be nearer to the mistake's than to the correct one by this share of their distance."""


@dataclass(frozen=True)
class Matches:
    """Comparison of an ensemble's values with the entries, for the open fields alone.

    Attributes:
        rows: the submission of each open field, shape (cells,).
        columns: its index among the fields, shape (cells,).
        digits: evidence if a way explains a field, else 0: minus the decimal logarithm of a chance hit; (ways, cells).
        agreeing: significant digits that agree with a way's value; (ways, cells).
        near: whether any way's value lies within the rounding of the entry; shape (cells,).
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    digits: Array
    agreeing: Array
    near: Mask


def compare(case: OpenFields, ensemble: Ensemble) -> Matches:
    """Evaluate every way of an ensemble and compare it with the entries."""
    exercise = case.exercise
    # Cells are the open fields, column by column, so that each quantity contributes one block of values.
    columns, rows = np.nonzero(case.open.T)
    names = [case.sheet.names[k] for k in np.flatnonzero(case.open.any(axis=0)).tolist()]
    given = {name: exercise.reference[name] for name in exercise.graph.given}
    entered = {} if case.alone else case.sheet.columns()
    expected = ensemble.follow(given, entered, len(case.open), names)
    # (ways, cells): each way's value for each open field
    value = np.concatenate([expected[n][:, case.open[:, exercise.computed_order.index(n)]] for n in names], axis=1)
    digits = np.nan_to_num(_evidence(case, rows, columns, value))
    _forget_filler(digits, rows, case.sheet.values[rows, columns] == 0)
    typed, half = case.sheet.values[rows, columns], case.sheet.half_units[rows, columns]
    with np.errstate(all="ignore"):
        off = np.abs(typed - value)
        # Digits up to the first that differs, but no more than were typed.
        agreeing = np.floor(np.log10(np.abs(value) / (2.0 * np.maximum(off, half)))) + 1.0
        # Values that would pass as correct do not count as near a mistake.
        wrong = np.abs(value - exercise.references[columns]) > exercise.widths[columns]
        near = (wrong & (off <= half)).any(axis=0)
    return Matches(rows, columns, digits, np.clip(np.nan_to_num(agreeing), 1.0, 15.0), np.asarray(near))


def _evidence(case: OpenFields, rows: NDArray[np.intp], columns: NDArray[np.intp], value: Array) -> Array:
    """Return the evidence, in digits, of each open field for each way; shape (ways, cells).

    An entry that may be the rounded correct value is no evidence, unless it equals a way's value to the last bit.
    """
    typed, half = case.sheet.values[rows, columns], case.sheet.half_units[rows, columns]
    right, before = case.right[rows, columns], case.before[rows, columns]
    at_word = case.exercise.exactness(typed, half, columns)
    with np.errstate(all="ignore"):
        # A chance hit is measured against the size of the values; for updates, of the change.
        scale = np.maximum(np.abs(value - before), np.abs(right - before))
        apart, off = np.abs(value - right), np.abs(typed - value)
        # The way must change the field; a rounded correct value only counts as an exact, incomplete match.
        changed = (apart > LAST_BITS * np.maximum(np.abs(right), np.abs(value))) | ~np.isfinite(right)
        same = off <= LAST_BITS * np.abs(value)
        changed &= ~case.rounding[rows, columns] | (same & ~case.full[rows, columns])
        # An entry hits within the rounding of its digits, or literally if it cannot be a rounding …
        window = np.where(same & at_word, off, 2.0 * half) + AGREES * scale
        # … plus what earlier rounding leaves open, unless the way predicts an unchanged weight …
        window += np.where((off > window) & (value != before), case.slack[rows, columns], 0.0)
        # … but, unless exact, at most a quarter of the way (APART) to the correct value.
        window = np.minimum(window, np.where((same & ~at_word) | ~np.isfinite(right), np.inf, APART * apart))
        hit = changed & np.isfinite(value) & (scale > 0) & (off <= window) & (same | case.is_no_rounding(rows, columns))
        # Evidence is the number of digits by which a random value would miss, limited for zeros and short numbers.
        least, most = np.where(same, SUPPORT, 0.0), np.where(value == 0, ZERO, 12.0)
        return np.where(hit, np.clip(-np.log10(window / scale), least, most), 0.0)


def _forget_filler(digits: Array, rows: NDArray[np.intp], zeros: Mask) -> None:
    """Reduce zeros to support where a way does not explain all zeros of a submission: the others are fillers.

    Args:
        digits: shape (ways, cells); changed in place.
        rows: the submission of each cell.
        zeros: the cells in which 0 was typed.
    """
    if not zeros.any():
        return
    # Per submission and way, count the zeros that the way does not explain.
    unexplained = np.zeros((int(rows.max()) + 1, len(digits)), dtype=np.intp)
    np.add.at(unexplained, rows[zeros], (digits[:, zeros] == 0).T)
    is_filler = unexplained[rows[zeros]].T > 0
    digits[:, zeros] = np.where(is_filler, np.minimum(digits[:, zeros], SUPPORT), digits[:, zeros])


ENOUGH = 3.5
"""The least number of agreeing digits, over all fields that one mistake explains, before it is named."""

BEYOND_CHANCE = 2.0
"""Digits beyond those that chance would give: the more choices there are, the more must agree."""

ENOUGH_ALONE = 6.0
"""The same if a mistake is computed from the given values alone, which leaves more to chance."""

ENOUGH_AGAIN = 1.0
"""The same for a mistake that has already been named."""

CELLS = 4_000_000
"""The most mistakes times submissions times fields compared at once; limits the memory of a batch."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A mistake that explains some fields of one submission.

    Attributes:
        mistakes: ids: one, or two made together.
        fields: the explained fields.
        alternatives: ids of mistakes that explain the same fields equally well.
        digits: agreeing digits, the least of all fields.
    """

    mistakes: tuple[str, ...]
    fields: tuple[str, ...]
    alternatives: tuple[str, ...]
    digits: int


def explain(
    case: OpenFields, ensemble: Ensemble, named: Sequence[Collection[str]] = ()
) -> Iterator[tuple[list[Explanation], Mask]]:
    """Yield for each submission the explanations of its open fields, and which of them lie near a mistake's value.

    Args:
        case: the submissions.
        ensemble: the mistakes that may explain them.
        named: for each submission ids of mistakes already recognised in it, which need less evidence.
    """
    n, fields = case.open.shape
    size = max(1, CELLS // max(1, len(ensemble.ways) * fields))
    for start in range(0, n, size):
        part = case.take(slice(start, start + size))
        matches = compare(part, ensemble)
        near = np.zeros(part.open.shape, dtype=bool)
        near[matches.rows, matches.columns] = matches.near
        cells: list[list[int]] = [[] for _ in part.open]
        for cell in np.flatnonzero(matches.digits.any(axis=0)).tolist():
            cells[matches.rows[cell]].append(cell)
        for row, found in enumerate(cells):
            if not found:
                yield [], near[row]
                continue
            names = [case.sheet.names[k] for k in matches.columns[found].tolist()]
            wanted = _wanted(part, ensemble, row, named[start + row] if named else ())
            evidence = Evidence(names, matches.digits[:, found], matches.agreeing[:, found])
            yield _choose(evidence, ensemble, wanted), near[row]


@dataclass(frozen=True)
class Evidence:
    """The evidence for each way in one submission.

    Attributes:
        names: open fields that something explains.
        digits: as in `Matches`, shape (ways, len(names)).
        agreeing: as in `Matches`, same shape.
    """

    names: Sequence[str]
    digits: Array
    agreeing: Array


def _wanted(case: OpenFields, ensemble: Ensemble, row: int, named: Collection[str]) -> Array:
    """Return the digits that must agree before a way is named, shape (ways,): more if chance has more choices."""
    choices = len(ensemble.ways) * float(case.open[row].sum())
    least = max(ENOUGH_ALONE if case.alone else ENOUGH, BEYOND_CHANCE + float(np.log10(choices)))
    if not named:
        return np.full(len(ensemble.ways), least)
    return np.array([ENOUGH_AGAIN if name in named else least for name in ensemble.ids])


def _choose(evidence: Evidence, ensemble: Ensemble, wanted: Array) -> list[Explanation]:
    """Take the mistake that explains most, then the one that explains most of the rest, and so on.

    Args:
        evidence: of one submission.
        ensemble: the ways.
        wanted: digits that must agree, shape (ways,).
    """
    found: list[Explanation] = []
    enough = np.flatnonzero(evidence.digits.sum(axis=1) >= wanted)
    digits, ways = evidence.digits[enough], [ensemble.ways[k] for k in enough.tolist()]
    left = np.ones(len(evidence.names), dtype=bool)
    while ways and left.any():
        # Most fields first; among equals most digits, where nearly equal sums go to the more common mistake.
        explained = (digits > 0) & left
        counts = explained.sum(axis=1)
        if not counts.any():
            break
        sums = np.where(counts == counts.max(), np.where(explained, digits, 0.0).sum(axis=1), -np.inf)
        best = int(np.argmax(sums >= sums.max() - ENOUGH / 2))  # the first of nearly equal ones
        agreeing = evidence.agreeing[enough[best], explained[best]].min()
        found.append(_explanation(evidence.names, ways, best, explained, int(agreeing)))
        left = left & ~explained[best]
    return found


def _explanation(
    names: Sequence[str], ways: Sequence[MistakeRewrite], best: int, explained: Mask, agreeing: int
) -> Explanation:
    """Return the explanation by the best candidate, with those that explain the same fields as alternatives."""
    fields = np.flatnonzero(explained[best])
    same = [
        way.id
        for row, way in enumerate(ways)
        if np.array_equal(explained[row], explained[best]) and way.id != ways[best].id
    ]
    return Explanation(
        ways[best].mistakes, tuple(names[k] for k in fields.tolist()), tuple(dict.fromkeys(same)), agreeing
    )


def swapped(case: OpenFields) -> list[list[Explanation]]:
    """Return pairs of open fields that contain each other's correct values."""
    size = max(1, CELLS // max(1, case.open.shape[1] ** 2))
    parts = (case.take(slice(start, start + size)) for start in range(0, len(case.open), size))
    return [found for part in parts for found in _swapped(part)]


def _swapped(case: OpenFields) -> list[list[Explanation]]:
    values, names, right = case.sheet.values, case.sheet.names, case.exercise.references
    # lies_at[row, i, j]: the entry in field i is the correct value of field j
    with np.errstate(all="ignore"):
        lies_at = np.abs(values[:, :, None] - right) <= case.exercise.widths
    crossed = lies_at & lies_at.transpose(0, 2, 1) & case.open[:, :, None] & case.open[:, None, :]
    # Fields with equal correct values cannot be swapped.
    crossed &= ~np.isclose(right[:, None], right[None, :], rtol=1e-9, atol=0.0)
    found: list[list[Explanation]] = [[] for _ in values]
    for row, one, other in np.argwhere(np.triu(crossed)).tolist():
        if min(case.sheet.digits(row, one), case.sheet.digits(row, other)) >= ENOUGH / 2:
            found[row].append(Explanation((SWAPPED,), (names[one], names[other]), (), 0))
    return found


def beside(found: Sequence[Explanation], swaps: Sequence[Explanation]) -> list[Explanation]:
    """Add swapped fields to other mistakes: a swap is the better explanation, unless another one covers both fields."""
    chosen = list(found)
    for swap in swaps:
        fields = set(swap.fields)
        covering = [one for one in chosen if fields <= set(one.fields)]
        if not covering:
            chosen = [*(one for one in chosen if fields.isdisjoint(one.fields)), swap]
        elif len(covering[0].fields) == len(fields):
            alternatives = (*covering[0].alternatives, SWAPPED)
            chosen[chosen.index(covering[0])] = replace(covering[0], alternatives=alternatives)
    return chosen
