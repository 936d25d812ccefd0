"""No form takes a field that is longer than what people type."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.web.app import TAKING_FILES
from grader.web.request_limits import LONGEST_BY_NAME, LONGEST_FIELD, MOST_FIELDS, UNBOUNDED

SUBMISSION = UUID("00000000-0000-4000-8000-000000000000")


def forms(app: Flask) -> list[tuple[str, str]]:
    """The endpoint and an address of every page that something is sent to."""
    made = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith("pages."):
            values = {name: _value(name) for name in rule.arguments}
            built = rule.build(values)
            assert built is not None
            made.append((rule.endpoint, built[1]))
    return made


def _value(name: str) -> object:
    if name == "submission_id":
        return SUBMISSION
    return 1 if name.endswith("_id") else "x"


def test_every_form_bounds_every_field(app: Flask, client: FlaskClient) -> None:
    """For every sender, and before authentication."""
    found = forms(app)
    assert len(found) > 20
    for endpoint, address in found:
        for name in ("email", "password", "name", "anything"):
            too_long = "x" * (LONGEST_BY_NAME.get(name, LONGEST_FIELD) + 1)
            reply = client.post(address, data={name: too_long})
            assert reply.status_code == 413, (endpoint, name)
            assert f"The field {name} has more than" in reply.text
            assert too_long not in reply.text


def test_a_class_may_be_pasted_as_a_whole(app: Flask, client: FlaskClient) -> None:
    lists = [(endpoint, address) for endpoint, address in forms(app) if endpoint in UNBOUNDED]
    assert len(lists) == len(UNBOUNDED)
    for endpoint, address in lists:
        for name in UNBOUNDED[endpoint]:
            assert client.post(address, data={name: "x" * (LONGEST_FIELD + 1)}).status_code == 303  # to sign in


def test_forms_with_files_are_left_to_who_reads_them(app: Flask, client: FlaskClient) -> None:
    with_files = [(endpoint, address) for endpoint, address in forms(app) if endpoint in TAKING_FILES]
    assert with_files
    for _, address in with_files:
        sent = client.post(address, data={"x": "y" * (LONGEST_FIELD + 1)}, content_type="multipart/form-data")
        assert sent.status_code == 303


@pytest.mark.parametrize("name", ["x" * (LONGEST_FIELD + 1), "\ud83d" * 10])
def test_a_field_of_a_strange_name_is_no_fault_of_ours(client: FlaskClient, name: str) -> None:
    body = f"{'%ED%A0%BD' * 10 if len(name) == 10 else name}=1"
    reply = client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
    assert reply.status_code in {401, 413}


@pytest.mark.parametrize("file", ["", '; filename="x"'])
def test_a_part_without_a_name_is_refused_in_every_form(app: Flask, client: FlaskClient, file: str) -> None:
    body = f"--x\r\nContent-Disposition: form-data{file}\r\n\r\nb\r\n--x--\r\n"
    for endpoint, address in forms(app):
        reply = client.post(address, data=body, content_type="multipart/form-data; boundary=x")
        assert reply.status_code == (303 if endpoint in TAKING_FILES else 400), endpoint


def test_a_form_of_more_fields_than_any_of_ours_is_refused_before_it_is_looked_at(
    app: Flask, client: FlaskClient
) -> None:
    """An exercise's page would show each unknown field again: ten times what was sent, in seconds."""
    most = "&".join(f"a{number}=1" for number in range(MOST_FIELDS))
    for endpoint, address in forms(app):
        reply = client.post(address, data=f"{most}&b=1", content_type="application/x-www-form-urlencoded")
        assert reply.status_code == 413, endpoint
        assert f"more than {MOST_FIELDS} fields" in reply.text
    assert client.post("/sign-in", data=most, content_type="application/x-www-form-urlencoded").status_code == 401
