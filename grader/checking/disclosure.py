"""What of a report a student is shown yet: the one filter between reports and students, for pages and API alike."""

from dataclasses import dataclass, replace
from datetime import datetime

from grader.checking.policy import Terms, visible
from grader.checking.report import FieldReport, Report
from grader.checking.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is shown by now.

    Attributes:
        marks: points and verdicts; without them nothing of a report is.
        mistakes: which mistake was recognised, and which own values something was judged by.
        solution: how it is worked out.
    """

    marks: bool = True
    mistakes: bool = True
    solution: bool = True


EVERYTHING = Disclosure()


def disclosure(terms: Terms, attempts_used: int, now: datetime) -> Disclosure:
    """What the policy of an assignment lets a student see now."""
    policy = terms.policy
    return Disclosure(
        marks=visible(policy.marks, terms, attempts_used, now),
        mistakes=visible(policy.mistakes, terms, attempts_used, now),
        solution=visible(policy.solution, terms, attempts_used, now),
    )


def disclose(report: Report | None, shown: Disclosure) -> Report | None:
    """The part of a report that is shown; None where nothing of it is.

    Where mistakes are kept back, a recognised one is plainly wrong, and a value that follows says not from what.
    """
    if report is None or not shown.marks:
        return None
    if shown.mistakes:
        return report
    return replace(report, fields={name: _without_mistake(field) for name, field in report.fields.items()})


def _without_mistake(field: FieldReport) -> FieldReport:
    verdict = Verdict.WRONG if field.verdict is Verdict.MISTAKEN else field.verdict
    return replace(field, verdict=verdict, mistake=None, expected_from=())
