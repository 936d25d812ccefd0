"""Recognising mistakes: which wrong procedure gives just the values that are off.

Every mistake is run *within* the follow-through pass, so that it explains one step from the student's own
earlier values. It is named only on evidence: the digits that agree must be more than chance would give.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from grader.checking.exercise import Exercise
from grader.checking.follow import Followed, Mask, room
from grader.checking.sheet import Sheet
from grader.engine.arrays import Array
from grader.engine.ensemble import Ensemble
from grader.engine.mistakes import SWAPPED, Way

ENOUGH = 3.5
"""Digits that must agree, over all fields that one mistake explains, before it is named."""

ENOUGH_ALONE = 6.0
"""The same where a mistake is run on the given values alone, which gives chance more to choose from."""

LAST_BITS = 1e-11
"""Nearer than this share, two float64 values are the same."""

AGREES = 1e-6
"""Two float64 computations of the same procedure differ by far less than this share."""

APART = 0.25
"""A value must be nearer to the mistake's than to the right one by this share of their distance."""

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


@dataclass(frozen=True)
class Case:
    """Submissions to be explained, with what was found of them before; arrays of shape (n, fields).

    Attributes:
        exercise: what was asked.
        sheet: their answers.
        right: what is expected from the student's own earlier values.
        before: for updates the weight before the step, else 0.
        slack: what rounding of earlier values leaves open.
        refused: where nothing may follow from what was entered earlier.
        open: where an explanation is wanted.
        alone: whether mistakes are run on the given values alone, not on what was entered earlier: a copied end
            figure does not follow from the right values before it.
    """

    exercise: Exercise
    sheet: Sheet
    right: Array
    before: Array
    slack: Array
    refused: Mask
    open: Mask
    alone: bool = False

    @classmethod
    def of(cls, exercise: Exercise, sheet: Sheet, followed: Followed, moved: Mapping[str, Array], open_: Mask) -> Self:
        """Lay out what the follow-through pass found, a column per field."""
        n = len(sheet.values)
        weights = [exercise.before(name) for name in sheet.names]
        slack = [
            np.minimum(moved[name], room(exercise.graph[name], followed)) if name in moved else np.zeros(n)
            for name in sheet.names
        ]
        return cls(
            exercise,
            sheet,
            np.stack([followed.expected[name] for name in sheet.names], axis=1),
            np.stack([np.broadcast_to(followed.own[w] if w else np.zeros(()), (n,)) for w in weights], axis=1),
            np.nan_to_num(np.stack(slack, axis=1)),
            np.stack([followed.refused[name] for name in sheet.names], axis=1),
            open_,
        )

    def wanting(self, open_: Mask) -> "Case":
        """The same submissions with other open fields."""
        return replace(self, open=open_)

    def by_itself(self) -> "Case":
        """The same fields, each held against what mistakes give from the given values on."""
        right = np.broadcast_to(self.exercise.references, self.right.shape)
        return replace(self, right=right, slack=np.zeros_like(self.slack), refused=np.zeros_like(self.open), alone=True)

    def take(self, rows: NDArray[np.intp] | slice) -> "Case":
        """Some of the submissions."""
        parts = (self.right[rows], self.before[rows], self.slack[rows], self.refused[rows], self.open[rows])
        return Case(self.exercise, self.sheet.take(rows), *parts, alone=self.alone)


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
    typed, half = case.sheet.values[rows, columns], case.sheet.half_units[rows, columns]
    right, before, refused = case.right[rows, columns], case.before[rows, columns], case.refused[rows, columns]
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(value - before), np.abs(right - before))
        apart = np.abs(value - right)
        off = np.abs(typed - value)
        exact = (off <= LAST_BITS * np.abs(value)) & exercise.exactness(typed, half, columns)
        window = np.where(exact, 0.0, 2.0 * half) + AGREES * scale + case.slack[rows, columns]
        window = np.minimum(window, np.where(refused, np.inf, APART * apart))
        changed = (apart > LAST_BITS * np.maximum(np.abs(right), np.abs(value))) | refused
        hit = changed & (off <= window) & np.isfinite(value) & (scale > 0)
        digits = np.where(hit, np.clip(-np.log10(window / scale), 0.0, 12.0), 0.0)
        agreeing = np.floor(np.log10(np.abs(value) / (2.0 * np.maximum(off, half)))) + 1.0
        wrong = np.abs(value - exercise.references[columns]) > exercise.widths[columns]
        near = (wrong & (off <= half)).any(axis=0)
    return Matches(rows, columns, np.nan_to_num(digits), np.clip(np.nan_to_num(agreeing), 1.0, 15.0), np.asarray(near))


def explain(case: Case, ensemble: Ensemble) -> Iterator[tuple[list[Explanation], Mask]]:
    """For each submission what explains its open fields, and which of them lie near some mistake's value."""
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
            names = [case.sheet.names[k] for k in matches.columns[found].tolist()]
            evidence = Evidence(names, matches.digits[:, found], matches.agreeing[:, found])
            yield _choose(evidence, ensemble, alone=case.alone) if found else [], near[row]


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


def _choose(evidence: Evidence, ensemble: Ensemble, *, alone: bool) -> list[Explanation]:
    """Take the mistake that explains most, then the one that explains most of what is left."""
    found: list[Explanation] = []
    enough = np.flatnonzero(evidence.digits.sum(axis=1) >= (ENOUGH_ALONE if alone else ENOUGH))
    digits, ways = evidence.digits[enough], [ensemble.ways[k] for k in enough.tolist()]
    left = np.ones(len(evidence.names), dtype=bool)
    while ways and left.any():
        explained = (digits > 0) & left
        counts = explained.sum(axis=1)
        if not counts.any():
            break
        sums = np.where(counts == counts.max(), np.where(explained, digits, 0.0).sum(axis=1), 0.0)
        best = int(np.argmax(sums >= sums.max() - ENOUGH / 2))
        agreeing = evidence.agreeing[enough[best], explained[best]].min()
        found.append(_explanation(evidence.names, ways, best, explained, int(agreeing)))
        left = left & ~explained[best]
    return found


def _explanation(names: Sequence[str], ways: Sequence[Way], best: int, explained: Mask, agreeing: int) -> Explanation:
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


def swapped(case: Case) -> list[list[Explanation]]:
    """Pairs of open fields that hold each other's right values."""
    size = max(1, CELLS // max(1, case.open.shape[1] ** 2))
    parts = (case.take(slice(start, start + size)) for start in range(0, len(case.open), size))
    return [found for part in parts for found in _swapped(part)]


def _swapped(case: Case) -> list[list[Explanation]]:
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
