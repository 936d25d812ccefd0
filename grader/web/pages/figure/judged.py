"""What was said of a place's fields, as one verdict: the worst; and whether the first wrong step is among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.checking.report import Report
from grader.checking.verdict import Verdict
from grader.web.pages.figure.belonging import Place
from grader.web.pages.verdicts import BADGES, WRONG_FIRST, Badge

WORST_FIRST = (
    Verdict.MISTAKEN,
    Verdict.WRONG,
    Verdict.MISSING,
    Verdict.UNDECIDED,
    Verdict.IMPRECISE,
    Verdict.FOLLOWS,
    Verdict.CORRECT,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict of a place."""

    verdict: Verdict
    is_first: bool = False

    @property
    def badge(self) -> Badge:
        """Its shape, word and colour."""
        return WRONG_FIRST if self.is_first else BADGES[self.verdict]


def fields_at(places: Mapping[str, Place]) -> dict[Place, tuple[str, ...]]:
    """The fields of each place, in the order of the page."""
    found: dict[Place, list[str]] = {}
    for field, place in places.items():
        found.setdefault(place, []).append(field)
    return {place: tuple(fields) for place, fields in found.items()}


def judge(fields: Sequence[str], report: Report | None) -> Judged | None:
    """The worst verdict of these fields; None while nothing is judged."""
    verdicts = {report.fields[name].verdict for name in fields if name in report.fields} if report else set()
    worst = next((verdict for verdict in WORST_FIRST if verdict in verdicts), None)
    return Judged(worst, report is not None and report.first_wrong in fields) if worst else None
