"""How attempts become a mark, and what of a report is visible when."""

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
    """Return the first instant after the minute that a clock shows: what is due at 23:59 is in time until 23:59:59."""
    return start_of_minute(moment) + MINUTE


def is_past(moment: datetime | None, now: datetime) -> bool:
    """Tell whether the minute of a moment has ended; it never does where there is none."""
    return moment is not None and now >= end_of_minute(moment)


DAY = timedelta(days=1)
IN_ORDER = attrgetter("sent_at", "submission_id")
"""The order of attempts; of two of one moment the id decides."""


class Counting(StrEnum):
    """Which attempt makes the mark."""

    BEST = "best"
    LAST = "last"


class Shown(StrEnum):
    """When a student is shown something."""

    AT_ONCE = "at-once"
    AFTER_LAST = "after-last-attempt"
    AFTER_DUE = "after-due"
    NEVER = "never"


class Open(StrEnum):
    """Whether an attempt may be sent now, or why not."""

    NOT_YET = "not-yet"
    OPEN = "open"
    LATE = "late"
    NO_ATTEMPTS_LEFT = "no-attempts-left"
    CLOSED = "closed"

    @property
    def takes_attempts(self) -> bool:
        """Whether an attempt may be sent."""
        return self in {Open.OPEN, Open.LATE}


@dataclass(frozen=True, slots=True)
class Late:
    """What lateness costs.

    Attributes:
        per_day: share of the mark that is lost for each 24 h begun after the student's due time.
        cap: the most that is lost.
        days: for so many days late work is taken; 0 for none, None for ever.
    """

    per_day: float = 0.0
    cap: float = 1.0
    days: int | None = 0

    def lost(self, days: int) -> float:
        """The share that so many days cost."""
        return min(self.cap, self.per_day * days)


@dataclass(frozen=True, slots=True)
class Policy:
    """How an assignment's gradings become a mark, and what students see of them when.

    Attributes:
        attempts: how many there are; None for as many as one likes.
        counting: which of them counts.
        late: what lateness costs.
        variants: whether each student has given values of the student's own, where the exercise draws some.
        marks: when points and verdicts are shown.
        mistakes: when recognised mistakes and what was expected from own values are shown.
        solution: when the worked solution is shown.
        points: what the assignment is worth in the gradebook; None for the exercise's own points.
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
        """Whether who practised the exercise would learn what the assignment does not tell, or tells only so often."""
        return self.attempts is not None or {self.marks, self.mistakes} != {Shown.AT_ONCE}

    def points_of(self, exercise_points: float) -> float:
        """Return the points of the assignment in the gradebook, given the exercise's own."""
        return exercise_points if self.points is None else self.points

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`."""
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
    """One submission; `given` is None while it waits; `failed` if it was not judged, `unusable` too if for its file.

    A tuple, because a class sends tens of thousands: it takes a third of the time that a frozen dataclass does.
    """

    submission_id: UUID
    sent_at: datetime
    given: float | None = None
    max: float | None = None
    failed: bool = False
    unusable: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A share of the points that a person has set in place of the computed one."""

    share: float
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one student at one assignment; an extension is in it already.

    Times are whole minutes, as people read them: an assignment opens as its minute begins, and what is due or closes
    in a minute is in time until that minute ends.

    Attributes:
        opens_at: None for from the beginning.
        due_at: the student's own; None for never.
        extra_attempts: beyond those of the policy.
        override: what a person has set in place of the computed mark, if anything.
    """

    policy: Policy
    opens_at: datetime | None = None
    due_at: datetime | None = None
    extra_attempts: int = 0
    override: Override | None = None

    @property
    def allowed(self) -> int | None:
        """How many attempts there are; None for as many as one likes."""
        return None if self.policy.attempts is None else self.policy.attempts + self.extra_attempts

    @property
    def closes_at(self) -> datetime | None:
        """The last minute in which an attempt can be sent; None where there is no end."""
        if self.due_at is None or self.policy.late.days is None:
            return None
        return self.due_at + self.policy.late.days * DAY

    @property
    def is_over_after(self) -> datetime | None:
        """The minute after which nothing is expected: the last for sending, else the due one; None for never."""
        return self.closes_at or self.due_at

    def late_days(self, sent_at: datetime) -> int:
        """Return how many days of 24 h have begun since the end of the due minute."""
        if self.due_at is None or sent_at <= self.due_at or not is_past(self.due_at, sent_at):  # the cheap test first
            return 0
        return (sent_at - end_of_minute(self.due_at)) // DAY + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """What the gradebook shows of one student at one assignment.

    Attributes:
        share: of the points, lateness deducted; None where nothing is graded yet.
        points: what that is worth; None where `share` is.
        of: the most that there is.
        counted: the attempt that makes the mark; None where there is none.
        late_days: how many days late that one was, each begun day counted.
        lost: the share of its score that this cost.
        given: points by the report of the attempt that makes the mark, of `max`, before lateness; None without one.
        max: the most that the report gives.
        overridden: whether a person has set it.
        attempts_used: without those that were not judged.
        attempts_left: None for as many as one likes.
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
    """What one graded attempt is worth, whether it makes the mark or not; the names are those of `Mark`.

    Attributes:
        given: points by its report, of `max`.
        late_days: how many days late it is, each begun day counted.
        lost: the share that this costs.
        points: what remains, of `of` in the gradebook.
    """

    given: float
    max: float
    late_days: int
    lost: float
    points: float
    of: float


def mark(terms: Terms, attempts: Sequence[Attempt], max_points: float) -> Mark:
    """Work the mark out.

    Args:
        terms: the student's.
        attempts: all of the student's, in any order.
        max_points: what the exercise is worth by itself.

    Returns:
        The mark. Of equally good attempts the earliest counts; of attempts beyond those allowed (the policy may have
        become stricter) none does.
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
    """Work out what one attempt is worth by itself; None until it is graded."""
    if attempt.given is None or attempt.max is None:
        return None
    days, of = terms.late_days(attempt.sent_at), terms.policy.points_of(max_points)
    lost = terms.policy.late.lost(days)
    return AttemptValue(attempt.given, attempt.max, days, lost, round(_share(terms, attempt) * of, 9), of)


NOISE = 1e-9
"""Marks that differ by less points are equal: only the rounding of floating-point numbers differs."""


def points_gained(before: Mark, after: Mark) -> float:
    """Return how many points the second mark exceeds the first by; a missing mark is 0 points, and noise no gain."""
    gained = (after.points or 0.0) - (before.points or 0.0)
    return gained if abs(gained) > NOISE else 0.0


def state(terms: Terms, attempts_used: int, now: datetime) -> Open:
    """Tell whether an attempt may be sent."""
    if terms.opens_at is not None and now < start_of_minute(terms.opens_at):
        return Open.NOT_YET
    if is_past(terms.closes_at, now):
        return Open.CLOSED
    if terms.allowed is not None and attempts_used >= terms.allowed:
        return Open.NO_ATTEMPTS_LEFT
    return Open.LATE if terms.late_days(now) else Open.OPEN


def visible(shown: Shown, terms: Terms, attempts_used: int, now: datetime) -> bool:
    """Tell whether a student is shown something now."""
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
    """Return the first of those worth most; the end of the due minute is computed once for all of them."""
    late_from = None if terms.due_at is None else end_of_minute(terms.due_at)
    shares = [_score(one) if late_from is None or one.sent_at < late_from else _share(terms, one) for one in graded]
    return graded[shares.index(max(shares))]


def _share(terms: Terms, attempt: Attempt) -> float:
    """Return what an attempt is worth, lateness deducted."""
    score, days = _score(attempt), terms.late_days(attempt.sent_at)
    return score * (1 - terms.policy.late.lost(days)) if days else score


def _score(attempt: Attempt) -> float:
    """Return the share of the points that the report gives."""
    return (attempt.given or 0.0) / attempt.max if attempt.max else 0.0


@dataclass(frozen=True, slots=True)
class ReportVisibility:
    """What is shown by now.

    Attributes:
        marks: points and verdicts; without them nothing of a report is.
        mistakes: which mistake was recognised, and which own values something was judged by.
        solution: how it is worked out.
    """

    marks: bool = True
    mistakes: bool = True
    solution: bool = True


EVERYTHING = ReportVisibility()


def visibility(terms: Terms, attempts_used: int, now: datetime) -> ReportVisibility:
    """What the policy of an assignment lets a student see now."""
    policy = terms.policy
    return ReportVisibility(
        marks=visible(policy.marks, terms, attempts_used, now),
        mistakes=visible(policy.mistakes, terms, attempts_used, now),
        solution=visible(policy.solution, terms, attempts_used, now),
    )


def redact_report(report: Report | None, shown: ReportVisibility) -> Report | None:
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
