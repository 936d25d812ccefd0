"""docs/api.md and the server tell the same."""

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from grader.services.accounts.authentication import Scope
from grader.web.api.openapi import REQUEST_HEADERS, problem_kinds

DOCS = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_path_of_the_api_is_documented_and_nothing_else(app: Flask) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith(("api.", "health."))
    }
    assert served == set(re.findall(r"^### `(\w+) (\S+)`$", DOCS, re.MULTILINE))


def test_every_scope_and_request_header_is_documented() -> None:
    for name in (*Scope, *REQUEST_HEADERS):
        assert f"`{name}" in DOCS


def test_every_problem_that_the_document_names_exists(client: FlaskClient) -> None:
    known = {problem.slug: problem.status for problem in problem_kinds()}
    table = re.findall(r"^\| (\d{3}) \| (.*) \|$", DOCS, re.MULTILINE)
    named = {slug: int(status) for status, words in table for slug in re.findall(r"`([a-z0-9-]+)`", words)}
    named.pop("incident")
    assert named.items() <= known.items()
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert all(f'id="{slug}"' in page.text for slug in named)


def test_the_page_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/docs").text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "style=" not in page
    assert not re.findall(r"<script(?![^>]*src=)", page)
