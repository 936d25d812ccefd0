"""Other people's history: many courses, students and graded submissions, stored by COPY.

Nobody looks at this work in detail; it is there so that pages can be tried and measured in a database with years of
use. Sheets and reports are real, but only a few dozen different ones of each exercise.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from grader.catalog.load import LoadedExercise
from grader.demo.fill import Ground, Tell, people
from grader.demo.students import WayOfWorking, can_imagine, imagine
from grader.judging.answers import entries_to_json, read_answers
from grader.judging.judge import JUDGE_VERSION, judge
from grader.judging.policy import Policy
from grader.messages.message import Message, to_json
from grader.services.grading.context import ensure_revision
from grader.store import accounts, database, tallies
from grader.store.submission_tables import AuditEntry, Failure, Grading, Learner, Submission
from grader.store.tables import Assignment, Base, Course, Enrolment, User
from grader.vocabulary import WEB_CLIENT, CourseRole, Role

YEAR = timedelta(days=365)
SHEETS: Final = 24
"""Different sheets of each exercise."""
ASSIGNMENTS: Final = 5
"""Assignments of each course, one of each exercise in turn."""
PRACTICE, FAILED, UNUSABLE = 0.3, 0.001, 0.0005
"""Shares of submissions."""
AUDITED: Final = 50
"""Submissions for each entry of the audit log."""
WORK = tuple(WayOfWorking)


@dataclass(frozen=True, slots=True)
class CrowdSize:
    """How many courses and submissions there are, and students in all of them."""

    courses: int = 200
    students: int = 20_000
    submissions: int = 100_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A judged sheet of an exercise, as columns of its rows."""

    slug: str
    revision: str
    answers: str
    report: str
    given: float
    max: float
    letters: str
    first_wrong: str | None
    mistakes: str | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """What has been stored: students by course, as pairs of user and learner, and assignments by course."""

    client_id: int
    courses: tuple[int, ...]
    members: tuple[tuple[tuple[int, int], ...], ...]
    assignments: tuple[tuple[tuple[int, str], ...], ...]


@dataclass(frozen=True, slots=True)
class SentByCrowd:
    """One submission of the crowd; `assignment_id` is None for practice."""

    id: UUID
    learner_id: int
    client_id: int
    sheet: Sheet
    at: datetime
    assignment_id: int | None
    fate: float

    @property
    def is_failed(self) -> bool:
        """Whether it could not be judged, or its file not be used."""
        return self.fate < FAILED + UNUSABLE


def fill_crowd(ground: Ground, size: CrowdSize, seed: int) -> Crowd:
    """Store a crowd in one transaction; equal arguments and databases give equal rows."""
    sheets = {
        published.slug: _sheets(published, seed) for published in ground.catalog if can_imagine(published.exercise)
    }
    with ground.sessions.begin() as session:
        database.expect_many_rows(session)
        for slug in sheets:
            ensure_revision(session, ground.catalog.find(slug), ground.now - YEAR)
        crowd = _people(session, size, sorted(sheets), ground.now, seed)
        ground.tell("people enrolled", size.students, size.students)
        chance = Random(f"{seed} {crowd.courses[0]}")  # noqa: S311 - imaginary; ids must differ from those of other crowds
        sent = list(_sent(crowd, sheets, size.submissions, chance, ground.now))
        _store(session, sent, ground.tell)
        _log(session, crowd, sent)
        tallies.rebuild(session)
    database.analyze(ground.sessions)
    return crowd


def _sheets(published: LoadedExercise, seed: int) -> list[Sheet]:
    chance = np.random.default_rng(seed)
    exercise = published.exercise
    typed = [imagine(exercise, WORK[k % len(WORK)], k, chance) for k in range(SHEETS)]
    reports = judge(exercise, [read_answers(exercise, entries) for entries in typed])
    return [
        Sheet(
            published.slug,
            published.revision,
            json.dumps(entries_to_json(entries)),
            json.dumps(report.to_json()),
            report.score.given,
            report.score.max,
            report.letters,
            report.first_wrong,
            json.dumps(report.mistakes) if report.mistakes else None,
        )
        for entries, report in zip(typed, reports, strict=True)
    ]


def _people(session: Session, size: CrowdSize, slugs: Sequence[str], now: datetime, seed: int) -> Crowd:
    began = now - YEAR
    client = accounts.ensure_client(session, WEB_CLIENT)
    (teacher,) = database.reserve_ids(session, User, 1)
    users = database.reserve_ids(session, User, size.students)
    names = [person.name for person in people(size.students, np.random.default_rng(seed))]
    columns = ("id", "email", "name", "role", "created_at")
    rows = [
        (user, f"crowd{user}@example.org", name, Role.STUDENT, began) for user, name in zip(users, names, strict=True)
    ]
    database.copy_rows(
        session, User, columns, [(teacher, f"crowd{teacher}@example.org", "Hoa Vu", "instructor", began), *rows]
    )
    learners = database.reserve_ids(session, Learner, size.students)
    known = [(one, client, f"crowd{user}@example.org", user) for one, user in zip(learners, users, strict=True)]
    database.copy_rows(session, Learner, ("id", "client_id", "ref", "user_id"), known)
    courses = database.reserve_ids(session, Course, size.courses)
    titled = [(course, f"Deep Learning, group {k}", teacher, began) for k, course in enumerate(courses, start=1)]
    database.copy_rows(session, Course, ("id", "title", "created_by", "created_at"), titled)
    pairs = list(zip(users, learners, strict=True))
    members = tuple(tuple(pairs[k :: size.courses]) for k in range(size.courses))
    _enrol(session, courses, members, teacher, began)
    return Crowd(client, tuple(courses), members, _assign(session, courses, slugs, now))


def _enrol(
    session: Session,
    courses: Sequence[int],
    members: Sequence[Sequence[tuple[int, int]]],
    teacher: int,
    began: datetime,
) -> None:
    columns = ("course_id", "user_id", "role", "joined_at")
    taught = [(course, teacher, CourseRole.INSTRUCTOR, began) for course in courses]
    heard = [
        (course, user, CourseRole.STUDENT, began)
        for course, some in zip(courses, members, strict=True)
        for user, _ in some
    ]
    database.copy_rows(session, Enrolment, columns, taught + heard)


def _assign(
    session: Session, courses: Sequence[int], slugs: Sequence[str], now: datetime
) -> tuple[tuple[tuple[int, str], ...], ...]:
    policy = json.dumps(Policy(variants=False).to_json())
    ids = iter(database.reserve_ids(session, Assignment, ASSIGNMENTS * len(courses)))
    made = tuple(tuple((next(ids), slugs[k % len(slugs)]) for k in range(ASSIGNMENTS)) for _ in courses)
    rows = [
        (one, course, slug, slug, now - YEAR, now + YEAR, policy, now - YEAR)
        for course, some in zip(courses, made, strict=True)
        for one, slug in some
    ]
    columns = ("id", "course_id", "slug", "title", "opens_at", "due_at", "policy", "created_at")
    database.copy_rows(session, Assignment, columns, rows)
    return made


def _sent(
    crowd: Crowd, sheets: dict[str, list[Sheet]], count: int, chance: Random, now: datetime
) -> Iterator[SentByCrowd]:
    """Yield submissions in order of time, as a table that has grown."""
    slugs, weights = sorted(sheets), [1 / len(sheets[slug][0].report) for slug in sorted(sheets)]
    for k in range(count):
        course = chance.randrange(len(crowd.courses))
        _, learner = chance.choice(crowd.members[course])
        is_practice = chance.random() < PRACTICE
        assignment, slug = (
            (None, chance.choices(slugs, weights)[0]) if is_practice else chance.choice(crowd.assignments[course])
        )
        sheet = chance.choice(sheets[slug])
        at = now - YEAR * (1 - (k + 1) / (count + 1))
        one = UUID(int=chance.getrandbits(128), version=4)
        yield SentByCrowd(one, learner, crowd.client_id, sheet, at, assignment, chance.random())


def _store(session: Session, sent: Sequence[SentByCrowd], tell: Tell) -> None:
    rows: tuple[tuple[type[Base], Sequence[str], Iterator[Sequence[object]]], ...] = (
        (
            Submission,
            ("id", "learner_id", "slug", "revision", "answers", "submitted_at", "client_id", "assignment_id"),
            (
                (
                    one.id,
                    one.learner_id,
                    one.sheet.slug,
                    one.sheet.revision,
                    one.sheet.answers,
                    one.at,
                    one.client_id,
                    one.assignment_id,
                )
                for one in sent
            ),
        ),
        (
            Grading,
            (
                "submission_id",
                "revision",
                "judge_version",
                "report",
                "given",
                "max",
                "graded_at",
                "verdicts",
                "first_wrong",
                "mistakes",
            ),
            (_graded(one) for one in sent if not one.is_failed),
        ),
        (
            Failure,
            ("submission_id", "tries", "reason", "failed_at", "unusable_file"),
            (_failed(one) for one in sent if one.is_failed),
        ),
    )
    for done, (model, columns, of_model) in enumerate(rows, start=1):
        database.copy_rows(session, model, columns, of_model)
        tell("tables filled", done, len(rows))


def _graded(one: SentByCrowd) -> Sequence[object]:
    sheet = one.sheet
    scored = (sheet.report, sheet.given, sheet.max, one.at, sheet.letters, sheet.first_wrong, sheet.mistakes)
    return (one.id, sheet.revision, JUDGE_VERSION, *scored)


def _failed(one: SentByCrowd) -> Sequence[object]:
    empty = Message("file.empty")
    if one.fate < UNUSABLE:
        return (one.id, 1, str(empty), one.at, json.dumps(to_json(empty)))
    return (one.id, 3, "Judging did not end in time.", one.at, None)


def _log(session: Session, crowd: Crowd, sent: Sequence[SentByCrowd]) -> None:
    course_of = {
        assignment: course
        for course, some in zip(crowd.courses, crowd.assignments, strict=True)
        for assignment, _ in some
    }
    rows = [
        (one.at, "assignment.archived", course_of[one.assignment_id], one.assignment_id)
        for one in sent[::AUDITED]
        if one.assignment_id is not None
    ]
    database.copy_rows(session, AuditEntry, ("at", "action", "course_id", "assignment_id"), rows)
