from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.web.dependencies import WebServices
from tests.fixtures.signed_in import sign_in
from tests.web.pages.conftest import STEP, Browser, send
from tests.web.pages.student.test_practice import STEP_PAGE, inputs

PLACE = f"{STEP_PAGE}/draft"


def keep(who: FlaskClient, answers: dict[str, str], base: dict[str, str] | None = None) -> dict[str, Any]:
    base = dict.fromkeys(answers, "") if base is None else base
    reply = who.put(PLACE, json={"answers": answers, "base": base})
    assert reply.status_code == 200, reply.text
    return dict(reply.json or {})


def test_what_is_typed_is_found_again_on_another_device(
    student: FlaskClient, app: Flask, services: WebServices
) -> None:
    keep(student, {"v3": "2", "y3": "not yet"})
    other = sign_in(app, services, "an@example.org")
    page = other.get(STEP_PAGE).text
    assert {name: text for name, text in inputs(page).items() if text} == {"v3": "2", "y3": "not yet"}
    assert "has been filled in; saved" in page


def test_a_draft_is_nobody_elses(student: FlaskClient, browser: Browser) -> None:
    keep(student, {"v3": "2"})
    assert browser("binh@example.org").get(PLACE).json == {"saved_at": None, "answers": {}}


def test_what_was_sent_is_no_draft_any_more(student: FlaskClient) -> None:
    keep(student, STEP)
    send(student)
    assert student.get(PLACE).json == {"saved_at": None, "answers": {}}


def test_a_former_attempt_goes_before_a_draft(student: FlaskClient) -> None:
    former = send(student).rpartition("/")[2]
    keep(student, {"v3": "7"})
    assert inputs(student.get(f"{STEP_PAGE}?from={former}").text) == STEP


def test_two_tabs_are_merged_and_only_a_field_of_both_is_a_conflict(student: FlaskClient) -> None:
    keep(student, {"v3": "2", "v4": ""})
    second = keep(student, {"v3": "", "v4": "5"}, {"v4": ""})
    assert (second["answers"], second["conflicts"]) == ({"v3": "2", "v4": "5"}, {})
    third = keep(student, {"v3": "9", "v4": "5", "y3": "1"}, {"v3": "", "y3": ""})
    assert (third["answers"], third["conflicts"]) == ({"v3": "2", "v4": "5", "y3": "1"}, {"v3": "2"})
    chosen = keep(student, {"v3": "9", "v4": "5", "y3": "1"}, {"v3": "2"})
    assert (chosen["answers"], chosen["conflicts"]) == ({"v3": "9", "v4": "5", "y3": "1"}, {})


def test_names_that_are_not_asked_are_not_kept(student: FlaskClient) -> None:
    keep(student, {"v3": "2", "v99": "1"})
    assert student.get(PLACE).json["answers"] == {"v3": "2"}  # type: ignore[index]  # the same


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 422),
        (b'{"answers": {"v3": 2}}', "application/json", 422),
        (b'{"answers": {"v3": "%s"}}' % (b"1" * 4001), "application/json", 422),
        (b'{"answers": {}, "base": {"v3": null}}', "application/json", 422),
        (b'{"answers": {}, "more": 1}', "application/json", 422),
        (b'{"answers": {"v3": "%s"}}' % (b"1" * 70_000), "application/json", 413),
        (b'{"answers": {}}', "text/plain", 415),
    ],
)
def test_what_is_no_draft_is_refused(student: FlaskClient, body: bytes, content_type: str, status: int) -> None:
    keep(student, {"v3": "2"})
    assert student.put(PLACE, data=body, content_type=content_type).status_code == status
    assert student.get(PLACE).json["answers"] == {"v3": "2"}  # type: ignore[index]  # JSON of unknown shape


def test_without_an_exercise_or_an_assignment_there_is_no_draft(student: FlaskClient) -> None:
    assert student.get("/exercises/nothing/draft").status_code == 404
    assert student.get("/assignments/999/draft").status_code == 404
    assert student.put("/assignments/999/draft", json={"answers": {}}).status_code == 404


@pytest.mark.parametrize("text", ["0.5\x00", "\x00", "\u202e0.5\u202c", "\u0663\u0665"])
def test_characters_that_nobody_sees_are_no_fault_of_a_draft(student: FlaskClient, text: str) -> None:
    reply = student.put(PLACE, json={"answers": {"v3": text, "y3": "1"}})
    assert reply.status_code == 200, reply.text
    assert inputs(student.get(STEP_PAGE).text)["y3"] == "1"
