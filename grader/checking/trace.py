"""Judging the computed fields: the reference, the student's own earlier values, rounding, mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from grader.checking.case import Case
from grader.checking.convention import NOTE, negated_deltas, turn
from grader.checking.exercise import Exercise
from grader.checking.explain import Explanation, beside, explain, swapped
from grader.checking.follow import Followed, Mask, follow, room, spread
from grader.checking.report import FieldReport
from grader.checking.sheet import Sheet
from grader.checking.tolerance import BORDER
from grader.checking.verdict import Verdict
from grader.checking.words import Words
from grader.engine.arrays import Array
from grader.engine.quantities import Kind

VERDICTS = tuple(Verdict)
MISSING, CORRECT, FOLLOWS, IMPRECISE, MISTAKEN, WRONG = (
    VERDICTS.index(verdict)
    for verdict in (
        Verdict.MISSING,
        Verdict.CORRECT,
        Verdict.FOLLOWS,
        Verdict.IMPRECISE,
        Verdict.MISTAKEN,
        Verdict.WRONG,
    )
)


@dataclass(frozen=True)
class Traced:
    """What was found of one submission's computed fields."""

    fields: Mapping[str, FieldReport]
    notes: tuple[str, ...] = ()


@dataclass
class Findings:
    """Of the submissions in which something is off: codes and reasons, filled in stage by stage.

    Attributes:
        codes: shape (n, fields), indices into VERDICTS.
        explanations: per submission.
        vague: shape (n, fields): too few digits to tell a right value from a mistake's.
        negated: shape (n,): the opposite sign convention of the node delta.
    """

    codes: NDArray[np.intp]
    explanations: list[list[Explanation]] = field(default_factory=list)
    vague: Mask | None = None
    negated: Mask | None = None


def judge_quantities(exercise: Exercise, sheet: Sheet) -> list[Traced]:
    """What is found of each submission."""
    words = _words(exercise)
    codes = _compare(exercise, sheet)
    off = np.flatnonzero((codes == WRONG).any(axis=1))
    if not len(off):
        return [Traced(words.plain(row)) for row in codes.tolist()]
    with np.errstate(all="ignore"):  # answers such as 1e308 overflow on the way: inf and nan fit nothing
        found = _look_closer(exercise, sheet.take(off))
    place = {int(row): k for k, row in enumerate(off)}
    return [
        _tell(exercise, words, found, place[k]) if k in place else Traced(words.plain(row))
        for k, row in enumerate(codes.tolist())
    ]


@lru_cache(maxsize=64)
def _words(exercise: Exercise) -> Words:
    return Words.of(exercise)


def _compare(exercise: Exercise, sheet: Sheet) -> NDArray[np.intp]:
    """Codes from the reference alone: missing, correct, or wrong until something better is found."""
    codes = np.where(np.isnan(sheet.values), MISSING, WRONG)
    codes[np.abs(sheet.values - exercise.references) <= exercise.widths] = CORRECT
    return codes


def _look_closer(exercise: Exercise, sheet: Sheet) -> Findings:
    negated = negated_deltas(exercise, sheet)
    sheet = turn(exercise, sheet, negated)
    codes = _compare(exercise, sheet)
    found = Findings(codes, [[] for _ in codes], negated=negated)
    followed = follow(exercise.graph, exercise.reference, sheet.columns())
    open_ = [name for name, column in zip(sheet.names, codes.T, strict=True) if (column == WRONG).any()]
    moved = spread(exercise.graph, followed, sheet.rounding(), open_)
    _mark_following(exercise, sheet, followed, codes, {})
    _mark_following(exercise, sheet, followed, codes, moved)
    case = Case.of(exercise, sheet, followed, moved, codes == WRONG)
    near = _explain_singles(case, found)
    _mark_rounded(exercise, sheet, found, near)
    _explain_pairs(case, found)
    _explain_copied(case, found)
    return found


def _mark_following(
    exercise: Exercise, sheet: Sheet, followed: Followed, codes: NDArray[np.intp], moved: Mapping[str, Array]
) -> None:
    for k, (name, asked) in enumerate(exercise.asked.items()):
        open_ = codes[:, k] == WRONG
        if not open_.any():
            continue
        quantity = exercise.graph[name]
        before = followed.own[quantity.parents[0]] if quantity.kind is Kind.UPDATE else 0.0
        width = asked.tolerance.width(followed.expected[name], before)
        if name in moved:
            width = width + np.minimum(moved[name], room(quantity, followed))
        fits: Mask = np.abs(sheet.values[:, k] - followed.expected[name]) <= width
        codes[open_ & fits & ~followed.refused[name], k] = FOLLOWS


def _explain_singles(case: Case, found: Findings) -> Mask:
    """Name single mistakes; returns where a mistake's value lies within what the digits typed leave open."""
    near = np.zeros(found.codes.shape, dtype=bool)
    if case.open.any() and case.exercise.single_mistakes.ways:
        for row, (explanations, lies_near) in enumerate(explain(case, case.exercise.single_mistakes)):
            found.explanations[row] += explanations
            near[row] = lies_near
    for row, swaps in enumerate(swapped(case)):
        found.explanations[row] = beside(found.explanations[row], swaps)
    _mark_explained(found, case.sheet.names)
    return near


def _explain_pairs(case: Case, found: Findings) -> None:
    """Look for two mistakes at once in submissions that still have an open field."""
    rows = np.flatnonzero((found.codes == WRONG).any(axis=1))
    if not len(rows) or not case.exercise.mistake_pairs.ways:
        return
    left = case.wanting(found.codes == WRONG).take(rows)
    for row, (explanations, _) in zip(rows.tolist(), explain(left, case.exercise.mistake_pairs), strict=True):
        found.explanations[row] += explanations
    _mark_explained(found, case.sheet.names)


def _explain_copied(case: Case, found: Findings) -> None:
    """Look for figures that a mistake gives from the given values on, whatever was entered before them."""
    rows = np.flatnonzero((found.codes == WRONG).any(axis=1))
    if not len(rows) or not case.exercise.single_mistakes.ways:
        return
    left = case.wanting(found.codes == WRONG).take(rows).by_itself()
    named = [frozenset("+".join(one.mistakes) for one in found.explanations[row]) for row in rows.tolist()]
    copied = explain(left, case.exercise.single_mistakes, named)
    for row, (explanations, _) in zip(rows.tolist(), copied, strict=True):
        found.explanations[row] += explanations
    _mark_explained(found, case.sheet.names)


def _mark_explained(found: Findings, names: Sequence[str]) -> None:
    for row, explanations in enumerate(found.explanations):
        for explanation in explanations:
            for name in explanation.fields:
                found.codes[row, names.index(name)] = MISTAKEN


def _mark_rounded(exercise: Exercise, sheet: Sheet, found: Findings, near: Mask) -> None:
    """Imprecise: the reference is within the rounding of what was typed, and no mistake's value is."""
    weights = [exercise.before(name) for name in sheet.names]
    before = np.array([float(exercise.reference[weight]) if weight else np.nan for weight in weights])
    rounded = (found.codes == WRONG) & (np.abs(sheet.values - exercise.references) <= BORDER * sheet.half_units)
    rounded &= ~sheet.exact & (sheet.values != 0) & (sheet.values != before)
    found.codes[rounded & ~near] = IMPRECISE
    found.vague = rounded & near


def _tell(exercise: Exercise, words: Words, found: Findings, row: int) -> Traced:
    codes = found.codes[row].tolist()
    names = exercise.computed_order
    fields = words.plain(codes)
    entered = tuple(name for name, code in zip(names, codes, strict=True) if code != MISSING)
    correct = {name for name, code in zip(names, codes, strict=True) if code == CORRECT}
    for k, name in enumerate(names):
        if codes[k] == FOLLOWS:
            used = exercise.nearest(name, entered)
            off = tuple(parent for parent in used if parent not in correct)
            fields[name] = words.following(name, off or used)
        if found.vague is not None and found.vague[row, k] and codes[k] == WRONG:
            fields[name] = words.vague(name)
    for explanation in found.explanations[row]:
        fields |= words.mistaken(explanation)
    return Traced(fields, (NOTE,) if found.negated is not None and found.negated[row] else ())
