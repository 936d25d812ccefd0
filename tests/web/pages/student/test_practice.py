import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grader.catalog.load import Catalog
from grader.services.accounts.tokens import create_sign_in_link
from grader.web.auth import COOKIE
from grader.web.dependencies import WebServices
from tests.web.pages.conftest import STEP, row, sample, send, verdicts

STEP_PAGE = "/exercises/step-network-forward"


def inputs(page: str) -> dict[str, str]:
    """What stands in the fields of the form, by name."""
    return dict(re.findall(r'<input id="field-\w+" name="(\w+)" value="([^"]*)"', page))


def nonce(page: str) -> str:
    found = re.search(r'name="_form" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("slug", ["and-gate", "step-network-forward", "backprop-2-2-2"])
def test_every_field_stands_in_the_order_of_the_computation_with_a_label(
    student: FlaskClient, catalog: Catalog, slug: str
) -> None:
    page = student.get(f"/exercises/{slug}").text
    exercise = catalog.find(slug).exercise
    names = list(inputs(page))
    assert sorted(names) == sorted(exercise.field_names)
    for place, name in enumerate(names):
        parents = exercise.graph[name].parents
        assert set(parents) & set(names) <= set(names[:place]), name
    assert (
        re.findall(r'<label for="field-(\w+)"><span class="hidden">[\w ]+</span><span aria-hidden="true"><math>', page)
        == names
    )


def test_the_statement_and_the_given_values_stand_beside_the_fields(student: FlaskClient) -> None:
    page = student.get(STEP_PAGE).text
    assert "It has no biases." in page
    assert re.search(
        r'<span aria-hidden="true"><math><msub><mi>w</mi>.*?<mn>23</mn>.*?</span></th><td>\N{MINUS SIGN}3</td>', page
    )


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("and-gate", "correct/textbook"),
        ("step-network-forward", "correct/lecture"),
        ("backprop-2-2-2", "correct/lecture"),
        ("backprop-2-2-2", "correct/float64"),
    ],
)
def test_what_the_lecture_prints_is_correct_on_the_page(
    student: FlaskClient, grade_all: Callable[[], None], slug: str, name: str
) -> None:
    answers = sample(slug, name)
    submission = send(student, slug, answers)
    grade_all()
    shown = verdicts(student.get(submission).text)
    assert {field: shown[field] for field in answers} == dict.fromkeys(answers, "correct")


def test_a_worker_is_woken_once_the_answer_is_stored(student: FlaskClient, woken: list[str]) -> None:
    send(student)
    assert woken == ["wake"]


def test_blank_fields_may_be_sent(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, answers={**STEP, "y5": "  ", "v5": ""})
    grade_all()
    shown = verdicts(student.get(submission).text)
    assert (shown["v5"], shown["y5"], shown["y4"]) == ("missing", "missing", "correct")


def test_everything_typed_is_kept_when_something_cannot_be_read(student: FlaskClient) -> None:
    typed = {**STEP, "v4": "one", "v3": " 2,0 ", "y5": "1..2", "y4": '"><b>'}
    reply = student.post(STEP_PAGE, data=typed)
    assert reply.status_code == 422
    assert inputs(reply.text) == {**typed, "y4": "&#34;&gt;&lt;b&gt;"}


def test_each_field_that_cannot_be_read_says_so_itself_and_in_the_summary(student: FlaskClient) -> None:
    page = student.post(STEP_PAGE, data={**STEP, "v4": "one", "y5": "1..2"}).text
    assert re.findall(r'name="(\w+)"[^>]*aria-invalid="true" aria-describedby="problem-(\w+)"', page) == [
        ("v4", "v4"),
        ("y5", "y5"),
    ]
    assert re.findall(r'<p class="problem" id="problem-(\w+)">', page) == ["v4", "y5"]
    assert re.findall(r'<li data-problem="(\w+)">\s*<a href="#field-(\w+)">', page) == [("v4", "v4"), ("y5", "y5")]
    assert "2 entries cannot be read" in page


def test_nothing_is_stored_when_something_cannot_be_read(student: FlaskClient, woken: list[str]) -> None:
    student.post(STEP_PAGE, data={**STEP, "v4": "one"})
    assert "No submissions yet" in student.get("/submissions").text
    assert woken == []


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", "\x00", "1" * 5000, "=1+1"])
def test_what_is_no_number_is_named_not_stored(student: FlaskClient, text: str) -> None:
    reply = student.post(STEP_PAGE, data={**STEP, "v4": text})
    assert reply.status_code == 422
    assert re.findall(r'data-problem="(\w+)"', reply.text) == ["v4"]


def test_a_field_that_is_not_asked_is_named(student: FlaskClient) -> None:
    reply = student.post(STEP_PAGE, data={**STEP, "v<6": "1"})
    assert reply.status_code == 422
    assert "<code>v&lt;6</code>" in reply.text
    assert "has no field called" in reply.text


def test_a_double_click_submits_once(student: FlaskClient) -> None:
    form = {**STEP, "_form": nonce(student.get(STEP_PAGE).text)}
    assert send(student, answers=form) == send(student, answers=form)
    assert student.get("/submissions").text.count("<tr data-submission=") == 1


def test_each_form_is_a_sending_of_its_own(student: FlaskClient) -> None:
    first, second = (nonce(student.get(STEP_PAGE).text) for _ in range(2))
    assert send(student, answers={**STEP, "_form": first}) != send(student, answers={**STEP, "_form": second})


def test_a_form_from_the_history_with_other_answers_is_another_submission(student: FlaskClient) -> None:
    form = {**STEP, "_form": nonce(student.get(STEP_PAGE).text)}
    assert send(student, answers=form) != send(student, answers={**form, "y5": "0"})


def test_a_program_may_send_the_same_as_often_as_it_likes(student: FlaskClient) -> None:
    assert send(student) != send(student)


def test_a_former_attempt_can_be_gone_on_from(student: FlaskClient) -> None:
    former = send(student, answers={**STEP, "y5": "0"}).rpartition("/")[2]
    assert inputs(student.get(f"{STEP_PAGE}?from={former}").text) == {**STEP, "y5": "0"}


@pytest.mark.parametrize("former", ["", "nonsense"])
def test_where_there_is_no_former_attempt_the_fields_are_empty(student: FlaskClient, former: str) -> None:
    assert set(inputs(student.get(f"{STEP_PAGE}?from={former}").text).values()) == {""}


def test_answers_to_another_exercise_are_not_filled_in(student: FlaskClient) -> None:
    former = send(student).rpartition("/")[2]
    assert set(inputs(student.get(f"/exercises/and-gate?from={former}").text).values()) == {""}


def test_drafts_of_two_people_at_one_computer_do_not_mix(student: FlaskClient, instructor: FlaskClient) -> None:
    keys = {re.search(r'data-key="([^"]+)"', who.get(STEP_PAGE).text) for who in (student, instructor)}
    assert len({found[1] for found in keys if found}) == 2


def test_an_unknown_exercise_has_no_form_and_takes_no_answers(student: FlaskClient) -> None:
    assert student.get("/exercises/nothing").status_code == 404
    assert student.post("/exercises/nothing", data=STEP).status_code == 404


def test_a_form_over_a_mebibyte_is_refused_readably(student: FlaskClient) -> None:
    reply = student.post(STEP_PAGE, data={"v3": "1" * (1 << 20)})
    assert (reply.status_code, reply.mimetype) == (413, "text/html")


def test_a_wrong_early_value_costs_only_itself(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, answers=sample("step-network-forward", "follows/sign-of-w23"))
    grade_all()
    page = student.get(submission).text
    follows = [field for field, verdict in verdicts(page).items() if verdict == "follows"]
    assert follows
    assert "↳ follows graded with your own" in row(page, follows[0])


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain", None])
def test_what_is_no_form_of_the_page_is_no_blank_attempt(student: FlaskClient, content_type: str | None) -> None:
    reply = student.post(STEP_PAGE, data=b'{"v3": 2}', content_type=content_type)
    assert reply.status_code == 415
    assert "Nothing was stored" in reply.text
    assert "/submissions/" not in student.get("/submissions").text


def kept(page: str) -> dict[str, str]:
    """Return the hidden answers that an error page sends again."""
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition('<main id="main"')[2])
    )
    return hidden if "Send again" in page else {}


def test_answers_sent_without_a_session_stay_on_the_page_and_count_once_after_signing_in(
    app: Flask, services: WebServices, student: FlaskClient
) -> None:
    form = STEP | {"_form": "one form"}
    stranger = app.test_client()
    refused = stranger.post(STEP_PAGE, data=form)
    assert (refused.status_code, kept(refused.text)) == (401, form)
    assert "Sign in in another tab" in refused.text
    assert 'target="_blank"' in refused.text
    link = create_sign_in_link(services.sessions, "an@example.org", services.clock(), timedelta(hours=1))
    stranger.post(f"/sign-in/link/{link.plain}")
    stored = [stranger.post(STEP_PAGE, data=kept(refused.text)).location for _ in range(2)]
    assert stored[0] == stored[1] == student.post(STEP_PAGE, data=form).location


def test_answers_that_the_database_could_not_take_stay_on_the_page(app_without_database: Flask) -> None:
    client = app_without_database.test_client()
    client.set_cookie(COOKIE, "somebody")
    form = STEP | {"_form": "one form", "v3": '<"&'}
    reply = client.post(STEP_PAGE, data=form)
    assert reply.status_code == 503
    assert {name: unescape(text) for name, text in kept(reply.text).items()} == form


def test_what_another_site_sends_is_not_offered_to_be_sent_again(student: FlaskClient) -> None:
    reply = student.post(STEP_PAGE, data=STEP, headers={"Sec-Fetch-Site": "cross-site"})
    assert (reply.status_code, kept(reply.text)) == (403, {})
