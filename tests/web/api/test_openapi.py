"""The document is held against a real application by a program that tries to break it."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.web.api.blueprint import OPERATIONS

ADDRESS = "/api/v1/openapi.json"


def test_the_document_needs_no_token_and_names_every_operation(client: FlaskClient) -> None:
    reply: Any = client.get(ADDRESS)
    assert reply.json["openapi"] == "3.1.0"
    told = {(method.upper(), path) for path, methods in reply.json["paths"].items() for method in methods}
    assert told == {(op.method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", op.path)) for op in OPERATIONS}


def test_every_operation_has_words_and_problems(client: FlaskClient) -> None:
    reply: Any = client.get(ADDRESS)
    for methods in reply.json["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert {"400", "401", "405", "422", "429", "500", "503"} <= set(operation["responses"])


@pytest.mark.parametrize(("query", "host"), [("nope=1", None), ("nope=1&nope=2", None), ("", "x" * 300)])
def test_what_any_request_can_be_refused_for_is_documented(
    client: FlaskClient, token: dict[str, str], query: str, host: str | None
) -> None:
    told: Any = client.get(ADDRESS)
    headers = token | ({"Host": host} if host else {})
    for path, methods in told.json["paths"].items():
        if "get" in methods:
            place = "/api/v1" + re.sub(r"{.*?}", "1", path)
            status = client.get(place, query_string=query, headers=headers).status_code
            assert status >= 400
            assert str(status) in methods["get"]["responses"], place


def test_every_parameter_and_header_is_explained(client: FlaskClient) -> None:
    reply: Any = client.get(ADDRESS)
    for reference in re.findall(r'"\$ref":\s*"#/components/schemas/(\w+)"', reply.text):
        assert reference in reply.json["components"]["schemas"]
