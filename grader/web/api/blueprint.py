"""All operations of the API."""

from functools import cache
from importlib.metadata import version

from flask import Blueprint, Response, jsonify

from grader.web.api import assignments, exercises, results, submissions
from grader.web.api import openapi as api_openapi
from grader.web.api.openapi import document
from grader.web.api.routing import add_allowance, view_of

OPERATIONS = (
    exercises.list_exercises,
    exercises.show_exercise,
    exercises.check,
    submissions.create,
    submissions.create_many,
    submissions.list_submissions,
    submissions.show_submission,
    results.list_results,
    assignments.list_assignments,
    assignments.show_mark,
    assignments.list_marks,
    assignments.list_regrades,
)


@cache
def blueprint() -> Blueprint:
    """Return the blueprint of /api."""
    bp = Blueprint("api", __name__, url_prefix="/api")
    bp.after_request(add_allowance)
    for operation in OPERATIONS:
        bp.add_url_rule(
            f"/v1{operation.path}",
            operation.handler.__name__,
            view_of(operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    told = document(OPERATIONS, version("nn-grader"))

    def openapi() -> Response:
        return jsonify(told)

    bp.add_url_rule("/v1/openapi.json", view_func=openapi, provide_automatic_options=False)
    bp.add_url_rule("/docs", "docs", lambda: api_openapi.docs_page(told), provide_automatic_options=False)
    return bp
