"""No number or text that can be typed anywhere is a fault of ours: of each the reply says what is off, or passes it over."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.web.dependencies import WebServices
from grader.web.pages.routes import ROUTES
from tests.fixtures.signed_in import sign_in
from tests.fixtures.small_course import ADMINISTRATOR, INSTRUCTOR, STUDENT, SmallCourse, fill
from tests.web.conftest import GiveToken

pytestmark = pytest.mark.long

NUMERALS = (
    "1e-99999999999999999999",
    "1e99999999999999999999",
    "-1e99999999999999999999",
    "0e-99999999999999999999",
    "1e400",
    "1e-400",
    "NaN",
    "-Infinity",
    "9" * 5000,
    "0." + "0" * 5000 + "1",
    "1e" + "9" * 5000,
    str(2**63),
    str(2**64),
    str(-(2**63) - 1),
    "-0",
    "1.5",
)
"""As JSON numbers, and where numbers are typed as text."""

OTHERS = (
    '"\\ud800"',
    '"\\u0000"',
    '"1\\u0000"',
    '"\U0010ffff"',
    '"' + "9" * 5000 + '"',
    "[" * 15 + "]" * 15,
    "[" * 100_000,
    '{"a": 1, "a": 1}',
    "true",
    "{}",
    '""',
)
TYPED = (*NUMERALS, "\x00", "\ufffd", "\U0010ffff", "[" * 3000, "²", "٣", "1_0", "+1", " 1", "", "é" * 300)


def leaves(document: Any, schema: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the way to every value of a body; of an object with any names one is taken."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, inner in schema.get("properties", {}).items():
        yield from leaves(document, inner, (*before, name))
    if before:
        yield before
    if schema.get("type") == "object" and "additionalProperties" in schema and "properties" not in schema:
        yield (*before, "w0")


def body_with(way: tuple[str, ...], value: str) -> str:
    """Give an otherwise right body, as JSON, with this text at one place."""
    right = {"exercise": '"and-gate"', "learner_ref": '"s1"', "answers": "{}"}
    inner = value
    for name in reversed(way[1:]):
        inner = f'{{"{name}": {inner}}}'
    return "{" + ", ".join(f'"{name}": {text}' for name, text in (right | {way[0]: inner}).items()) + "}"


def test_every_value_of_every_body_is_read_or_refused(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    document: Any = client.get("/api/v1/openapi.json").json
    tried = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            for way in leaves(document, schema) if schema else ():
                for value in (*NUMERALS, *OTHERS):
                    tried += 1
                    with subtests.test(path=path, way=way, value=value[:30]):
                        body = body_with(way, value)
                        if "check" in path:
                            body = re.sub(r'"(exercise|learner_ref)": "[^"]*", ', "", body)
                        reply = client.open(
                            f"/api/v1{path}".replace("{slug}", "and-gate"),
                            method=method,
                            data=body.encode("utf-8", "surrogatepass"),
                            content_type="application/json",
                            headers=token,
                        )
                        assert reply.status_code in {200, 202, 400, 404, 422}, reply.text[:300]
    assert tried >= 8 * len(NUMERALS)


def test_every_parameter_of_every_query_and_path_is_read_or_refused(
    client: FlaskClient, give_token: GiveToken, subtests: pytest.Subtests
) -> None:
    headers = [give_token(), give_token("web"), give_token("web", email="an@example.org")]
    document: Any = client.get("/api/v1/openapi.json").json
    places = [
        (method, path, one)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for one in operation["parameters"]
    ]
    assert len(places) >= 15
    for number, (method, path, parameter) in enumerate(places):
        for value in TYPED:
            with subtests.test(path=path, parameter=parameter["name"], value=value[:30]):
                address, query, more = path, "", {}
                match parameter["in"]:
                    case "path":
                        address = path.replace("{" + parameter["name"] + "}", quote(value or "x", safe=""))
                    case "query":
                        query = urlencode({parameter["name"]: value})
                    case _:
                        more = {parameter["name"]: "".join(filter(str.isprintable, value)).encode().decode("latin-1")}
                address = re.sub(r"\{slug\}", "and-gate", re.sub(r"\{\w+_id\}", "1", address))
                body: dict[str, Any] | None = {"answers": {}} if method == "post" else None
                reply = client.open(
                    f"/api/v1{address}?{query}", method=method, headers=headers[number % 3] | more, json=body
                )
                assert reply.status_code in {200, 202, 308, 400, 403, 404, 422}, reply.text[:300]


QUERY = [
    "page",
    "brought",
    "student",
    "near",
    "field",
    "from",
    "to",
    "since",
    "until",
    "tries",
    "verdict",
    "of",
    "state",
    "mistake",
    "sort",
    "q",
    "show",
    "seed",
    "sample",
    "statement",
    "before",
    "exercise",
    "next",
    "code",
    "saved",
    "canvas.1",
    "learner",
    "who",
    "action",
    "day",
    "after",
    "subject",
    "actor",
    "number",
]


@pytest.fixture
def course(services: WebServices) -> SmallCourse:
    return fill(services.sessions)


def some(turn: int, number: int) -> Iterator[str]:
    """Give a few of the values, others each turn: all of them at every page would take minutes."""
    return (TYPED[(turn * number + step) % len(TYPED)] for step in range(number))


def test_no_parameter_of_a_page_is_a_fault_of_ours(
    app: Flask, services: WebServices, course: SmallCourse, subtests: pytest.Subtests
) -> None:
    rules = [route.rule for route in ROUTES if route.method == "GET" and "<version>" not in route.rule]
    for person in (INSTRUCTOR, STUDENT, ADMINISTRATOR):
        client = sign_in(app, services, person.email)
        for turn, rule in enumerate(rules):
            for value in some(turn, 2):
                with subtests.test(person=person.email, rule=rule, value=value[:30]):
                    query = urlencode(dict.fromkeys(QUERY, value))
                    assert client.get(f"{course.address(rule)}?{query}").status_code < 500
                    address = rule.replace("<int:", "<").replace("_id>", "_id>" + quote(value, safe=""))
                    assert client.get(course.address(address)).status_code < 500


NAME = re.compile(r'<(?:input|select|textarea|button)[^>]* name="([^"]+)"')
ONE = re.compile(r"<int:(?:session|token|request|message)_id>")
"""What a course of the tests has none of."""


def test_no_field_of_a_form_is_a_fault_of_ours(
    app: Flask, services: WebServices, course: SmallCourse, subtests: pytest.Subtests
) -> None:
    pages = [course.address(route.rule) for route in ROUTES if route.method == "GET" and "<version>" not in route.rule]
    clients = [sign_in(app, services, person.email) for person in (INSTRUCTOR, ADMINISTRATOR, STUDENT)]
    names = {name for client in clients for page in pages for name in NAME.findall(client.get(page).text)}
    assert len(names) > 60
    for person in (INSTRUCTOR, STUDENT, ADMINISTRATOR):
        for turn, route in enumerate(route for route in ROUTES if route.method != "GET"):
            client = sign_in(app, services, person.email)
            for value in some(turn, 1):
                with subtests.test(person=person.email, rule=route.rule, value=value[:30]):
                    reply = client.open(
                        course.address(ONE.sub("1", route.rule)),
                        method=route.method,
                        data=dict.fromkeys(names, value),
                        headers={"Sec-Fetch-Site": "same-origin"},
                    )
                    assert reply.status_code < 500
