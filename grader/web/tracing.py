"""A span for each request; imported only if GRADER_TRACES_URL is set."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, g, request
from opentelemetry import context
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Engine

from grader.adapters.tracing import trace_statements, tracer_for

SERVICE: Final = "nn-grader-web"
OUR_FAULT: Final = 500
PROPAGATOR: Final = TraceContextTextMapPropagator()


def trace_requests(app: Flask, url: str, engine: Engine) -> None:
    """Send spans of this application's requests and statements to a collector."""
    tracer = tracer_for(url, SERVICE)
    trace_statements(engine, tracer)
    RequestSpans(tracer).follow(app)


@dataclass(frozen=True, slots=True)
class RequestSpans:
    """The spans of an application's requests, within the caller's trace if there is one (`traceparent`)."""

    tracer: Tracer

    def follow(self, app: Flask) -> None:
        """Follow every request of `app`; it must not have answered one yet."""
        app.before_request_funcs.setdefault(None, []).insert(0, self._begin)
        app.after_request_funcs.setdefault(None, []).insert(0, self._describe)
        app.teardown_request(self._end)

    def _begin(self) -> None:
        outer = PROPAGATOR.extract(dict(request.headers.items(lower=True)))
        route = request.url_rule.rule if request.url_rule else "other"
        span = self.tracer.start_span(f"{request.method} {route}", context=outer, kind=SpanKind.SERVER)
        span.set_attributes({"http.request.method": request.method, "http.route": route})
        g.span, g.span_token = span, context.attach(set_span_in_context(span))

    def _describe(self, response: Response) -> Response:
        g.span.set_attribute("http.response.status_code", response.status_code)
        g.span.set_attribute("nn_grader.request_id", g.get("request_id", ""))
        if response.status_code >= OUR_FAULT:
            g.span.set_status(Status(StatusCode.ERROR))
        return response

    def _end(self, _error: BaseException | None) -> None:
        if "span" in g:
            context.detach(g.pop("span_token"))
            g.pop("span").end()
