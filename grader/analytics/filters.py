"""Selections of the submissions behind a bar of a figure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from grader.analytics.records import LONG, StudentWork, WhichAttempt, success
from grader.judging.policy import Attempt
from grader.judging.verdict import LETTERS, Verdict


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The considered attempts with a given verdict in a field."""

    field: str
    verdict: Verdict
    which: WhichAttempt = WhichAttempt.COUNTED


@dataclass(frozen=True, slots=True)
class Mistaken:
    """All submissions with a mistake."""

    mistake: str


@dataclass(frozen=True, slots=True)
class Marked:
    """The counting attempts of students with a mark in [start, end)."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class SentBetween:
    """All submissions sent in [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Needed:
    """The first attempts with full marks, if they were the n-th; for 0 all attempts of students without full marks."""

    tries: int


@dataclass(frozen=True, slots=True)
class Ungraded:
    """Submissions that are waiting to be judged, or could not be."""

    failed: bool


Selection: TypeAlias = Verdicts | Mistaken | Marked | SentBetween | Needed | Ungraded
Finder: TypeAlias = Callable[..., Iterator[int]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One submission in a list: its student, and its index among the student's attempts."""

    work: StudentWork
    place: int

    @property
    def attempt(self) -> Attempt:
        """The attempt itself."""
        return self.work.attempts[self.place]


def select(works: Sequence[StudentWork], names: Sequence[str], selection: Selection | None = None) -> list[Chosen]:
    """Return submissions, newest first; all without a selection.

    Args:
        works: one for each student.
        names: of the fields, in the order of the verdicts.
        selection: the condition.
    """
    find: Finder = _all if selection is None else FINDERS[type(selection)]
    found = [Chosen(work, place) for work in works for place in find(work, names, selection)]
    return sorted(found, key=lambda one: (one.attempt.sent_at, one.attempt.submission_id), reverse=True)


def _all(work: StudentWork, *_unasked: object) -> Iterator[int]:
    yield from range(len(work.attempts))


def _verdicts(work: StudentWork, names: Sequence[str], wanted: Verdicts) -> Iterator[int]:
    place = work.chosen(wanted.which)
    letters = "" if place is None else work.verdicts[place]
    if place is not None and wanted.field in names and letters[names.index(wanted.field)] == LETTERS[wanted.verdict]:
        yield place


def _mistaken(work: StudentWork, _names: Sequence[str], wanted: Mistaken) -> Iterator[int]:
    yield from (k for k, mistakes in enumerate(work.mistakes) if wanted.mistake in mistakes.values())


def _marked(work: StudentWork, _names: Sequence[str], wanted: Marked) -> Iterator[int]:
    place = work.chosen(WhichAttempt.COUNTED)
    if place is not None and work.mark.points is not None and wanted.start <= work.mark.points < wanted.end:
        yield place


def _sent(work: StudentWork, _names: Sequence[str], wanted: SentBetween) -> Iterator[int]:
    yield from (k for k, one in enumerate(work.attempts) if wanted.start <= one.sent_at < wanted.end)


def _needed(work: StudentWork, _names: Sequence[str], wanted: Needed) -> Iterator[int]:
    number = success(work)
    if number is None:
        place = work.chosen(WhichAttempt.COUNTED) if wanted.tries == 0 else None
    else:
        same = min(number, LONG) == wanted.tries
        place = [k for k, one in enumerate(work.attempts) if not one.failed][number - 1] if same else None
    if place is not None:
        yield place


def _ungraded(work: StudentWork, _names: Sequence[str], wanted: Ungraded) -> Iterator[int]:
    ungraded = ((k, one) for k, one in enumerate(work.attempts) if one.given is None and not one.unusable)
    yield from (k for k, one in ungraded if one.failed is wanted.failed)


FINDERS: Mapping[type, Finder] = MappingProxyType(
    {
        Verdicts: _verdicts,
        Mistaken: _mistaken,
        Marked: _marked,
        SentBetween: _sent,
        Needed: _needed,
        Ungraded: _ungraded,
    }
)
