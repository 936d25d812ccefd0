"""An instructor proposes a regrade, sees what it would change, applies it and takes it back, without JavaScript."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from grader.messages.message import Message, to_json
from grader.store.submission_tables import Regrade, RegradeResult, Submission
from grader.vocabulary import RegradeState
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.languages import VIETNAMESE
from tests.fixtures.regrading import WIDE, Exam, Office
from tests.web.conftest import GiveToken
from tests.web.pages.courses.conftest import BrowserOf

pytestmark = pytest.mark.long

AS_NOW = {"counting": "best", "attempts": "", "late_percent": "0", "late_cap": "100", "worth": ""}
WIDER = {**AS_NOW, "way.all": "relative", "value.all": "0.05", "reason": "The tolerance was too strict"}


@pytest.fixture
def teacher(office: Office, classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    """Signed in; three submissions are graded."""
    assert office.exam.assignment_id
    return browser_of(classroom.instructor)


def listing(exam: Exam) -> str:
    return f"/assignments/{exam.assignment_id}/regrades"


def count(page: str, what: str) -> int:
    found = re.search(rf'data-count="{what}">(\d+)', page)
    assert found, page
    return int(found[1])


def test_the_whole_way_from_the_form_to_the_roll_back(teacher: FlaskClient, office: Office, exam: Exam) -> None:
    sent = teacher.post(listing(exam), data=WIDER)
    assert sent.status_code == 303
    page = teacher.get(sent.location)
    assert "data-at-work" in page.text
    office.work()
    page = teacher.get(sent.location)
    assert (count(page.text, "gains"), count(page.text, "losses"), count(page.text, "unchanged")) == (2, 0, 0)
    assert "Sara" in page.text
    assert "Known mistakes are close to correct values" in page.text
    assert exam.counting() == [("", "w")] * 3
    assert teacher.post(f"{sent.location}/apply").status_code == 303
    office.work()
    assert 'data-state="applied"' in teacher.get(sent.location).text
    assert exam.counting() == [(WIDE.key, "c")] * 3
    teacher.post(f"{sent.location}/roll-back")
    office.work()
    assert 'data-state="rolled-back"' in teacher.get(sent.location).text
    assert exam.counting() == [("", "w")] * 3
    assert "rolled back" in teacher.get(listing(exam)).text


def test_what_could_not_be_judged_again_is_named_with_the_reason(
    teacher: FlaskClient, office: Office, exam: Exam
) -> None:
    regrade_id = office.ready()
    with exam.sessions.begin() as session:
        result = session.scalars(select(RegradeResult).where(RegradeResult.regrade_id == regrade_id)).all()[0]
        result.after_id, result.failure = result.before_id or 0, "killed by signal 9"
    page = teacher.get(f"{listing(exam)}/{regrade_id}").text
    assert 'data-passed-over="1"' in page
    assert f"/submissions/{result.submission_id}" in page
    assert "killed by signal 9" in page


def test_a_file_that_cannot_be_used_any_more_is_named_in_the_language_of_the_reader(
    teacher: FlaskClient, office: Office, exam: Exam
) -> None:
    regrade_id, reason = office.ready(), Message("zip.damaged")
    stored = to_json(reason)
    assert isinstance(stored, dict)
    with exam.sessions.begin() as session:
        result = session.scalars(select(RegradeResult).where(RegradeResult.regrade_id == regrade_id)).all()[0]
        result.after_id, result.failure, result.unusable_file = result.before_id or 0, str(reason), stored
    page = teacher.get(f"{listing(exam)}/{regrade_id}", headers={"Accept-Language": "vi"}).text
    assert "data-unusable-files" in page
    assert reason.in_language(VIETNAMESE) in page
    assert str(reason) not in page
    assert "data-passed-over" not in page


def test_the_page_is_not_sent_twice_while_nothing_is_new(teacher: FlaskClient, exam: Exam) -> None:
    address = teacher.post(listing(exam), data=WIDER).location
    etag = teacher.get(address).headers["ETag"]
    assert teacher.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_the_form_shows_what_holds_now(teacher: FlaskClient, exam: Exam) -> None:
    exam.override()
    page = teacher.get(listing(exam)).text
    assert 'value="0.05"' in page
    assert '<option value="relative" selected>' in page
    assert "5 % of the value" in page


@pytest.mark.parametrize(
    ("changed", "name", "words"),
    [
        ({"value.all": "much"}, "value.all", "number"),
        ({"value.all": "2"}, "value.all", "tolerance.relative"),
        ({"way.all": "digits", "value.all": "2.5"}, "value.all", "whole number"),
        ({"credit.correct": "1,5"}, "credit.correct", "credit.correct"),
        ({"points.net_h1": "-1"}, "points.net_h1", "points.net_h1"),
        ({"points.net_h1": "50%"}, "points.net_h1", "points.net_h1"),
        ({"way.net_h1": "of_change", "value.net_h1": "0.1"}, "value.net_h1", "updated weight"),
        ({"reason": " "}, "reason", "This field is required"),
        ({"late_percent": "200"}, "late_percent", "from 0 to 100"),
    ],
)
def test_what_cannot_be_read_is_named_and_what_was_typed_stays(
    teacher: FlaskClient, exam: Exam, changed: dict[str, str], name: str, words: str
) -> None:
    reply = teacher.post(listing(exam), data={**WIDER, **changed})
    assert reply.status_code == 422
    assert f'href="#{name}"' in reply.text
    assert words in reply.text
    assert f'value="{changed.get(name, "").strip()}"' in reply.text


def test_numbers_and_shares_are_read_as_in_answers(teacher: FlaskClient, exam: Exam) -> None:
    typed = {"value.all": "5\u202f%", "credit.imprecise": "¾", "points.net_h1": "1½\u200b"}
    assert teacher.post(listing(exam), data={**WIDER, **typed}).status_code == 303
    with exam.sessions() as session:
        proposed = session.scalars(select(Regrade.overrides)).one()
    assert proposed["tolerance"]["relative"] == 0.05
    assert (proposed["credit"], proposed["points"]) == ({"imprecise": 0.75}, {"net_h1": 1.5})


def test_a_proposal_that_changes_nothing_says_so(teacher: FlaskClient, exam: Exam) -> None:
    reply = teacher.post(listing(exam), data={**AS_NOW, "reason": "none"})
    assert reply.status_code == 422
    assert "These are the current settings" in reply.text


def test_a_second_one_is_refused_while_the_first_is_judged(teacher: FlaskClient, exam: Exam) -> None:
    teacher.post(listing(exam), data=WIDER)
    reply = teacher.post(listing(exam), data={**WIDER, "value.all": "0.04"})
    assert reply.status_code == 422
    assert "in progress" in reply.text


def test_what_was_discarded_cannot_be_applied(teacher: FlaskClient, office: Office, exam: Exam) -> None:
    address = teacher.post(listing(exam), data=WIDER).location
    office.work()
    assert teacher.post(f"{address}/discard").status_code == 303
    reply = teacher.post(f"{address}/apply")
    assert reply.status_code == 409
    assert office.find(int(address.rpartition("/")[2])).state is RegradeState.DISCARDED


def test_an_assistant_looks_and_changes_nothing(
    teacher: FlaskClient, office: Office, exam: Exam, classroom: Classroom, browser_of: BrowserOf
) -> None:
    address = teacher.post(listing(exam), data=WIDER).location
    office.work()
    assistant = browser_of(classroom.assistant)
    assert "Preview changes" not in assistant.get(listing(exam)).text
    page = assistant.get(address)
    assert page.status_code == 200
    assert "Apply regrade" not in page.text


def test_a_regrade_of_another_assignment_is_not_there(teacher: FlaskClient, exam: Exam) -> None:
    assert teacher.get(f"{listing(exam)}/77").status_code == 404


def test_a_failure_says_that_nothing_has_changed(teacher: FlaskClient, office: Office, exam: Exam) -> None:
    address = teacher.post(listing(exam), data=WIDER).location
    office.work()
    exam.override()
    teacher.post(f"{address}/apply")
    office.work()
    page = teacher.get(address).text
    assert "Nothing has changed" in page
    assert "The assignment was changed after the regrade was proposed." in page


def test_weights_that_are_tried_have_points_and_neither_tolerance_nor_credit(
    teacher: FlaskClient, assign: Assign
) -> None:
    page = teacher.get(f"/assignments/{assign('and-gate')}/regrades").text
    assert 'name="points.w0"' in page
    assert 'name="value.all"' not in page
    assert 'name="credit.correct"' not in page


@pytest.fixture
def sara(classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    return browser_of(classroom.students[0])


def test_what_is_only_proposed_moves_nothing_that_anybody_reads(
    teacher: FlaskClient, sara: FlaskClient, office: Office, classroom: Classroom, give_token: GiveToken
) -> None:
    exam, token = office.exam, give_token("web")
    course, assignment, newest = classroom.course_id, exam.assignment_id, find_newest(exam)
    pages = [
        (sara, "/"),
        (sara, f"/assignments/{assignment}"),
        (sara, f"/submissions/{newest}"),
        (sara, "/submissions"),
        (teacher, f"/courses/{course}/grid"),
        (teacher, f"/assignments/{assignment}/dashboard"),
        (teacher, f"/assignments/{assignment}/submissions"),
        (teacher, f"/submissions/{newest}"),
        *((teacher, f"/courses/{course}/export/{kind}") for kind in ("csv", "moodle", "canvas")),
    ]
    api = [
        "results",
        "submissions",
        f"submissions/{newest}",
        f"assignments/{assignment}/marks",
        f"assignments/{assignment}/mark?learner_ref={classroom.students[0].email}",
    ]

    def seen() -> dict[str, str]:
        return {address: read(who, address) for who, address in pages} | {
            address: read(teacher, f"/api/v1/{address}", token) for address in api
        }

    before = seen()
    regrade_id = office.ready()
    assert seen() == before
    office.ask_apply(regrade_id)
    office.work()
    after = seen()
    assert {address for address in before if before[address] != after[address]} >= {
        *api,
        f"/submissions/{newest}",
        f"/courses/{course}/grid",
        f"/courses/{course}/export/csv",
    }


def read(client: FlaskClient, address: str, headers: dict[str, str] | None = None) -> str:
    reply = client.get(address, headers=headers)
    assert reply.status_code == 200, address
    return MOVING.sub("", reply.text)


MOVING = re.compile(r'name="_form" value="[0-9a-f]{32}"|as of <time[^>]*>[^<]*|\d+ (seconds?|minutes?) ago')
"""What changes by itself while the test runs."""


def find_newest(exam: Exam) -> UUID:
    with exam.sessions() as session:
        return session.scalars(select(Submission.id).order_by(Submission.submitted_at.desc()).limit(1)).one()


@pytest.mark.parametrize(
    ("done", "seconds", "texts"),
    [
        (0, 8, ("0 of 4 submissions · 0%</p>", "0 trên 4 bài nộp · 0%</p>")),
        (1, 10, ("1 of 4 submissions · 25% · less than a minute left", "25% · còn chưa đến một phút")),
        (2, 60, ("2 of 4 submissions · 50% · about 1 minute left", "50% · còn khoảng 1 phút")),
        (1, 100, ("1 of 4 submissions · 25% · about 5 minutes left", "25% · còn khoảng 5 phút")),
    ],
)
def test_the_page_tells_how_far_it_is_and_about_how_long_the_rest_takes(
    teacher: FlaskClient, office: Office, done: int, seconds: int, texts: tuple[str, str]
) -> None:
    regrade_id = office.propose()
    with office.exam.sessions.begin() as session:
        began = {"planned_at": datetime.now(UTC) - timedelta(seconds=seconds), "done": done, "total": 4}
        session.execute(update(Regrade).where(Regrade.id == regrade_id).values(began))
    page = f"{listing(office.exam)}/{regrade_id}"
    for language, text in zip(("en", "vi"), texts, strict=True):
        assert text in teacher.get(page, headers={"Accept-Language": language}).text
