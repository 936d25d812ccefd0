from typing import Any

import pytest
from flask import Flask, abort
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from grader.adapters.tracing import tracer_with
from grader.web.tracing import RequestSpans


@pytest.fixture
def exporter(fresh_app: Flask) -> InMemorySpanExporter:
    """Where the spans of the application's requests go."""
    exporter = InMemorySpanExporter()
    RequestSpans(tracer_with(SimpleSpanProcessor(exporter), "test")).follow(fresh_app)
    fresh_app.add_url_rule("/fails", view_func=lambda: abort(500))
    return exporter


def only(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exporter.get_finished_spans()
    return span


def test_a_span_names_the_route_and_not_the_path(fresh_app: Flask, exporter: InMemorySpanExporter) -> None:
    fresh_app.test_client().get("/sign-in/link/a-secret?q=secret", headers={"X-Request-Id": "mine"})
    span = only(exporter)
    attributes: dict[str, Any] = dict(span.attributes or {})
    assert span.name == "GET /sign-in/link/<token>"
    assert attributes["http.response.status_code"] == 403
    assert attributes["nn_grader.request_id"] == "mine"
    assert "secret" not in span.to_json()


def test_a_caller_s_trace_goes_on(fresh_app: Flask, exporter: InMemorySpanExporter) -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    fresh_app.test_client().get("/healthz", headers={"traceparent": given})
    parent = only(exporter).parent
    assert parent is not None
    assert f"{parent.trace_id:x}" == "af7651916cd43dd8448eb211c80319c"


def test_a_malformed_trace_begins_a_new_one(fresh_app: Flask, exporter: InMemorySpanExporter) -> None:
    assert fresh_app.test_client().get("/healthz", headers={"traceparent": "00-zz"}).status_code == 200
    assert only(exporter).parent is None


def test_a_fault_of_ours_is_an_error(fresh_app: Flask, exporter: InMemorySpanExporter) -> None:
    fresh_app.test_client().get("/fails")
    assert only(exporter).status.status_code is StatusCode.ERROR
