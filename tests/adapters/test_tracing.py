"""Spans of requests, tasks and statements."""

import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from celery import Task
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, Tracer
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from grader.adapters.tracing import trace_statements, tracer_with
from grader.store.database import Sessions, connect
from worker.tracing import TaskSpans

GRADE = cast("Task[Any, Any]", SimpleNamespace(name="grade"))


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Where the spans go."""
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter) -> Tracer:
    """A tracer of this test's own."""
    return tracer_with(SimpleSpanProcessor(exporter), "test")


@pytest.fixture
def traced(database_url: str, tracer: Tracer) -> Iterator[Sessions]:
    """Sessions of an engine whose statements are traced."""
    sessions = connect(database_url)
    trace_statements(sessions.kw["bind"], tracer)
    yield sessions
    sessions.kw["bind"].dispose()


def spans(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_statement_is_part_of_its_task_and_shows_no_values(
    traced: Sessions, tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    task = TaskSpans(tracer)
    task.start(GRADE)
    with traced() as session:
        session.execute(text("SELECT :answer"), {"answer": "a secret answer"})
    task.end("SUCCESS")
    found = spans(exporter)
    assert set(found) == {"grade", "SELECT"}
    outer, inner = found["grade"], found["SELECT"].parent
    assert outer.context is not None
    assert inner is not None
    assert inner.span_id == outer.context.span_id
    assert "secret" not in found["SELECT"].to_json()


def test_a_statement_that_fails_is_an_error_without_its_message(
    traced: Sessions, exporter: InMemorySpanExporter
) -> None:
    with traced() as session, pytest.raises(ProgrammingError):
        session.execute(text("SELECT nothing FROM nowhere"))
    span = spans(exporter)["SELECT"]
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "UndefinedTable")


def test_a_task_that_fails_is_an_error(tracer: Tracer, exporter: InMemorySpanExporter) -> None:
    task = TaskSpans(tracer)
    task.start(GRADE)
    task.end("FAILURE")
    assert spans(exporter)["grade"].status.status_code is StatusCode.ERROR


def test_nothing_of_it_is_imported_unless_it_is_wanted() -> None:
    look = "import sys, grader.web.app, grader.web.dependencies, worker.tasks; print('grader.adapters.tracing' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, check=True, text=True)
    assert told.stdout == "False\n"
