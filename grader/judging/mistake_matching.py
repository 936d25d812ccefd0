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
    """Submissions to be explained, with what was found of them before; arrays of shape (n, fields).

    Attributes:
        exercise: what was asked.
        sheet: their answers.
        right: what is expected from the student's own earlier values.
        before: for updates the weight before the step, else 0.
        slack: what rounding of earlier values leaves open.
        open: where an explanation is wanted.
        rounding: where the right value, or what is expected, may have been rounded to what was typed.
        full: where that was typed with the digits asked for, so that no mistake is named.
        alone: whether mistakes are run on the given values alone, not on what was entered earlier: a copied end
            figure does not follow from the right values before it.
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
        """Lay out what the follow-through pass found, a column per field."""
        slack = np.nan_to_num(agreed.slack)
        rounding = agreed.is_rounding
        full = rounding & (agreed.precision.digits >= ASKED)
        return cls(exercise, agreed.sheet, agreed.right, agreed.before, slack, open_, rounding, full)

    def wanting(self, open_: Mask) -> "OpenFields":
        """The same submissions with other open fields."""
        return replace(self, open=open_)

    def by_itself(self) -> "OpenFields":
        """The same fields, each held against what mistakes give from the given values on."""
        right = np.broadcast_to(self.exercise.references, self.right.shape)
        return replace(self, right=right, slack=np.zeros_like(self.slack), alone=True)

    def is_no_rounding(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Mask:
        """Where the right value can't have been rounded to what was typed; shape (cells,)."""
        off = np.abs(self.exercise.references[columns] - self.sheet.values[rows, columns])
        return np.asarray(off > BORDER * self.sheet.half_units[rows, columns])

    def take(self, rows: NDArray[np.intp] | slice) -> "OpenFields":
        """Some of the submissions."""
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


def compare(case: OpenFields, ensemble: Ensemble) -> Matches:
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


def _evidence(case: OpenFields, rows: NDArray[np.intp], columns: NDArray[np.intp], value: Array) -> Array:
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


ENOUGH = 3.5
"""Digits that must agree at least, over all fields that one mistake explains, before it is named."""

BEYOND_CHANCE = 2.0
"""Digits that must agree beyond those that chance would give: the more there is to choose from, the more."""

ENOUGH_ALONE = 6.0
"""The same where a mistake is run on the given values alone, which gives chance more to choose from."""

ENOUGH_AGAIN = 1.0
"""The same for a mistake that has been named already."""

CELLS = 4_000_000
"""Mistakes times submissions times fields that are looked at together; bounds the memory of a batch."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A mistake that explains some fields of one submission.

    Attributes:
        mistakes: ids: one, or two made together.
        fields: what it explains.
        alternatives: ids of what explains the same fields equally well.
        digits: how many digits agree, per field.
    """

    mistakes: tuple[str, ...]
    fields: tuple[str, ...]
    alternatives: tuple[str, ...]
    digits: int


def explain(
    case: OpenFields, ensemble: Ensemble, named: Sequence[Collection[str]] = ()
) -> Iterator[tuple[list[Explanation], Mask]]:
    """For each submission what explains its open fields, and which of them lie near some mistake's value.

    Args:
        case: the submissions.
        ensemble: the mistakes that may explain them.
        named: per submission ids of mistakes that have been recognised in it; these need less evidence.
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
    """What speaks for each way in one submission.

    Attributes:
        names: open fields that something explains.
        digits: of `Matches`, shape (ways, len(names)).
        agreeing: of `Matches`, the same shape.
    """

    names: Sequence[str]
    digits: Array
    agreeing: Array


def _wanted(case: OpenFields, ensemble: Ensemble, row: int, named: Collection[str]) -> Array:
    """Digits that must agree before a way is named: more where chance has more ways and fields; shape (ways,)."""
    choices = len(ensemble.ways) * float(case.open[row].sum())
    least = max(ENOUGH_ALONE if case.alone else ENOUGH, BEYOND_CHANCE + float(np.log10(choices)))
    if not named:
        return np.full(len(ensemble.ways), least)
    return np.array([ENOUGH_AGAIN if name in named else least for name in ensemble.ids])


def _choose(evidence: Evidence, ensemble: Ensemble, wanted: Array) -> list[Explanation]:
    """Take the mistake that explains most, then the one that explains most of what is left.

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
        explained = (digits > 0) & left
        counts = explained.sum(axis=1)
        if not counts.any():
            break
        sums = np.where(counts == counts.max(), np.where(explained, digits, 0.0).sum(axis=1), -np.inf)
        best = int(np.argmax(sums >= sums.max() - ENOUGH / 2))  # the first of those that explain most: never none
        agreeing = evidence.agreeing[enough[best], explained[best]].min()
        found.append(_explanation(evidence.names, ways, best, explained, int(agreeing)))
        left = left & ~explained[best]
    return found


def _explanation(
    names: Sequence[str], ways: Sequence[MistakeRewrite], best: int, explained: Mask, agreeing: int
) -> Explanation:
    """Put the best of the candidates into words, with those that explain the same."""
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
    """Pairs of open fields that hold each other's right values."""
    size = max(1, CELLS // max(1, case.open.shape[1] ** 2))
    parts = (case.take(slice(start, start + size)) for start in range(0, len(case.open), size))
    return [found for part in parts for found in _swapped(part)]


def _swapped(case: OpenFields) -> list[list[Explanation]]:
    values, names, right = case.sheet.values, case.sheet.names, case.exercise.references
    with np.errstate(all="ignore"):
        lies_at = np.abs(values[:, :, None] - right) <= case.exercise.widths
    crossed = lies_at & lies_at.transpose(0, 2, 1) & case.open[:, :, None] & case.open[:, None, :]
    crossed &= ~np.isclose(right[:, None], right[None, :], rtol=1e-9, atol=0.0)
    found: list[list[Explanation]] = [[] for _ in values]
    for row, one, other in np.argwhere(np.triu(crossed)).tolist():
        if min(case.sheet.digits(row, one), case.sheet.digits(row, other)) >= ENOUGH / 2:
            found[row].append(Explanation((SWAPPED,), (names[one], names[other]), (), 0))
    return found


def beside(found: Sequence[Explanation], swaps: Sequence[Explanation]) -> list[Explanation]:
    """Swapped fields beside other mistakes: a swap is the better explanation, unless another covers both fields."""
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
