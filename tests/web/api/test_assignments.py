from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.judging.policy import Late, Policy, Shown
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.regrading import Office
from tests.web.conftest import GiveToken

GOOD, BAD = {"w0": "-1.5", "w1": "1", "w2": "1"}, {"w0": "1", "w1": "1", "w2": "1"}
SARA = "sara@example.org"


@pytest.fixture
def clock() -> Clock:
    """The pages' clock is the real one, so the course's begins with it."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only this fixture reads the clock

    return Clock(datetime.now(UTC))


@pytest.fixture
def gate(assign: Assign) -> Callable[..., int]:
    """Sets the AND gate."""

    def make(policy: Policy | None = None, **unusual: Any) -> int:
        return assign("and-gate", policy, **unusual)

    return make


@pytest.fixture
def web_token(give_token: GiveToken, classroom: Classroom) -> dict[str, str]:
    """A token of our own pages."""
    assert classroom.web
    return give_token("web")


@pytest.fixture
def own(services: WebServices, classroom: Classroom) -> dict[str, str]:
    """Sara's own token, with all scopes that there are."""
    request = TokenRequest("Sara's", "web", tuple(Scope), timedelta(hours=1), email=classroom.students[0].email)
    return {"Authorization": f"Bearer {create_token(services.sessions, request, services.clock()).plain}"}


@pytest.fixture
def send_at(
    client: FlaskClient, own: dict[str, str], gate: Callable[..., int], clock: Clock
) -> Callable[[Policy, dict[str, timedelta]], Any]:
    """Submit to an assignment with times at these distances from now."""
    return lambda policy, times: send(
        client, own, gate(policy, **{name: clock() + distance for name, distance in times.items()})
    )


def send(client: FlaskClient, token: dict[str, str], assignment: object, answers: object = None, **more: Any) -> Any:
    body = {"exercise": "and-gate", "assignment": assignment, "answers": answers or GOOD, **more}
    return client.post("/api/v1/submissions", json=body, headers=token)


def mark(client: FlaskClient, token: dict[str, str], assignment: int, query: str = "") -> Any:
    return client.get(f"/api/v1/assignments/{assignment}/mark{query}", headers=token)


def test_a_student_sees_what_is_set(client: FlaskClient, own: dict[str, str], gate: Callable[..., int]) -> None:
    policy = Policy(attempts=3, late=Late(0.1, 0.5, 7))
    assignment = gate(policy)
    reply: Any = client.get("/api/v1/assignments", headers=own)
    (item,) = reply.json["items"]
    assert (item["id"], item["exercise"], item["course"], item["attempts"]) == (
        assignment,
        "and-gate",
        "Deep Learning",
        3,
    )
    assert item["late"] == {"per_day": 0.1, "cap": 0.5, "days": 7}


def test_an_lms_reaches_no_assignment_of_our_own_courses(
    client: FlaskClient, token: dict[str, str], gate: Callable[..., int]
) -> None:
    assignment = gate()
    reply: Any = client.get("/api/v1/assignments", headers=token)
    assert reply.json == {"items": []}
    assert send(client, token, assignment, learner_ref=SARA).status_code == 404
    assert mark(client, token, assignment, f"?learner_ref={SARA}").status_code == 404


def test_the_mark_is_what_the_policy_makes_of_the_attempts(
    client: FlaskClient, own: dict[str, str], gate: Callable[..., int], grade_all: Callable[[], None], clock: Clock
) -> None:
    assignment = gate(Policy(attempts=3, late=Late(0.1, 0.5, 7), points=20), due_at=clock() - timedelta(hours=25))
    assert send(client, own, assignment).status_code == 202
    grade_all()
    told = mark(client, own, assignment).json
    assert (told["share"], told["points"], told["of"], told["late_days"]) == (0.8, 16, 20, 2)
    assert (told["attempts_used"], told["attempts_left"], told["state"]) == (1, 2, "late")


def test_a_hidden_mark_is_told_to_the_teacher_and_not_to_the_student(
    client: FlaskClient,
    own: dict[str, str],
    web_token: dict[str, str],
    gate: Callable[..., int],
    grade_all: Callable[[], None],
) -> None:
    assignment = gate(Policy(marks=Shown.AFTER_DUE))
    send(client, own, assignment)
    grade_all()
    hidden = mark(client, own, assignment).json
    assert (hidden["share"], hidden["points"], hidden["submission_id"], hidden["attempts_used"]) == (
        None,
        None,
        None,
        1,
    )
    assert mark(client, web_token, assignment, f"?learner_ref={SARA}").json["share"] == 1


def test_every_student_has_a_line_also_who_has_sent_nothing(
    client: FlaskClient,
    own: dict[str, str],
    web_token: dict[str, str],
    gate: Callable[..., int],
    grade_all: Callable[[], None],
) -> None:
    assignment = gate()
    send(client, own, assignment)
    send(client, web_token, assignment, BAD, learner_ref=SARA)
    grade_all()
    reply: Any = client.get(f"/api/v1/assignments/{assignment}/marks", headers=web_token)
    told = {item["learner_ref"]: (item["share"], item["attempts_used"]) for item in reply.json["items"]}
    assert told == {SARA: (1, 2), "sven@example.org": (None, 0)}


def test_a_students_own_token_sees_nobody_elses_mark(
    client: FlaskClient, own: dict[str, str], gate: Callable[..., int]
) -> None:
    assignment = gate()
    assert mark(client, own, assignment, "?learner_ref=sven@example.org").status_code == 403
    assert client.get(f"/api/v1/assignments/{assignment}/marks", headers=own).status_code == 403


@pytest.mark.parametrize(
    ("policy", "times", "slug"),
    [
        (Policy(), {"opens_at": timedelta(hours=1)}, "not-open-yet"),
        (Policy(), {"due_at": -timedelta(hours=1)}, "assignment-closed"),
        (Policy(attempts=0), {}, "no-attempts-left"),
    ],
)
def test_an_attempt_that_cannot_be_taken_is_refused_with_its_reason(
    send_at: Callable[[Policy, dict[str, timedelta]], Any], policy: Policy, times: dict[str, timedelta], slug: str
) -> None:
    reply = send_at(policy, times)
    assert (reply.status_code, reply.json["type"].rpartition("#")[2]) == (403, slug)


def test_an_assignment_of_another_exercise_is_named(
    client: FlaskClient, own: dict[str, str], gate: Callable[..., int]
) -> None:
    body = {"exercise": "xor-2-2-1", "assignment": gate(), "answers": {}}
    reply: Any = client.post("/api/v1/submissions", json=body, headers=own)
    assert (reply.status_code, reply.json["errors"][0]["pointer"]) == (422, "/exercise")


@pytest.mark.parametrize("assignment", [0, -1, 1.5, "1", 2**63, True, []])
def test_what_is_no_number_of_an_assignment_is_refused(
    client: FlaskClient, own: dict[str, str], assignment: object
) -> None:
    reply = send(client, own, assignment)
    assert (reply.status_code, reply.json["errors"][0]["pointer"]) == (422, "/assignment")


@pytest.mark.parametrize("assignment", [404, 2**63, 10**30])
def test_an_assignment_that_is_not_there_is_not_found(
    client: FlaskClient, own: dict[str, str], assignment: int
) -> None:
    assert mark(client, own, assignment).status_code == 404


def test_a_students_own_token_is_no_way_round_an_assignment(
    client: FlaskClient, own: dict[str, str], web_token: dict[str, str], gate: Callable[..., int]
) -> None:
    gate(Policy(attempts=0))
    practice = {"exercise": "and-gate", "answers": GOOD}
    refused: Any = client.post("/api/v1/submissions", json=practice, headers=own)
    assert (refused.status_code, refused.json["type"].rpartition("#")[2]) == (403, "set-as-assignment")
    teachers = client.post("/api/v1/submissions", json={**practice, "learner_ref": SARA}, headers=web_token)
    assert teachers.status_code == 202


def test_an_exercise_that_is_not_set_may_be_practised(
    client: FlaskClient, own: dict[str, str], gate: Callable[..., int], clock: Clock
) -> None:
    gate(archived_at=clock())
    practice = {"exercise": "and-gate", "answers": GOOD}
    assert client.post("/api/v1/submissions", json=practice, headers=own).status_code == 202


def test_a_students_own_token_reads_no_more_of_a_report_than_the_page_shows(
    client: FlaskClient,
    own: dict[str, str],
    web_token: dict[str, str],
    gate: Callable[..., int],
    grade_all: Callable[[], None],
) -> None:
    place = send(client, own, gate(Policy(marks=Shown.AFTER_DUE)), BAD).headers["Location"]
    grade_all()
    hidden: Any = client.get(place, headers=own).json
    assert (hidden["status"], hidden["score"], hidden["fields"], hidden["rows"]) == ("graded", None, {}, [])
    assert [item["score"] for item in client.get("/api/v1/submissions", headers=own).json["items"]] == [None]  # type: ignore[index]  # JSON of unknown shape
    told: Any = client.get(place, headers=web_token).json
    assert told["score"] is not None
    assert told["rows"]


def test_who_teaches_the_course_hands_in_nothing_with_a_token_either(
    client: FlaskClient, services: WebServices, classroom: Classroom, gate: Callable[..., int]
) -> None:
    request = TokenRequest("Aki's", "web", (Scope.SUBMIT,), timedelta(hours=1), email=classroom.assistant.email)
    theirs = {"Authorization": f"Bearer {create_token(services.sessions, request, services.clock()).plain}"}
    assert send(client, theirs, gate()).status_code == 404


def test_what_was_put_away_is_closed(
    client: FlaskClient, own: dict[str, str], gate: Callable[..., int], clock: Clock
) -> None:
    assert mark(client, own, gate()).json["state"] == "open"
    assert mark(client, own, gate(archived_at=clock())).json["state"] == "closed"


def test_regrades_are_listed_with_how_far_they_are(
    client: FlaskClient, own: dict[str, str], web_token: dict[str, str], office: Office
) -> None:
    regrade_id, address = office.propose(), f"/api/v1/assignments/{office.exam.assignment_id}/regrades"
    reply: Any = client.get(address, headers=web_token)
    (item,) = reply.json["items"]
    assert (item["id"], item["state"], item["percent"], item["seconds_left"]) == (regrade_id, "running", 0, None)
    office.work()
    done: Any = client.get(address, headers=web_token)
    (item,) = done.json["items"]
    assert (item["state"], item["judged"], item["submissions"], item["percent"]) == ("ready", 3, 3, 100)
    assert item["applied_at"] is None
    assert client.get(address, headers=own).status_code == 403
