"""The naive pipeline: Flask, the ORM, and one Celery task for each submission.

`granian --interface wsgi bench.pipelines.naive:app` serves it, `celery --app bench.pipelines.naive:tasks worker` grades.
"""

import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from celery import Celery
from flask import Flask, request
from sqlalchemy import JSON, ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, sessionmaker

from bench.pipelines.sheets import mark

engine = create_engine(os.environ["BENCH_DATABASE"], pool_size=32)
Session = sessionmaker(engine)
tasks = Celery(broker=os.environ["BENCH_BROKER"])
tasks.conf.update(task_ignore_result=True, task_default_queue="naive")
app = Flask(__name__)


class Base(DeclarativeBase):
    """The tables."""


class Submission(Base):
    """What a student sent."""

    __tablename__ = "naive_submissions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    learner: Mapped[str] = mapped_column(index=True)
    exercise: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    submitted_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    grading: Mapped["Grading | None"] = relationship(back_populates="submission")


class Grading(Base):
    """Grade a submission."""

    __tablename__ = "naive_gradings"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey(Submission.id), unique=True)
    verdicts: Mapped[dict[str, Any]] = mapped_column(JSON)
    right: Mapped[int]
    graded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    submission: Mapped[Submission] = relationship(back_populates="grading")


@tasks.task(name="naive.grade")
def grade(submission_id: str) -> None:
    """Grade one submission."""
    with Session.begin() as session:
        submission = session.get_one(Submission, UUID(submission_id))
        if submission.grading is None:
            verdicts = mark(submission.answers)
            submission.grading = Grading(verdicts=verdicts, right=sum(verdicts.values()))


@app.post("/submissions")
def submit() -> tuple[dict[str, str], int]:
    """Store a submission and have it graded."""
    sent = request.get_json()
    with Session.begin() as session:
        submission = Submission(learner=sent["learner"], exercise=sent["exercise"], answers=sent["answers"])
        session.add(submission)
        session.flush()
        known = str(submission.id)
    grade.delay(known)
    return {"id": known}, 202


@app.get("/submissions/<uuid:submission_id>")
def show(submission_id: UUID) -> dict[str, Any]:
    """Show a submission."""
    with Session() as session:
        submission = session.get_one(Submission, submission_id)
        if submission.grading is None:
            return {"status": "pending"}
        return {"status": "graded", "right": submission.grading.right, "verdicts": submission.grading.verdicts}


def regrade(most: int) -> int:
    """Grade submissions again one by one, at most so many, and return how many there were."""
    with Session() as session:
        known = session.scalars(select(Submission.id).order_by(Submission.submitted_at).limit(most)).all()
    for submission_id in known:
        with Session.begin() as session:
            submission = session.get_one(Submission, submission_id)
            if submission.grading is not None:
                verdicts = mark(submission.answers)
                submission.grading.verdicts, submission.grading.right = verdicts, sum(verdicts.values())
                submission.grading.graded_at = datetime.now(UTC)
    return len(known)


def create_tables() -> None:
    """Create the tables."""
    Base.metadata.create_all(engine)
