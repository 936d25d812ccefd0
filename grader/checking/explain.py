"""Recognising mistakes: which wrong procedure gives just the values that are off.

Every mistake is run *within* the follow-through pass, so that it explains one step from the student's own
earlier values. It is named only on evidence: the digits that agree must be more than chance would give.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checking.case import Case
from grader.checking.evidence import compare
from grader.checking.follow import Mask
from grader.engine.arrays import Array
from grader.engine.ensemble import Ensemble
from grader.engine.mistakes import SWAPPED, Way

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
    case: Case, ensemble: Ensemble, named: Sequence[Collection[str]] = ()
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


def _wanted(case: Case, ensemble: Ensemble, row: int, named: Collection[str]) -> Array:
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
