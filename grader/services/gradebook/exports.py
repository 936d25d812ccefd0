"""Exports: the gradebook, submissions to an exercise, the archive of a course."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grader.catalog.load import Catalog
from grader.judging.answers import Entries, entries_from_json
from grader.judging.policy import Mark
from grader.judging.report import Report
from grader.services.assignments.assignments import CourseAssignment
from grader.services.assignments.marks import StudentMark, marks_of, max_points_of
from grader.services.courses.members import Student, students_by_user
from grader.services.json_stream import document
from grader.services.submissions.queries import Status
from grader.store import class_queries
from grader.store import personal_data as stored


@dataclass(frozen=True, slots=True)
class GradebookColumn:
    """One assignment; `of` is its points, None if its exercise no longer exists and nothing was graded."""

    assignment: CourseAssignment
    of: float | None


@dataclass(frozen=True, slots=True)
class GradebookLine:
    """One student, with terms, attempts and mark for each column."""

    student: Student
    standings: tuple[StudentMark, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks alone."""
        return tuple(standing.mark for standing in self.standings)


@dataclass(frozen=True, slots=True)
class GradebookExport:
    """The table; students by name."""

    columns: tuple[GradebookColumn, ...]
    lines: tuple[GradebookLine, ...]


def gradebook_export(
    session: Session, catalog: Catalog, course_id: int, assignments: Sequence[CourseAssignment]
) -> GradebookExport:
    """Compute the marks of all students of a course; three queries an assignment."""
    columns = tuple(GradebookColumn(one, _exported_points(session, catalog, one)) for one in assignments)
    students = students_by_user(session, course_id)
    by_column = [marks_of(session, column.assignment, column.of or 0.0, list(students)) for column in columns]
    lines = (
        GradebookLine(student, tuple(marks[user_id] for marks in by_column)) for user_id, student in students.items()
    )
    return GradebookExport(columns, tuple(lines))


def _exported_points(session: Session, catalog: Catalog, assignment: CourseAssignment) -> float | None:
    points = assignment.policy.points_of(max_points_of(session, catalog, assignment))
    is_known = assignment.policy.points is not None or assignment.slug in catalog.published
    return points if points or is_known else None


@dataclass(frozen=True, slots=True)
class Exported:
    """One submission with everything that an export shows of it."""

    id: UUID
    submitted_at: datetime
    revision: str
    learner_ref: str
    client: str
    status: Status
    entries: Entries
    report: Report | None


def export(session: Session, slug: str) -> Iterator[Exported]:
    """Yield all practice submissions to an exercise, oldest first, one at a time."""
    for row in class_queries.practice_submissions(session, slug):
        report = None if row.report is None else Report.from_json(row.report)
        failed = Status.UNUSABLE if row.unusable else Status.FAILED
        ungraded = Status.PENDING if row.failure_reason is None else failed
        yield Exported(
            id=row.id,
            submitted_at=row.submitted_at,
            revision=row.revision,
            learner_ref=row.learner_ref,
            client=row.client,
            status=ungraded if report is None else Status.GRADED,
            entries=entries_from_json(row.answers),
            report=report,
        )


FORMAT, VERSION = "nn-grader/course", 1


def course_archive(
    session: Session, course_id: int, assignment_ids: list[int], now: datetime, *, user_id: int | None = None
) -> Iterator[str]:
    """Yield the JSON of these assignments of a course, complete or limited to one person."""
    return document(_parts(session, course_id, assignment_ids, now, user_id))


def _parts(
    session: Session, course_id: int, assignment_ids: list[int], now: datetime, user_id: int | None
) -> Iterator[tuple[str, Any]]:
    yield "format", FORMAT
    yield "version", VERSION
    yield "exported_at", now.isoformat()
    yield "course", stored.archived_course(session, course_id)
    yield "people", stored.archived_people(session, course_id, user_id)
    yield from stored.archived_rows(session, assignment_ids, user_id)
    yield "submissions", stored.archived_submissions(session, assignment_ids, user_id)
    yield "audit", stored.archived_audit(session, course_id, assignment_ids, user_id)
