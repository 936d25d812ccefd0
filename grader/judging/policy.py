"""How attempts become a mark, and how much of a report is visible when."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple, Self
from uuid import UUID

from grader.judging.report import FieldReport, Report
from grader.judging.verdict import Verdict

MINUTE = timedelta(minutes=1)


def start_of_minute(moment: datetime) -> datetime:
    """Return the first instant of the minute that a clock shows."""
    return moment.replace(second=0, microsecond=0)


def end_of_minute(moment: datetime) -> datetime:
    """Return the first instant after the minute that a clock shows: 23:59:59 is in time for 23:59."""
    return start_of_minute(moment) + MINUTE


def is_past(moment: datetime | None, now: datetime) -> bool:
    """Return whether the minute of a moment has ended; False for None."""
    return moment is not None and now >= end_of_minute(moment)


DAY = timedelta(days=1)
IN_ORDER = attrgetter("sent_at", "submission_id")
"""The order of attempts; equal times are ordered by id."""


class Counting(StrEnum):
    """Which attempt determines the mark."""

    BEST = "best"
    LAST = "last"


class Shown(StrEnum):
    """When something is shown to a student."""

    AT_ONCE = "at-once"
    AFTER_LAST = "after-last-attempt"
    AFTER_DUE = "after-due"
    NEVER = "never"


class Open(StrEnum):
    """Whether an attempt may be submitted now, or why not."""

    NOT_YET = "not-yet"
    OPEN = "open"
    LATE = "late"
    NO_ATTEMPTS_LEFT = "no-attempts-left"
    CLOSED = "closed"

    @property
    def takes_attempts(self) -> bool:
        """Whether an attempt may be submitted."""
        return self in {Open.OPEN, Open.LATE}


@dataclass(frozen=True, slots=True)
class Late:
    """The late penalty.

    Attributes:
        per_day: share of the mark that is lost for each 24 h begun after the student's due time.
        cap: the largest share that is lost.
        days: how many days late work is accepted; 0 for none, None without end.
    """

    per_day: float = 0.0
    cap: float = 1.0
    days: int | None = 0

    def lost(self, days: int) -> float:
        """Return the share lost after this many days."""
        return min(self.cap, self.per_day * days)


@dataclass(frozen=True, slots=True)
class Policy:
    """How an assignment's gradings become a mark, and what students see of them when.

    Attributes:
        attempts: their number; None for unlimited.
        counting: which of them counts.
        late: the late penalty.
        variants: whether each student has individual given values, if the exercise draws any.
        marks: when points and verdicts are shown.
        mistakes: when recognised mistakes and the basis of follow-through are shown.
        solution: when the worked solution is shown.
        points: of the assignment in the gradebook; None for those of the exercise.
    """

    attempts: int | None = None
    counting: Counting = Counting.BEST
    late: Late = Late()
    variants: bool = True
    marks: Shown = Shown.AT_ONCE
    mistakes: Shown = Shown.AT_ONCE
    solution: Shown = Shown.AFTER_DUE
    points: float | None = None

    @property
    def keeps_back(self) -> bool:
        """Whether practising the exercise would reveal more than the assignment does, or more often."""
        return self.attempts is not None or {self.marks, self.mistakes} != {Shown.AT_ONCE}

    def points_of(self, exercise_points: float) -> float:
        """Return the points of the assignment in the gradebook, given the exercise's own."""
        return exercise_points if self.points is None else self.points

    def to_json(self) -> dict[str, Any]:
        """Return plain values for storing."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the inverse of `to_json`."""
        return cls(
            attempts=raw["attempts"],
            counting=Counting(raw["counting"]),
            late=Late(**raw["late"]),
            variants=raw["variants"],
            marks=Shown(raw["marks"]),
            mistakes=Shown(raw["mistakes"]),
            solution=Shown(raw["solution"]),
            points=raw["points"],
        )


class Attempt(NamedTuple):
    """One submission; `given` is None while it waits; `failed` if it was not judged, and `unusable` if due to its file.

    A tuple, because a class submits tens of thousands, and it takes a third of the time of a frozen dataclass.
    """

    submission_id: UUID
    sent_at: datetime
    given: float | None = None
    max: float | None = None
    failed: bool = False
    unusable: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A share of the points set by hand in place of the computed one."""

    share: float
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """One student's terms at one assignment, including any extension.

    Times are whole minutes, as people read them: an assignment opens at the start of its minute, and due and closing
    minutes are inclusive.

    Attributes:
        opens_at: None if it is open from the beginning.
        due_at: the student's own; None if it is never due.
        extra_attempts: in addition to those of the policy.
        override: the mark set by hand, if any.
    """

    policy: Policy
    opens_at: datetime | None = None
    due_at: datetime | None = None
    extra_attempts: int = 0
    override: Override | None = None

    @property
    def allowed(self) -> int | None:
        """The number of attempts; None for unlimited."""
        return None if self.policy.attempts is None else self.policy.attempts + self.extra_attempts

    @property
    def closes_at(self) -> datetime | None:
        """The last minute in which an attempt can be submitted; None without end."""
        if self.due_at is None or self.policy.late.days is None:
            return None
        return self.due_at + self.policy.late.days * DAY

    @property
    def is_over_after(self) -> datetime | None:
        """The minute after which nothing more is expected: the closing, else the due minute; None if there is none."""
        return self.closes_at or self.due_at

    def late_days(self, sent_at: datetime) -> int:
        """Return the number of 24 h days begun since the end of the due minute."""
        if self.due_at is None or sent_at <= self.due_at or not is_past(self.due_at, sent_at):  # the cheap test first
            return 0
        return (sent_at - end_of_minute(self.due_at)) // DAY + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """One student's mark at one assignment, as in the gradebook.

    Attributes:
        share: of the points, with lateness deducted; None until something is graded.
        points: the same in points; None if `share` is.
        of: the maximum points.
        counted: the attempt that determines the mark; None if there is none.
        late_days: how many days late it was, counting each begun day.
        lost: the share of its score lost by that.
        given: points in its report, out of `max`, before lateness; None without one.
        max: the maximum in its report.
        overridden: whether it was set by hand.
        attempts_used: excludes those that were not judged.
        attempts_left: None for unlimited.
    """

    share: float | None
    points: float | None
    of: float
    counted: UUID | None
    late_days: int
    lost: float
    overridden: bool
    attempts_used: int
    attempts_left: int | None
    given: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class AttemptValue:
    """The value of one graded attempt, whether or not it counts; attributes are named as in `Mark`.

    Attributes:
        given: points in its report, out of `max`.
        late_days: how many days late it is, counting each begun day.
        lost: the share lost by that.
        points: the rest, out of `of` in the gradebook.
    """

    given: float
    max: float
    late_days: int
    lost: float
    points: float
    of: float


def mark(terms: Terms, attempts: Sequence[Attempt], max_points: float) -> Mark:
    """Compute the mark.

    Args:
        terms: the student's.
        attempts: all of the student's, in any order.
        max_points: of the exercise itself.

    Returns:
        The mark. Of equally good attempts the earliest counts; attempts beyond the allowed number (the policy may have
        become stricter) do not count.
    """
    used = sorted([one for one in attempts if not one.failed], key=IN_ORDER)
    counted = _counted(terms, used[: terms.allowed])
    days = 0 if counted is None else terms.late_days(counted.sent_at)
    share = terms.override.share if terms.override else None if counted is None else _share(terms, counted)
    of = terms.policy.points_of(max_points)
    return Mark(
        share=share,
        points=None if share is None else round(share * of, 9),
        of=of,
        counted=None if counted is None else counted.submission_id,
        late_days=days,
        lost=terms.policy.late.lost(days),
        overridden=terms.override is not None,
        attempts_used=len(used),
        attempts_left=None if terms.allowed is None else max(0, terms.allowed - len(used)),
        given=None if counted is None else counted.given,
        max=None if counted is None else counted.max,
    )


def attempt_value(terms: Terms, attempt: Attempt, max_points: float) -> AttemptValue | None:
    """Compute the value of one attempt; None until it is graded."""
    if attempt.given is None or attempt.max is None:
        return None
    days, of = terms.late_days(attempt.sent_at), terms.policy.points_of(max_points)
    lost = terms.policy.late.lost(days)
    return AttemptValue(attempt.given, attempt.max, days, lost, round(_share(terms, attempt) * of, 9), of)


NOISE = 1e-9
"""Marks that differ by fewer points are equal: the difference is floating-point noise."""


def points_gained(before: Mark, after: Mark) -> float:
    """Return how many points the second mark exceeds the first by; a missing mark is 0, and noise is ignored."""
    gained = (after.points or 0.0) - (before.points or 0.0)
    return gained if abs(gained) > NOISE else 0.0


def state(terms: Terms, attempts_used: int, now: datetime) -> Open:
    """Return whether an attempt may be submitted."""
    if terms.opens_at is not None and now < start_of_minute(terms.opens_at):
        return Open.NOT_YET
    if is_past(terms.closes_at, now):
        return Open.CLOSED
    if terms.allowed is not None and attempts_used >= terms.allowed:
        return Open.NO_ATTEMPTS_LEFT
    return Open.LATE if terms.late_days(now) else Open.OPEN


def visible(shown: Shown, terms: Terms, attempts_used: int, now: datetime) -> bool:
    """Return whether something is shown to a student now."""
    match shown:
        case Shown.AT_ONCE:
            return True
        case Shown.AFTER_LAST:
            return state(terms, attempts_used, now) in {Open.CLOSED, Open.NO_ATTEMPTS_LEFT}
        case Shown.AFTER_DUE:
            return is_past(terms.is_over_after, now)
        case Shown.NEVER:
            return False


def _counted(terms: Terms, attempts: Sequence[Attempt]) -> Attempt | None:
    graded = [one for one in attempts if one.given is not None]
    if not graded:
        return None
    if terms.policy.counting is Counting.LAST:
        return graded[-1]
    return _best(terms, graded)


def _best(terms: Terms, graded: Sequence[Attempt]) -> Attempt:
    """Return the first of the best attempts; the end of the due minute is computed once for all."""
    late_from = None if terms.due_at is None else end_of_minute(terms.due_at)
    shares = [_score(one) if late_from is None or one.sent_at < late_from else _share(terms, one) for one in graded]
    return graded[shares.index(max(shares))]


def _share(terms: Terms, attempt: Attempt) -> float:
    """Return an attempt's share of the points, with lateness deducted."""
    score, days = _score(attempt), terms.late_days(attempt.sent_at)
    return score * (1 - terms.policy.late.lost(days)) if days else score


def _score(attempt: Attempt) -> float:
    """Return the share of the points in the report."""
    return (attempt.given or 0.0) / attempt.max if attempt.max else 0.0


@dataclass(frozen=True, slots=True)
class ReportVisibility:
    """How much is shown now.

    Attributes:
        marks: points and verdicts; without them nothing of a report is shown.
        mistakes: recognised mistakes, and the own values by which a field was judged.
        solution: the worked solution.
    """

    marks: bool = True
    mistakes: bool = True
    solution: bool = True


EVERYTHING = ReportVisibility()


def visibility(terms: Terms, attempts_used: int, now: datetime) -> ReportVisibility:
    """Return what the policy of an assignment shows to a student now."""
    policy = terms.policy
    return ReportVisibility(
        marks=visible(policy.marks, terms, attempts_used, now),
        mistakes=visible(policy.mistakes, terms, attempts_used, now),
        solution=visible(policy.solution, terms, attempts_used, now),
    )


def redact_report(report: Report | None, shown: ReportVisibility) -> Report | None:
    """Return the visible part of a report; None if nothing is visible.

    If mistakes are hidden, a recognised mistake is plainly wrong, and a value that follows does not say from what.
    """
    if report is None or not shown.marks:
        return None
    if shown.mistakes:
        return report
    return replace(report, fields={name: _without_mistake(field) for name, field in report.fields.items()})


def _without_mistake(field: FieldReport) -> FieldReport:
    verdict = Verdict.WRONG if field.verdict is Verdict.MISTAKEN else field.verdict
    return replace(field, verdict=verdict, mistake=None, expected_from=())
