"""The report of each field in words; what does not depend on the submission is made once per exercise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from grader.checking.exercise import Exercise
from grader.checking.explain import Explanation
from grader.checking.report import FieldReport, MistakeReport
from grader.checking.verdict import Verdict
from grader.sayings.saying import Saying

VERDICTS = tuple(Verdict)


@dataclass(frozen=True)
class Words:
    """Reports of one exercise's computed fields.

    Attributes:
        fixed: per field a report per verdict, in the order of `Verdict`.
        digits: significant digits wanted, per field.
    """

    fixed: Mapping[str, Sequence[FieldReport]]
    digits: Mapping[str, int]

    @classmethod
    def of(cls, exercise: Exercise) -> "Words":
        """Make what does not depend on the submission."""
        digits = {n: digits_wanted(float(exercise.reference[n]), float(exercise.width(n))) for n in exercise.asked}
        return cls(
            {name: [_plain(exercise, name, v, digits[name]) for v in VERDICTS] for name in exercise.asked}, digits
        )

    def plain(self, codes: Sequence[int]) -> dict[str, FieldReport]:
        """The reports for verdicts that need no further words."""
        return {name: fixed[code] for (name, fixed), code in zip(self.fixed.items(), codes, strict=True)}

    def following(self, name: str, used: tuple[str, ...]) -> FieldReport:
        """A field that follows from the student's own earlier ones."""
        base = self.fixed[name][VERDICTS.index(Verdict.FOLLOWS)]
        return FieldReport(base.verdict, base.given, base.max, used)

    def vague(self, name: str, verdict: Verdict, typed: int) -> FieldReport:
        """A field whose digits fit both the right value and a mistake's: undecided, or wrong where there are too few."""
        return self._noted(name, verdict, Saying("judged.digits-vague", digits=max(self.digits[name], typed + 1)))

    def cut(self, name: str) -> FieldReport:
        """A right value whose last digits were cut off."""
        return self._noted(name, Verdict.IMPRECISE, Saying("judged.cut-off", digits=self.digits[name]))

    def baseless(self, name: str, reason: Saying) -> FieldReport:
        """A field that agrees with earlier values from which nothing may follow."""
        return self._noted(name, Verdict.WRONG, reason)

    def outside(self, name: str) -> FieldReport:
        """An output that its node cannot have."""
        return self._noted(name, Verdict.WRONG, Saying("judged.outside", name=name))

    def _noted(self, name: str, verdict: Verdict, note: Saying) -> FieldReport:
        base = self.fixed[name][VERDICTS.index(verdict)]
        return FieldReport(base.verdict, base.given, base.max, note=note)

    def mistaken(self, explanation: Explanation) -> dict[str, FieldReport]:
        """The fields that a mistake explains."""
        report = told(explanation.mistakes, explanation.alternatives, _evidence(explanation))
        bases = {name: self.fixed[name][VERDICTS.index(Verdict.MISTAKEN)] for name in explanation.fields}
        return {name: FieldReport(base.verdict, base.given, base.max, mistake=report) for name, base in bases.items()}


def told(mistakes: Sequence[str], alternatives: Sequence[str], evidence: Saying) -> MistakeReport:
    """One mistake, or two made together, as the student reads it."""
    return MistakeReport("+".join(mistakes), _sentence(tuple(mistakes)), tuple(alternatives), evidence)


@lru_cache(maxsize=1024)
def _sentence(mistakes: tuple[str, ...]) -> Saying:
    first, *others = (Saying(f"mistake.{mistake}") for mistake in mistakes)
    return Saying("both", first=first, second=others[0]) if others else first


def digits_wanted(reference: float, width: float) -> int:
    """Significant digits after which rounding alone can't leave the tolerance."""
    if reference == 0 or width <= 0:
        return 1
    leading = np.floor(np.log10(abs(reference)))
    return max(1, int(leading - np.floor(np.log10(2 * width))) + 1)


def _plain(exercise: Exercise, name: str, verdict: Verdict, digits: int) -> FieldReport:
    points = exercise.asked[name].points
    note = None
    if verdict is Verdict.IMPRECISE:
        note = Saying("judged.digits-wanted", digits=digits)
    return FieldReport(verdict, points * exercise.credit[verdict], points, note=note)


def _evidence(explanation: Explanation) -> Saying:
    if explanation.digits == 0:
        return Saying("judged.swapped", fields=explanation.fields)
    return Saying("judged.gives", fields=explanation.fields, digits=explanation.digits)
