"""The report of each field in words; what does not depend on the submission is made once per exercise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checking.exercise import Exercise
from grader.checking.explain import Explanation
from grader.checking.report import FieldReport, MistakeReport
from grader.checking.verdict import Verdict
from grader.engine.mistakes import MISTAKES

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

    def vague(self, name: str) -> FieldReport:
        """A wrong field whose digits fit both the right value and a mistake's."""
        base = self.fixed[name][VERDICTS.index(Verdict.WRONG)]
        note = (
            f"Too few digits to tell whether this is right; at least {self.digits[name]} significant digits are wanted."
        )
        return FieldReport(base.verdict, base.given, base.max, note=note)

    def mistaken(self, name: str, explanation: Explanation) -> FieldReport:
        """A field that a mistake explains."""
        base = self.fixed[name][VERDICTS.index(Verdict.MISTAKEN)]
        report = told(explanation.mistakes, explanation.alternatives, _evidence(explanation))
        return FieldReport(base.verdict, base.given, base.max, mistake=report)


def told(mistakes: Sequence[str], alternatives: Sequence[str], evidence: str) -> MistakeReport:
    """One mistake, or two made together, as the student reads it."""
    sentence = " ".join(MISTAKES[mistake].student["en"] for mistake in mistakes)
    return MistakeReport("+".join(mistakes), sentence, tuple(alternatives), evidence)


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
        note = f"This agrees as far as it goes; at least {digits} significant digits are wanted."
    return FieldReport(verdict, points * exercise.credit[verdict], points, note=note)


def _evidence(explanation: Explanation) -> str:
    *most, last = explanation.fields
    names = f"{', '.join(most)} and {last}" if most else last
    if explanation.digits == 0:
        return f"{names} hold each other's values."
    verb = "are" if most else "is"
    digits = "digit" if explanation.digits == 1 else "digits"
    return f"{names} {verb} what this gives, to {explanation.digits} {digits}."
