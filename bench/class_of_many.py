"""A class for measuring pages with: one assignment, many students, many submissions, judged and stored in bulk.

Everything is judged by the judge itself, so that what stands in the database is what would stand there after a term.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from psycopg import sql
from psycopg.types.json import Json
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from grader.catalog.load import LoadedExercise
from grader.engine.mistakes import single_ways
from grader.judging.answers import Entry, read_answers
from grader.judging.judge import JUDGE_VERSION, judge
from grader.judging.policy import Policy
from grader.services.grading.context import ensure_revision
from grader.store import tallies
from grader.store.accounts import ensure_client
from grader.store.database import Sessions
from grader.store.tables import Assignment, Course
from grader.vocabulary import WEB_CLIENT

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
GIVEN = [
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hà",
    "Hải",
    "Hạnh",
    "Hiếu",
    "Hoa",
    "Hùng",
    "Huy",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Minh",
    "Nam",
    "Ngọc",
    "Phúc",
    "Quân",
    "Sơn",
    "Thảo",
]
LIKELY = {
    "stale-weights": 30,
    "hidden-derivative-missing": 16,
    "single-path": 12,
    "half-missing": 8,
    "ascent": 6,
    "error-sign": 5,
    "backward-transposed": 4,
    "bias-missing": 3,
}
ODD_FIELD, ODD_FACTOR, ODD_SHARE = "dE_dw7", 1.37, 0.02
FEW_DIGITS, SLIPS = 0.05, 0.05


@dataclass(frozen=True, slots=True)
class Size:
    """How many."""

    students: int
    submissions: int


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    course_id: int
    assignment_id: int
    instructor_id: int
    students: tuple[int, ...]


def make_class(sessions: Sessions, published: LoadedExercise, size: Size, now: datetime | None = None) -> Made:
    """Store a class halfway through its assignment; the same every time."""
    chance = Random(4)  # noqa: S311 - a class, no secret
    now = now or datetime.now(UTC)
    with sessions.begin() as session:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))  # judging them all takes its time
        course_id, instructor_id = _course(session, now)
        students = _students(session, course_id, size.students, chance, now)
        assignment_id = _assignment(session, course_id, published, now)
        sent = list(_sent(published, students, size.submissions, chance, now))
        _store(session, published, assignment_id, sent)
        tallies.rebuild(session)
        _drafts(session, assignment_id, students, {one["learner_id"] for one in sent}, now)
    with sessions.kw["bind"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return Made(course_id, assignment_id, instructor_id, tuple(user for user, _ in students))


def _course(session: Session, now: datetime) -> tuple[int, int]:
    user = {"email": f"teacher-{uuid4().hex[:8]}@example.org", "name": "Ines", "role": "instructor", "created_at": now}
    ((instructor_id,),) = _copy(session, "users", [user], returning=True)
    began = {"title": "Introduction to Deep Learning", "created_by": instructor_id, "created_at": now - timedelta(30)}
    course_id = session.scalars(insert(Course).values(began).returning(Course.id)).one()
    role = {"course_id": course_id, "user_id": instructor_id, "role": "instructor", "joined_at": now}
    _copy(session, "enrolments", [role])
    return course_id, instructor_id


def _students(session: Session, course_id: int, count: int, chance: Random, now: datetime) -> list[tuple[int, int]]:
    """User and learner of each."""
    mark = uuid4().hex[:6]
    names = [f"{chance.choice(FAMILY)} {chance.choice(GIVEN)} {chance.choice(GIVEN)}" for _ in range(count)]
    users = [
        {"email": f"s{k:04}-{mark}@example.org", "name": name, "role": "student", "created_at": now}
        for k, name in enumerate(names)
    ]
    ids = [row[0] for row in _copy(session, "users", users, returning=True)]
    web = ensure_client(session, WEB_CLIENT)
    roles = [
        {
            "course_id": course_id,
            "user_id": user,
            "role": "student",
            "student_number": f"N{20260000 + k}",
            "joined_at": now,
        }
        for k, user in enumerate(ids)
    ]
    _copy(session, "enrolments", roles)
    learners = [{"client_id": web, "ref": one["email"], "user_id": user} for one, user in zip(users, ids, strict=True)]
    learner_ids = [row[0] for row in _copy(session, "learners", learners, returning=True)]
    return list(zip(ids, learner_ids, strict=True))


def _assignment(session: Session, course_id: int, published: LoadedExercise, now: datetime) -> int:
    row = {
        "course_id": course_id,
        "slug": published.slug,
        "title": published.title,
        "opens_at": now - timedelta(days=9),
        "due_at": now + timedelta(days=3),
        "policy": Policy(variants=False, points=20.0).to_json(),
        "created_at": now - timedelta(days=9),
    }
    ensure_revision(session, published, now)
    return session.scalars(insert(Assignment).values(row).returning(Assignment.id)).one()


def _sent(
    published: LoadedExercise, students: Sequence[tuple[int, int]], submissions: int, chance: Random, now: datetime
) -> Iterable[dict[str, Any]]:
    """Attempts of nine in ten students, more towards now; who sends more knows more."""
    active = students[: max(1, round(len(students) * 0.88))] if submissions else []
    values = _wrong_ways(published)
    for k in range(submissions):
        _, learner = active[k % len(active)]
        back = timedelta(days=9 * chance.random() ** 1.7)
        gift = Random(learner).random()  # noqa: S311 - the same
        skill = 0.55 * gift + 0.2 * k / max(1, submissions)
        yield {"learner_id": learner, "submitted_at": now - back, "answers": _answers(published, values, skill, chance)}


def _wrong_ways(published: LoadedExercise) -> dict[str, dict[str, float]]:
    exercise = published.exercise
    givens = {given.name: given.value for given in exercise.givens}
    ways = {way.id: way.graph.evaluate(givens) for way in single_ways(exercise.network, exercise.graph)}
    return {name: {field: float(way[field]) for field in exercise.field_names} for name, way in ways.items()}


def _answers(
    published: LoadedExercise, ways: dict[str, dict[str, float]], skill: float, chance: Random
) -> dict[str, str]:
    names = published.exercise.field_names
    known = [(name, weight) for name, weight in LIKELY.items() if name in ways]
    values = {name: float(published.exercise.reference[name]) for name in names}
    if chance.random() > skill:
        values = dict(ways[chance.choices([name for name, _ in known], [weight for _, weight in known])[0]])
    if ODD_FIELD in values and chance.random() < ODD_SHARE:
        values[ODD_FIELD] *= ODD_FACTOR
    for name in names:
        if chance.random() < SLIPS * (1 - skill):
            values[name] *= 1 + chance.random()
    digits = 3 if chance.random() < FEW_DIGITS else 7
    reached = len(names) if chance.random() < skill + 0.1 else round(len(names) * min(1.0, 0.25 + chance.random()))
    return {name: f"{values[name]:.{digits}g}" for name in names[:reached]}


def _store(session: Session, published: LoadedExercise, assignment_id: int, sent: Sequence[dict[str, Any]]) -> None:
    web = ensure_client(session, WEB_CLIENT)
    rows = [
        {
            "id": uuid4(),
            "learner_id": one["learner_id"],
            "slug": published.slug,
            "revision": published.revision,
            "answers": Json(one["answers"]),
            "submitted_at": one["submitted_at"],
            "client_id": web,
            "assignment_id": assignment_id,
        }
        for one in sent
    ]
    _copy(session, "submissions", rows)
    _copy(session, "gradings", list(_gradings(published, sent, [row["id"] for row in rows])))


def _gradings(
    published: LoadedExercise, sent: Sequence[dict[str, Any]], ids: Sequence[UUID]
) -> Iterable[dict[str, Any]]:
    exercise = published.exercise
    for start in range(0, len(sent), 2000):
        some = sent[start : start + 2000]
        answers = [read_answers(exercise, {name: Entry(text) for name, text in one["answers"].items()}) for one in some]
        for one, submission_id, report in zip(some, ids[start:], judge(exercise, answers), strict=False):
            yield {
                "submission_id": submission_id,
                "revision": published.revision,
                "judge_version": JUDGE_VERSION,
                "report": Json(report.to_json()),
                "given": report.score.given,
                "max": report.score.max,
                "graded_at": one["submitted_at"] + timedelta(milliseconds=30),
                "verdicts": report.letters,
                "first_wrong": report.first_wrong,
                "mistakes": Json(report.mistakes) if report.mistakes else None,
            }


def _drafts(
    session: Session, assignment_id: int, students: Sequence[tuple[int, int]], sent: set[int], now: datetime
) -> None:
    idle = [user for user, learner in students if learner not in sent]
    rows = [
        {"user_id": user, "place": f"assignment:{assignment_id}", "answers": Json({}), "saved_at": now}
        for user in idle[: len(idle) // 2]
    ]
    _copy(session, "drafts", rows)


def _copy(session: Session, table: str, rows: Sequence[dict[str, Any]], *, returning: bool = False) -> list[Any]:
    """Store rows in bulk; `returning` gives their new ids, in their order."""
    if not rows:
        return []
    connection = session.connection().connection.driver_connection
    names = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    with connection.cursor() as cursor:
        before = (
            cursor.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))).fetchone()[0]
            if returning
            else 0
        )
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
            for row in rows:
                copy.write_row(list(row.values()))
        if not returning:
            return []
        query = sql.SQL("SELECT id FROM {} WHERE id > %s ORDER BY id").format(sql.Identifier(table))
        return list(cursor.execute(query, [before]).fetchall())
