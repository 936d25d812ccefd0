"""Judging numbers: by the reference, by follow-through, by recognised mistakes; with feedback in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from grader.judging.agreement import FEW, Agreement, agreement, rounded_right
from grader.judging.answer_matrix import AnswerMatrix
from grader.judging.exercise import Exercise
from grader.judging.follow_through import Mask, follow
from grader.judging.mistake_matching import Explanation, OpenFields, beside, explain, swapped
from grader.judging.report import FieldReport, MistakeReport
from grader.judging.sign_convention import NOTE, negate_deltas, negated_deltas
from grader.judging.support import FieldSupport, support
from grader.judging.verdict import Verdict
from grader.messages.message import Message

VERDICT_KEYS = tuple(Verdict)


@dataclass(frozen=True)
class FeedbackBuilder:
    """Reports of one exercise's computed fields.

    Attributes:
        fixed: for each field a report per verdict, in the order of `Verdict`.
        digits: required significant digits, for each field.
    """

    fixed: Mapping[str, Sequence[FieldReport]]
    digits: Mapping[str, int]

    @classmethod
    def of(cls, exercise: Exercise) -> "FeedbackBuilder":
        """Prepare everything that does not depend on the submission."""
        digits = {n: digits_wanted(float(exercise.reference[n]), float(exercise.width(n))) for n in exercise.asked}
        return cls(
            {name: [_plain(exercise, name, v, digits[name]) for v in VERDICT_KEYS] for name in exercise.asked}, digits
        )

    def plain(self, codes: Sequence[int]) -> dict[str, FieldReport]:
        """Return the reports for verdicts that need no further words."""
        return {name: fixed[code] for (name, fixed), code in zip(self.fixed.items(), codes, strict=True)}

    def following(self, name: str, used: tuple[str, ...]) -> FieldReport:
        """Return the report of a field that follows from the student's own earlier ones."""
        base = self.fixed[name][VERDICT_KEYS.index(Verdict.FOLLOWS)]
        return _following(base.given, base.max, used)

    def vague(self, name: str, verdict: Verdict, typed: int) -> FieldReport:
        """Return the report of digits that fit both the correct value and a mistake's: undecided, or wrong if too few."""
        return self._noted(name, verdict, Message("judged.digits-vague", digits=max(self.digits[name], typed + 1)))

    def cut(self, name: str) -> FieldReport:
        """Return the report of a truncated correct value."""
        return self._noted(name, Verdict.IMPRECISE, Message("judged.cut-off", digits=self.digits[name]))

    def baseless(self, name: str, reason: Message) -> FieldReport:
        """Return the report of a field that agrees with earlier values from which nothing may follow."""
        return self._noted(name, Verdict.WRONG, reason)

    def outside(self, name: str) -> FieldReport:
        """Return the report of an output that its node cannot produce."""
        return self._noted(name, Verdict.WRONG, Message("judged.outside", name=name))

    def _noted(self, name: str, verdict: Verdict, note: Message) -> FieldReport:
        base = self.fixed[name][VERDICT_KEYS.index(verdict)]
        return FieldReport(base.verdict, base.given, base.max, note=note)

    def mistaken(self, explanation: Explanation) -> dict[str, FieldReport]:
        """Return the reports of the fields that a mistake explains."""
        bases = {name: self.fixed[name][VERDICT_KEYS.index(Verdict.MISTAKEN)] for name in explanation.fields}
        return {name: _mistaken(base.given, base.max, explanation) for name, base in bases.items()}


@lru_cache(maxsize=4096)
def _following(given: float, most: float, used: tuple[str, ...]) -> FieldReport:
    """Return a report; a class shares a few thousand of them, so that each is made, and written as JSON, once."""
    return FieldReport(Verdict.FOLLOWS, given, most, used)


@lru_cache(maxsize=4096)
def _mistaken(given: float, most: float, explanation: Explanation) -> FieldReport:
    """Return the same of a mistake."""
    report = describe_mistake(explanation.mistakes, explanation.alternatives, _evidence(explanation))
    return FieldReport(Verdict.MISTAKEN, given, most, mistake=report)


def describe_mistake(mistakes: Sequence[str], alternatives: Sequence[str], evidence: Message) -> MistakeReport:
    """Return one mistake, or two made together, in words for the student."""
    return MistakeReport("+".join(mistakes), _sentence(tuple(mistakes)), tuple(alternatives), evidence)


@lru_cache(maxsize=1024)
def _sentence(mistakes: tuple[str, ...]) -> Message:
    first, *others = (Message(f"mistake.{mistake}") for mistake in mistakes)
    return Message("both", first=first, second=others[0]) if others else first


def digits_wanted(reference: float, width: float) -> int:
    """Return the significant digits with which rounding alone stays within the tolerance."""
    if reference == 0 or width <= 0:
        return 1
    leading = np.floor(np.log10(abs(reference)))
    return max(1, int(leading - np.floor(np.log10(2 * width))) + 1)


def _plain(exercise: Exercise, name: str, verdict: Verdict, digits: int) -> FieldReport:
    points = exercise.asked[name].points
    note = None
    if verdict is Verdict.IMPRECISE:
        note = Message("judged.digits-wanted", digits=digits)
    return FieldReport(verdict, points * exercise.credit[verdict], points, note=note)


def _evidence(explanation: Explanation) -> Message:
    if explanation.digits == 0:
        return Message("judged.swapped", fields=explanation.fields)
    return Message("judged.gives", fields=explanation.fields, digits=explanation.digits)


VERDICTS = tuple(Verdict)
MISSING, CORRECT, FOLLOWS, IMPRECISE, UNDECIDED, MISTAKEN, WRONG = (
    VERDICTS.index(verdict)
    for verdict in (
        Verdict.MISSING,
        Verdict.CORRECT,
        Verdict.FOLLOWS,
        Verdict.IMPRECISE,
        Verdict.UNDECIDED,
        Verdict.MISTAKEN,
        Verdict.WRONG,
    )
)

REASONED = frozenset({FOLLOWS, IMPRECISE, UNDECIDED, WRONG})
"""Verdicts that may have a further reason."""

ALL_DIGITS = 9
"""Calculators show no more significant digits than this: with them, a rounded correct value is correct."""


@dataclass(frozen=True)
class FieldResults:
    """The results of one submission's computed fields."""

    fields: Mapping[str, FieldReport]
    notes: tuple[str, ...] = ()


@dataclass
class Findings:
    """The submissions that are not entirely correct: codes and reasons, filled in stage by stage.

    Attributes:
        codes: indices into VERDICTS, shape (n, fields).
        explanations: for each submission.
        agreed: agreement of the values with expected ones.
        negated: submissions with the opposite sign convention of node deltas, shape (n,).
        rounded: where the entry is judged as a rounded value, shape (n, fields).
        vague: where the digits do not distinguish the correct value from a mistake's, shape (n, fields).
        baseless: where the entry is consistent with earlier values that lack support, shape (n, fields).
        carries: entries from which others may follow, shape (n, fields).
    """

    codes: NDArray[np.intp]
    explanations: list[list[Explanation]]
    agreed: Agreement
    negated: Mask
    rounded: Mask
    vague: Mask
    baseless: Mask
    carries: Mask

    @cached_property
    def entered(self) -> list[tuple[str, ...]]:
        """The entered fields of each submission: which these are is known from the start."""
        names = self.agreed.sheet.names
        return [tuple(compress(names, row)) for row in (self.codes != MISSING).tolist()]

    @property
    def unexplained(self) -> Mask:
        """Where a field is neither correct nor consistent with the student's own values, and has no explanation yet."""
        return np.asarray((self.codes == WRONG) & ~self.agreed.consistent)


def judge_quantities(exercise: Exercise, sheet: AnswerMatrix) -> list[FieldResults]:
    """Return the results of each submission."""
    words = _words(exercise)
    codes = _compare(exercise, sheet)
    off = np.flatnonzero((codes == WRONG).any(axis=1))
    if not len(off):
        return [FieldResults(words.plain(row)) for row in codes.tolist()]
    with np.errstate(all="ignore"):  # answers such as 1e308 overflow on the way: inf and nan fit nothing
        found = _look_closer(exercise, sheet.take(off))
    place = {int(row): k for k, row in enumerate(off)}
    return [
        _tell(exercise, words, found, place[k]) if k in place else FieldResults(words.plain(row))
        for k, row in enumerate(codes.tolist())
    ]


@lru_cache(maxsize=64)
def _words(exercise: Exercise) -> FeedbackBuilder:
    return FeedbackBuilder.of(exercise)


def _compare(exercise: Exercise, sheet: AnswerMatrix) -> NDArray[np.intp]:
    """Return codes from the reference alone: missing, correct, or wrong until something better is found."""
    codes = np.where(np.isnan(sheet.values), MISSING, WRONG)
    codes[np.abs(sheet.values - exercise.references) <= exercise.edges] = CORRECT
    return codes


def _look_closer(exercise: Exercise, sheet: AnswerMatrix) -> Findings:
    """Follow each sheet, then look for mistakes in what neither is correct nor follows, then decide on support."""
    negated = negated_deltas(exercise, sheet)
    sheet = negate_deltas(exercise, sheet, negated)
    codes = _compare(exercise, sheet)
    followed = follow(exercise.graph, exercise.reference, sheet.columns(), rounded_right(exercise, sheet))
    agreed = agreement(exercise, sheet, followed, codes == WRONG)
    nothing = np.zeros(codes.shape, dtype=bool)
    found = Findings(codes, [[] for _ in codes], agreed, negated, nothing, nothing, nothing, ~nothing)
    case = OpenFields.of(exercise, agreed, found.unexplained)
    near = _explain_singles(case, found)
    _mark_rounded(exercise, found, near)
    _explain_pairs(case, found)
    _explain_copied(case, found)
    _excuse(exercise, found)
    _mark_following(exercise, found)
    return found


def _explain_singles(case: OpenFields, found: Findings) -> Mask:
    """Name single mistakes; return where a mistake's value lies within the precision of the typed digits."""
    near = np.zeros(found.codes.shape, dtype=bool)
    if case.open.any() and case.exercise.single_mistakes.ways:
        for row, (explanations, lies_near) in enumerate(explain(case, case.exercise.single_mistakes)):
            found.explanations[row] += explanations
            near[row] = lies_near
    for row, swaps in enumerate(swapped(case)):
        found.explanations[row] = beside(found.explanations[row], swaps)
    _mark_explained(found, case.sheet.names)
    return near


def _explain_pairs(case: OpenFields, found: Findings) -> None:
    """Look for pairs of mistakes in submissions with fields that are still unexplained."""
    rows = np.flatnonzero(found.unexplained.any(axis=1))
    if not len(rows) or not case.exercise.mistake_pairs.ways:
        return
    left = case.wanting(found.unexplained).take(rows)
    for row, (explanations, _) in zip(rows.tolist(), explain(left, case.exercise.mistake_pairs), strict=True):
        found.explanations[row] += explanations
    _mark_explained(found, case.sheet.names)


def _explain_copied(case: OpenFields, found: Findings) -> None:
    """Look for values that a mistake gives from the given values on, whatever was entered before them."""
    rows = np.flatnonzero(found.unexplained.any(axis=1))
    if not len(rows) or not case.exercise.single_mistakes.ways:
        return
    left = case.wanting(found.unexplained).take(rows).by_itself()
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


def _mark_rounded(exercise: Exercise, found: Findings, near: Mask) -> None:
    """Mark rounded values as the digits allow: correct, imprecise, or undecided if a mistake's value fits as well."""
    agreed, digits = found.agreed, found.agreed.precision.digits
    near = near & ~agreed.unmoved  # 0.9900 for 0.98995 is a plain rounding, even if the old weight is 0.99
    fits = found.unexplained & agreed.is_rounding
    exactly = fits & agreed.right_rounded & ~near
    enough = (digits >= exercise.digits_asked) & ~exercise.updates
    found.codes[fits & ~near & ((digits >= FEW) | agreed.precision.fine)] = IMPRECISE
    found.codes[exactly & (enough | (digits >= ALL_DIGITS) | (agreed.sheet.values == 0))] = CORRECT
    found.codes[fits & near & (digits >= FEW)] = UNDECIDED
    found.rounded, found.vague = fits, fits & near & (found.codes == WRONG)


def _excuse(exercise: Exercise, found: Findings) -> None:
    """Let values follow from one outside its node's range, if a mistake explains it."""
    names, refused = found.agreed.sheet.names, found.agreed.refused.range
    explained = found.codes == MISTAKEN
    if not (refused.any() and explained.any()):
        return
    impossible = {name: explained[:, k] for k, name in enumerate(names)}
    sheet = found.agreed.sheet
    again = follow(exercise.graph, exercise.reference, sheet.columns(), rounded_right(exercise, sheet), impossible)
    found.agreed = found.agreed.refusing(again)


def _mark_following(exercise: Exercise, found: Findings) -> None:
    """Mark values that follow from values with support.

    Values that only round from such values, or round to 0 or to the old weight, keep their verdict on the same
    condition.
    """
    agreed, codes = found.agreed, found.codes
    _pass_on(exercise, found)
    consistent = agreed.consistent & (codes == WRONG)
    rounded = found.rounded & (codes != WRONG) & (agreed.unmoved | ~(agreed.right_rounded | agreed.cut))
    if not (consistent | rounded).any():
        return
    right = (codes == CORRECT) | (np.isin(codes, (IMPRECISE, UNDECIDED)) & (agreed.precision.own >= FEW))
    right &= ~rounded & ((exercise.references != 0) | agreed.unmoved)  # 1e-12 is near 0, but nobody computes it
    standing = FieldSupport(right, codes == MISTAKEN, (consistent | rounded) & ~agreed.refused.any)
    found_support = support(exercise, agreed, standing)
    codes[consistent & found_support.follows] = FOLLOWS
    codes[rounded & ~found_support.follows] = WRONG
    found.baseless = (consistent | rounded) & ~found_support.follows
    found.carries = found_support.carries
    _right_all_the_same(exercise, found)


def _right_all_the_same(exercise: Exercise, found: Findings) -> None:
    """Accept values that round from the correct value, whatever they would follow from."""
    agreed = found.agreed
    right = found.baseless & (found.codes == WRONG) & agreed.shows_right
    enough = (agreed.precision.digits >= exercise.digits_asked) & ~exercise.updates
    found.codes[right] = np.where(enough, CORRECT, IMPRECISE)[right]
    found.baseless &= ~right


def _pass_on(exercise: Exercise, found: Findings) -> None:
    """Attribute values that vanish only because of a recognised mistake to it: the old error after old weights."""
    agreed, names = found.agreed, found.agreed.sheet.names
    vanished = agreed.consistent & (found.codes == WRONG) & agreed.refused.flat & ~found.rounded & ~agreed.shows_right
    for row, k in np.argwhere(vanished).tolist():
        used = set(exercise.nearest(names[k], found.entered[row]))
        for place, explanation in enumerate(found.explanations[row]):
            if used.intersection(explanation.fields):
                extended = replace(explanation, fields=(*explanation.fields, names[k]))
                found.explanations[row][place] = extended
                found.codes[row, k] = MISTAKEN
                break


def _tell(exercise: Exercise, words: FeedbackBuilder, found: Findings, row: int) -> FieldResults:
    codes = found.codes[row].tolist()
    names = exercise.computed_order
    fields = words.plain(codes)
    for k, code in enumerate(codes):
        report = _more(exercise, words, found, row, k) if code in REASONED else None
        if report is not None:
            fields[names[k]] = report
    for explanation in found.explanations[row]:
        fields |= words.mistaken(explanation)
    return FieldResults(fields, (NOTE,) if found.negated[row] else ())


def _more(exercise: Exercise, words: FeedbackBuilder, found: Findings, row: int, k: int) -> FieldReport | None:
    """Return the report of a field that needs more than its verdict, apart from mistakes."""
    name, code, agreed = exercise.computed_order[k], int(found.codes[row, k]), found.agreed
    if code == FOLLOWS:
        return words.following(name, _used(exercise, found, row, name))
    if code == UNDECIDED or found.vague[row, k]:
        return words.vague(name, VERDICTS[code], int(agreed.precision.digits[row, k]))
    if code == IMPRECISE and agreed.cut[row, k]:
        return words.cut(name)
    return _why_wrong(exercise, words, found, row, k) if code == WRONG else None


def _why_wrong(exercise: Exercise, words: FeedbackBuilder, found: Findings, row: int, k: int) -> FieldReport | None:
    name, agreed = exercise.computed_order[k], found.agreed
    if found.baseless[row, k]:
        return words.baseless(name, _reason(found, row, k, _culprits(exercise, found, row, name)))
    is_outside = agreed.followed.outside[name][row] and np.isfinite(agreed.sheet.values[row, k])
    return words.outside(name) if is_outside else None


def _used(exercise: Exercise, found: Findings, row: int, name: str) -> tuple[str, ...]:
    """Return the entered values that a field follows from; only the incorrect ones, if there are any."""
    names = found.agreed.sheet.names
    used = exercise.nearest(name, found.entered[row])
    return tuple(one for one in used if found.codes[row, names.index(one)] != CORRECT) or used


def _culprits(exercise: Exercise, found: Findings, row: int, name: str) -> tuple[str, ...]:
    """Return the entered values that lack the support to carry a field."""
    names = found.agreed.sheet.names
    used = exercise.nearest(name, found.entered[row])
    return tuple(one for one in used if not found.carries[row, names.index(one)]) or used


def _reason(found: Findings, row: int, k: int, culprits: tuple[str, ...]) -> Message:
    refused = found.agreed.refused
    if refused.range[row, k]:
        return Message("judged.from-impossible", fields=culprits)
    if refused.flat[row, k]:
        return Message("judged.vanishes", fields=culprits)
    return Message("judged.not-computed", fields=culprits)
