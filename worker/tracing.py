"""A span for each task; imported only if GRADER_TRACES_URL is set."""

from dataclasses import dataclass, field
from typing import Any

from celery import Task
from celery.signals import task_postrun, task_prerun
from opentelemetry import context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from sqlalchemy import Engine

from grader.adapters.tracing import trace_statements, tracer_for

SERVICE = "nn-grader-worker"


def begin(url: str, engine: Engine) -> None:
    """Send spans of this process's tasks and statements to a collector."""
    tracer = tracer_for(url, SERVICE)
    trace_statements(engine, tracer)
    TaskSpans(tracer).follow()


@dataclass(slots=True)
class TaskSpans:
    """The span of the task that this process runs: one at a time."""

    tracer: Tracer
    _span: Span | None = field(default=None, init=False)
    _token: Any = field(default=None, init=False)

    def follow(self) -> None:
        """Follow every task."""
        task_prerun.connect(self.start, weak=False)
        task_postrun.connect(self.end, weak=False)

    def start(self, task: Task[Any, Any], **_: object) -> None:
        """Begin the span of a task."""
        self._span = self.tracer.start_span(task.name, kind=SpanKind.CONSUMER)
        self._token = context.attach(set_span_in_context(self._span))

    def end(self, state: str | None, **_: object) -> None:
        """End it."""
        if self._span is None:
            return
        if state != "SUCCESS":
            self._span.set_status(Status(StatusCode.ERROR))
        context.detach(self._token)
        self._span.end()
        self._span = None
