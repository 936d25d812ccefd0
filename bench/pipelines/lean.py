"""The lean pipeline: Flask and psycopg without an ORM, and one Celery task for each submission.

`granian --interface wsgi bench.pipelines.lean:app` serves it, `celery --app bench.pipelines.lean:tasks worker` grades.
"""

import os
import threading
from typing import Any
from uuid import UUID, uuid4

import psycopg
from celery import Celery
from flask import Flask, request
from psycopg.types.json import Json

from bench.pipelines.sheets import mark

tasks = Celery(broker=os.environ["BENCH_BROKER"])
tasks.conf.update(task_ignore_result=True, task_default_queue="lean")
app = Flask(__name__)

TABLES = """
CREATE TABLE lean_submissions (
    id uuid PRIMARY KEY,
    learner text NOT NULL,
    exercise text NOT NULL,
    answers json NOT NULL,
    submitted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON lean_submissions (learner);
CREATE TABLE lean_gradings (
    submission_id uuid PRIMARY KEY REFERENCES lean_submissions,
    verdicts json NOT NULL,
    "right" int NOT NULL,
    graded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
INSERT = "INSERT INTO lean_submissions (id, learner, exercise, answers) VALUES (%s, %s, %s, %s)"
FETCH = "SELECT answers FROM lean_submissions WHERE id = %s"
STORE = 'INSERT INTO lean_gradings (submission_id, verdicts, "right") VALUES (%s, %s, %s) ON CONFLICT DO NOTHING'
SHOW = 'SELECT "right", verdicts FROM lean_gradings WHERE submission_id = %s'


_own = threading.local()


def connection() -> psycopg.Connection:
    """Return this thread's connection; each statement is a transaction of its own."""
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True)
    return _own.connection  # type: ignore[no-any-return]


@tasks.task(name="lean.grade")
def grade(submission_id: str) -> None:
    """Grade one submission."""
    (answers,) = connection().execute(FETCH, [submission_id]).fetchone() or [{}]
    verdicts = mark(answers)
    connection().execute(STORE, [submission_id, Json(verdicts), sum(verdicts.values())])


@app.post("/submissions")
def submit() -> tuple[dict[str, str], int]:
    """Store a submission and have it graded."""
    sent, known = request.get_json(), uuid4()
    connection().execute(INSERT, [known, sent["learner"], sent["exercise"], Json(sent["answers"])])
    grade.delay(str(known))
    return {"id": str(known)}, 202


@app.get("/submissions/<uuid:submission_id>")
def show(submission_id: UUID) -> dict[str, Any]:
    """Show a submission."""
    found = connection().execute(SHOW, [submission_id]).fetchone()
    return {"status": "pending"} if found is None else {"status": "graded", "right": found[0], "verdicts": found[1]}


def create_tables() -> None:
    """Create the tables."""
    connection().execute(TABLES)
