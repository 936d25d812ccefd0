"""Judging the computed fields: reference first, then the student's own earlier values, then rounding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checking.exercise import Exercise, Field
from grader.checking.follow import Followed, Mask, follow, room, spread
from grader.checking.report import FieldReport
from grader.checking.sheet import Sheet
from grader.checking.verdict import Verdict
from grader.engine.arrays import Array
from grader.engine.quantities import Kind

VERDICTS = tuple(Verdict)
MISSING, CORRECT, FOLLOWS, IMPRECISE, WRONG = (
    VERDICTS.index(verdict)
    for verdict in (Verdict.MISSING, Verdict.CORRECT, Verdict.FOLLOWS, Verdict.IMPRECISE, Verdict.WRONG)
)


@dataclass(frozen=True)
class Widths:
    """Half widths of the accepted intervals around the reference, one per asked quantity."""

    reference: Array
    before: Array
    width: Array

    @classmethod
    def of(cls, exercise: Exercise) -> "Widths":
        """Work them out once for an exercise."""
        names = exercise.computed_order
        reference = np.array([float(exercise.reference[name]) for name in names])
        weights = [exercise.before(name) for name in names]
        before = np.array([float(exercise.reference[weight]) if weight else 0.0 for weight in weights])
        width = np.array(
            [float(f.tolerance.width(reference[k], before[k])) for k, f in enumerate(exercise.asked.values())]
        )
        return cls(reference, before, width)


def judge_quantities(exercise: Exercise, sheet: Sheet) -> list[dict[str, FieldReport]]:
    """A report per submission and computed field."""
    widths = Widths.of(exercise)
    blank = np.isnan(sheet.values)
    codes = np.where(blank, MISSING, WRONG)
    codes[np.abs(sheet.values - widths.reference) <= widths.width] = CORRECT
    open_rows = np.flatnonzero((codes == WRONG).any(axis=1))
    used: dict[int, dict[str, tuple[str, ...]]] = {}
    if len(open_rows):
        part = sheet.take(open_rows)
        codes[open_rows] = _explain(exercise, part, widths, codes[open_rows])
        used = {int(row): _used(exercise, sheet.names, codes[row]) for row in open_rows}
    words = _Words.of(exercise, widths)
    return [words.say(codes[k], used.get(k, {})) for k in range(len(sheet.values))]


def _explain(exercise: Exercise, sheet: Sheet, widths: Widths, codes: Array) -> Array:
    """Codes for submissions in which something differs from the reference."""
    followed = follow(exercise.graph, exercise.reference, sheet.columns())
    codes = codes.copy()
    _mark_following(exercise, sheet, followed, codes, {})
    if (codes == WRONG).any():
        _mark_following(exercise, sheet, followed, codes, spread(exercise.graph, followed, sheet.rounding()))
    near = np.abs(sheet.values - widths.reference) <= sheet.half_units
    stale = sheet.values == np.where(widths.before == 0, np.nan, widths.before)
    codes[(codes == WRONG) & near & ~stale & (sheet.values != 0)] = IMPRECISE
    return codes


def _mark_following(
    exercise: Exercise, sheet: Sheet, followed: Followed, codes: Array, moved: Mapping[str, Array]
) -> None:
    for k, (name, field) in enumerate(exercise.asked.items()):
        quantity = exercise.graph[name]
        before = followed.own[quantity.parents[0]] if quantity.kind is Kind.UPDATE else 0.0
        width = field.tolerance.width(followed.expected[name], before)
        if name in moved:
            width = width + np.minimum(moved[name], room(quantity, followed))
        fits: Mask = np.abs(sheet.values[:, k] - followed.expected[name]) <= width
        codes[(codes[:, k] == WRONG) & fits & ~followed.refused[name], k] = FOLLOWS


def _used(exercise: Exercise, names: Sequence[str], codes: Array) -> dict[str, tuple[str, ...]]:
    """For each field that follows, the entered values that it follows from: those that are off, if any are."""
    code = dict(zip(names, codes, strict=True))
    found: dict[str, tuple[str, ...]] = {}
    for name in (n for n in names if code[n] == FOLLOWS):
        entered = exercise.nearest(name, tuple(n for n in names if code[n] != MISSING))
        off = tuple(parent for parent in entered if code[parent] != CORRECT)
        found[name] = off or entered
    return found


@dataclass(frozen=True)
class _Words:
    """The reports that do not depend on the submission, made once per exercise."""

    plain: Sequence[tuple[str, Field, Sequence[FieldReport]]]

    @classmethod
    def of(cls, exercise: Exercise, widths: Widths) -> "_Words":
        rows = []
        for k, (name, field) in enumerate(exercise.asked.items()):
            digits = digits_wanted(float(widths.reference[k]), float(widths.width[k]))
            rows.append((name, field, [_plain(exercise, field, verdict, digits) for verdict in VERDICTS]))
        return cls(rows)

    def say(self, codes: Array, used: Mapping[str, tuple[str, ...]]) -> dict[str, FieldReport]:
        reports = {name: plain[code] for (name, _, plain), code in zip(self.plain, codes.tolist(), strict=True)}
        for name, parents in used.items():
            follows = reports[name]
            reports[name] = FieldReport(follows.verdict, follows.given, follows.max, parents)
        return reports


def _plain(exercise: Exercise, field: Field, verdict: Verdict, digits: int) -> FieldReport:
    note = None
    if verdict is Verdict.IMPRECISE:
        note = f"This agrees as far as it goes; at least {digits} significant digits are wanted."
    return FieldReport(verdict, field.points * exercise.credit[verdict], field.points, note=note)


def digits_wanted(reference: float, width: float) -> int:
    """Significant digits after which rounding alone can't leave the tolerance."""
    if reference == 0 or width <= 0:
        return 1
    leading = np.floor(np.log10(abs(reference)))
    return max(1, int(leading - np.floor(np.log10(2 * width))) + 1)
