import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from grader.judging.overrides import Overrides
from grader.judging.policy import Counting, Late, Policy, Shown
from grader.services.grading.drain import drain_context
from grader.store.database import Sessions
from grader.store.tables import Allowance, MarkOverride, StudentMessage
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.regrading import Exam, Office
from tests.web.pages.conftest import STEP, verdicts
from tests.web.pages.student.assignment.conftest import BrowserOf
from tests.web.pages.student.test_practice import inputs

WRONG = {**STEP, "v3": "17"}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def hand_in(client: FlaskClient, assignment: int, answers: dict[str, str] = STEP) -> str:
    reply = client.post(f"/assignments/{assignment}", data=answers)
    assert reply.status_code == 303, reply.text
    return str(reply.location)


def test_the_page_says_what_is_due_what_is_left_and_what_counts(sara: FlaskClient, assign: Assign) -> None:
    page = sara.get(f"/assignments/{assign(policy=Policy(attempts=3, counting=Counting.LAST))}").text
    said = text_of(page)
    assert "Deep Learning · due 08 Mar 2026, 12:00 UTC · 0 of 3 attempts used · the last counts" in said
    assert "Submit attempt 1 of 3" in said
    assert "On time until 08 Mar 2026, 12:00 UTC . 2 attempts remain after this one." in said


def test_an_attempt_is_stored_for_the_assignment_and_told_of_on_its_page(
    sara: FlaskClient, assign: Assign, grade_all: Callable[[], None], clock: Clock
) -> None:
    assignment = assign()
    hand_in(sara, assignment, WRONG)
    clock.advance(60)
    hand_in(sara, assignment)
    grade_all()
    page = sara.get(f"/assignments/{assignment}").text
    tries = re.findall(r"<tr data-try=.*?</tr>", page, re.DOTALL)
    assert len(tries) == 2
    assert "counts" in tries[0]
    assert re.search(r"v3.*?✗.*?→.*?✓", tries[0], re.DOTALL)
    assert "the first" in tries[1]
    assert 'aria-label="6 of 6 points"' in page


def test_a_value_that_was_typed_otherwise_and_judged_alike_shows_its_verdict_once(
    sara: FlaskClient, assign: Assign, grade_all: Callable[[], None], clock: Clock
) -> None:
    assignment = assign()
    hand_in(sara, assignment)
    clock.advance(60)
    hand_in(sara, assignment, {**STEP, "v3": "2.0"})
    grade_all()
    newest = re.findall(r"<tr data-try=.*?</tr>", sara.get(f"/assignments/{assignment}").text, re.DOTALL)[0]
    assert re.search(r"v3.*✓", newest, re.DOTALL)
    assert newest.count("✓") == 1
    assert "→" not in newest


def test_a_double_click_is_one_attempt(sara: FlaskClient, assign: Assign) -> None:
    assignment = assign(policy=Policy(attempts=1))
    form = {**STEP, "_form": "the same"}
    assert hand_in(sara, assignment, form) == hand_in(sara, assignment, form)


@pytest.mark.parametrize(
    ("unusual", "said"),
    [
        ({"due_at": timedelta(hours=-1)}, "Assignment closed Submissions were accepted until"),
        ({"archived_at": timedelta(hours=-1)}, "Assignment closed"),
        ({"opens_at": timedelta(hours=24)}, "Opens 02 Mar 2026, 12:00 UTC"),
        ({"policy": Policy(attempts=0)}, "All attempts used"),
    ],
)
def test_where_nothing_can_be_sent_the_page_says_why_and_keeps_what_comes(
    sara: FlaskClient, assign: Assign, clock: Clock, unusual: dict[str, Any], said: str
) -> None:
    assignment = assign(
        **{name: clock() + value if isinstance(value, timedelta) else value for name, value in unusual.items()}
    )
    page = sara.get(f"/assignments/{assignment}")
    assert (page.status_code, "<form method" in page.text) == (200, False)
    assert said in text_of(page.text)
    refused = sara.post(f"/assignments/{assignment}", data=STEP)
    assert refused.status_code == 403
    assert said in text_of(refused.text)
    assert "were not submitted and do not count as an attempt" in refused.text
    draft = sara.get(f"/assignments/{assignment}/draft").json
    assert draft
    assert draft["answers"] == STEP


def test_what_came_too_late_still_stands_there(sara: FlaskClient, assign: Assign, clock: Clock) -> None:
    assignment = assign(due_at=clock() + timedelta(minutes=1))
    clock.advance(120)
    refused = sara.post(f"/assignments/{assignment}", data=STEP)
    assert inputs(refused.text) == inputs(sara.get(f"/assignments/{assignment}").text) == STEP


def test_an_assignment_that_is_not_open_yet_shows_nothing_of_the_exercise(
    sara: FlaskClient, assign: Assign, clock: Clock
) -> None:
    page = sara.get(f"/assignments/{assign(opens_at=clock() + timedelta(hours=1))}").text
    assert "step function" not in page
    assert "data-figure" not in page


def test_what_lateness_costs_is_said_before_sending(
    sara: FlaskClient, assign: Assign, clock: Clock, grade_all: Callable[[], None]
) -> None:
    assignment = assign(policy=Policy(late=Late(0.1, 0.5, 7)), due_at=clock() - timedelta(hours=25))
    assert "Late submission: submitting now reduces the mark by 20 %." in text_of(
        sara.get(f"/assignments/{assignment}").text
    )
    hand_in(sara, assignment)
    grade_all()
    page = sara.get(f"/assignments/{assignment}").text
    assert "Counted attempt: 6 of 6 points, 2 days late: \N{MINUS SIGN}20 %, worth 4.8 of 6" in text_of(page)
    assert 'aria-label="4.8 of 6 points"' in page


def test_an_extension_moves_the_students_own_due_time(
    sara: FlaskClient, assign: Assign, classroom: Classroom, sessions: Sessions, clock: Clock
) -> None:
    assignment = assign(due_at=clock() - timedelta(hours=1))
    with sessions.begin() as session:
        row = {"assignment_id": assignment, "user_id": classroom.students[0].id, "reason": "ill", "given_at": clock()}
        session.execute(insert(Allowance).values(row | {"due_at": clock() + timedelta(days=1)}))
    assert "due 02 Mar 2026, 12:00 UTC" in text_of(sara.get(f"/assignments/{assignment}").text)
    hand_in(sara, assignment)


def test_marks_that_are_kept_back_are_nowhere_before_their_time(
    sara: FlaskClient, assign: Assign, grade_all: Callable[[], None], clock: Clock
) -> None:
    assignment = assign(policy=Policy(marks=Shown.AFTER_DUE))
    report = hand_in(sara, assignment, WRONG)
    grade_all()
    for address in (report, f"/assignments/{assignment}", "/submissions", "/exercises"):
        page = sara.get(address).text
        assert "points" not in re.findall(r'class="ring".*?</svg>', page, re.DOTALL), address
        assert verdicts(page) == {}, address
        assert not re.search(r"\d of 6", page), address
        assert "counts</span>" not in page, "which attempt is the best tells something, too"
    assert "Received" in sara.get(report).text
    clock.advance(8 * 86400)
    assert verdicts(sara.get(report).text)["v3"] == "wrong"


def test_mistakes_that_are_kept_back_leave_only_their_verdict(
    sara: FlaskClient, assign: Assign, grade_all: Callable[[], None]
) -> None:
    told, kept = assign(), assign(policy=Policy(mistakes=Shown.NEVER))
    answers = {**STEP, "v3": "-2", "y3": "0", "v5": "-1", "y5": "0"}
    reports = [hand_in(sara, assignment, answers) for assignment in (told, kept)]
    grade_all()
    shown, hidden = (sara.get(report).text for report in reports)
    assert "graded with your own" in shown
    assert "graded with your own" not in hidden
    assert verdicts(hidden)["v3"] == "wrong"


def test_the_solution_shows_when_the_policy_says(
    sara: FlaskClient, assign: Assign, grade_all: Callable[[], None], clock: Clock
) -> None:
    report = hand_in(sara, assign())
    grade_all()
    assert "Worked solution" not in sara.get(report).text, "though all of it is right: it could be passed on"
    clock.advance(8 * 86400)
    assert "Worked solution" in sara.get(report).text


def test_practice_leads_to_the_assignment(sara: FlaskClient, assign: Assign) -> None:
    assignment = assign(policy=Policy(attempts=3))
    assert sara.get("/exercises/step-network-forward").location == f"/assignments/{assignment}"
    refused = sara.post("/exercises/step-network-forward", data=STEP)
    assert refused.status_code == 403
    assert "part of one of your courses" in refused.text
    assert sara.get("/exercises/and-gate").status_code == 200


def test_an_assignment_that_keeps_nothing_back_keeps_nobody_from_practising(sara: FlaskClient, assign: Assign) -> None:
    assign(policy=Policy())
    assert sara.get("/exercises/step-network-forward").status_code == 200
    assert sara.post("/exercises/step-network-forward", data=STEP).status_code == 303


@pytest.mark.parametrize("policy", [Policy(marks=Shown.AFTER_DUE), Policy(mistakes=Shown.NEVER)])
def test_practice_tells_nothing_that_an_assignment_keeps_back(
    sara: FlaskClient, assign: Assign, policy: Policy
) -> None:
    assign(policy=policy)
    assert sara.post("/exercises/step-network-forward", data=STEP).status_code == 403


def test_of_two_assignments_practice_leads_to_the_one_that_is_due_next(
    sara: FlaskClient, assign: Assign, clock: Clock
) -> None:
    limited = Policy(attempts=3)
    assign(policy=limited, due_at=clock() - timedelta(days=1))
    soon, later = (assign(policy=limited, due_at=clock() + timedelta(days=days)) for days in (2, 9))
    assert soon < later
    assert sara.get("/exercises/step-network-forward").location == f"/assignments/{soon}"


def test_strangers_find_no_assignment_and_those_who_teach_a_preview(
    browser_of: BrowserOf, assign: Assign, classroom: Classroom
) -> None:
    place = f"/assignments/{assign()}"
    foreign, absent = (browser_of(classroom.stranger).get(address) for address in (place, "/assignments/99999"))
    assert foreign.status_code == absent.status_code == 404
    for teacher in (classroom.instructor, classroom.assistant):
        page = browser_of(teacher).get(place)
        assert page.status_code == 200
        assert "data-preview" in page.text
        assert "<form class=" not in page.text.split("<main")[1]
        assert browser_of(teacher).post(place, data=STEP).status_code == 403


def test_a_mark_set_by_hand_and_a_message_are_shown_with_their_words(
    sara: FlaskClient, assign: Assign, classroom: Classroom, sessions: Sessions, clock: Clock
) -> None:
    assignment = assign()
    with sessions.begin() as session:
        mark = {"assignment_id": assignment, "user_id": classroom.students[0].id, "share": 0.5, "made_at": clock()}
        session.execute(insert(MarkOverride).values(mark | {"reason": "Shown on paper", "made_by": None}))
        said = {"to_user": classroom.students[0].id, "from_user": classroom.instructor.id, "sent_at": clock()}
        session.execute(insert(StudentMessage).values(said | {"assignment_id": assignment, "text": "Well <done>"}))
    page = sara.get(f"/assignments/{assignment}").text
    assert "Mark set by your instructor: 3 of 6" in page
    assert "Shown on paper" in page
    assert "From Ines" in page
    assert "Well &lt;done&gt;" in page


def test_a_former_attempt_can_be_gone_on_from(sara: FlaskClient, assign: Assign) -> None:
    assignment = assign()
    former = hand_in(sara, assignment, WRONG).rpartition("/")[2]
    assert inputs(sara.get(f"/assignments/{assignment}?from={former}").text) == WRONG


def test_what_cannot_be_read_is_no_attempt(sara: FlaskClient, assign: Assign) -> None:
    assignment = assign(policy=Policy(attempts=1))
    reply = sara.post(f"/assignments/{assignment}", data={**STEP, "v4": "one"})
    assert reply.status_code == 422
    assert 'data-problem="v4"' in reply.text
    hand_in(sara, assignment)


def test_what_was_judged_anew_says_what_it_was_and_why(
    browser_of: BrowserOf, classroom: Classroom, office: Office, exam: Exam
) -> None:
    sara = browser_of(classroom.students[0])
    place = f"/assignments/{exam.assignment_id}"
    assert "judged anew" not in sara.get(place).text
    office.applied(reason="The tolerance was too narrow.")
    page = sara.get(place).text
    assert text_of(page).count("regraded, previously 0") == 2
    report = re.findall(r'href="(/submissions/[^"]+)"', page)[0]
    assert "Regraded 1 of 35 points, previously 0. The tolerance was too narrow." in text_of(sara.get(report).text)


def test_a_report_is_worth_what_the_assignment_is_where_its_points_were_changed(
    browser_of: BrowserOf, classroom: Classroom, office: Office, exam: Exam
) -> None:
    office.applied(Overrides.from_json({"points": {"net_h1": 11}}), reason="It was worth too little.")
    place, worth = f"/assignments/{exam.assignment_id}", 'aria-label="0 of 45 points"'
    for reader in (classroom.students[0], classroom.instructor):
        report = exam.send()
        drain_context(exam.context)
        assert worth in browser_of(reader).get(f"/submissions/{report}").text
    assert worth in browser_of(classroom.students[0]).get(place).text


def attached(size: int) -> dict[str, Any]:
    """A form with a file of so many bytes."""
    boundary, body = encode_multipart({"weights": FileStorage(BytesIO(b"PK\3\4" + bytes(size)), "moons.npz")})
    return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}


def test_a_file_of_weights_may_be_as_large_as_in_practice(sara: FlaskClient, assign: Assign) -> None:
    place = f"/assignments/{assign('dense-two-moons')}"
    assert sara.post(place, **attached(2 << 20)).status_code == 303
    large = sara.post(place, **attached(17 << 20))
    assert (large.status_code, large.mimetype) == (413, "text/html")
