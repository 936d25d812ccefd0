import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import insert, text, update

from grader.catalog.load import load_catalog
from grader.judging.report import FieldReport, MistakeReport, Report, Score
from grader.judging.verdict import Verdict
from grader.store.grading_queue import stop_counting
from grader.store.submission_tables import Grading
from grader.web.app import create_app
from grader.web.auth import COOKIE
from grader.web.dependencies import WebServices
from tests.web.conftest import EXERCISES
from tests.web.pages.conftest import STEP, row, send, set_aside, verdicts


def test_until_it_is_graded_the_page_says_so_and_comes_again_by_itself(student: FlaskClient) -> None:
    page = student.get(send(student)).text
    assert 'data-status="pending"' in page
    assert "Being graded" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert verdicts(page) == {}
    assert row(page, "v3") == "v3 v 3 2 not graded yet"


def test_asking_again_costs_nothing_until_there_is_something_new(
    student: FlaskClient, grade_all: Callable[[], None]
) -> None:
    submission = send(student)
    etag = {"If-None-Match": student.get(submission).headers["ETag"]}
    again = student.get(submission, headers=etag)
    assert (again.status_code, again.text) == (304, "")
    grade_all()
    assert student.get(submission, headers=etag).status_code == 200


def test_the_report_names_score_entries_and_verdicts(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, answers={**STEP, "v3": " 2.0", "y5": "0"})
    grade_all()
    page = student.get(submission).text
    assert 'data-status="graded"' in page
    assert "http-equiv" not in page
    assert 'aria-label="5 of 6 points"' in page
    assert "<title>Forward pass of a two-layer step network: 5 of 6 points" in page
    assert row(page, "v3") == "v3 v 3 2.0 ✓ correct 1 of 1"
    assert row(page, "y5").startswith("y5 y 5 0 ✗ first error")


def test_the_first_wrong_step_is_pointed_at(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, answers={**STEP, "v4": "17", "v5": "0.25", "y5": "0"})
    grade_all()
    page = student.get(submission).text
    assert 'data-first-wrong="v4"' in page
    assert 'First error: <a href="#field-v4"><span class="hidden">v4</span>' in page
    assert "first error" in row(page, "v4")
    assert "first error" not in row(page, "v5")


def test_when_all_is_right_there_is_nothing_left_to_do(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student)
    grade_all()
    assert "Everything is correct" in student.get(submission).text


def test_when_only_blanks_are_left_no_step_is_called_wrong(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, answers={"v3": "2"})
    grade_all()
    page = student.get(submission).text
    assert "No incorrect step" in page
    assert row(page, "y5") == "y5 y 5 \N{EN DASH} blank 0 of 1"


def test_trained_weights_show_what_they_do_on_every_row(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    submission = send(student, "and-gate", {"w0": "-0.5", "w1": "1", "w2": "1"})
    grade_all()
    page = student.get(submission).text
    assert re.findall(r'<tr data-right="(\w+)">', page) == ["yes", "no", "no", "yes"]
    assert "2 of 4 rows correct" in page


def test_what_was_typed_is_shown_as_text(student: FlaskClient, services: WebServices) -> None:
    submission = send(student)
    with services.sessions.begin() as session:
        session.execute(text("""UPDATE submissions SET answers = '{"v3": "<script>alert(1)</script>"}'"""))
    page = student.get(submission).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page


def test_a_recognised_mistake_is_said_in_its_sentence_with_its_evidence(
    student: FlaskClient, services: WebServices, grade_all: Callable[[], None]
) -> None:
    submission = send(student)
    grade_all()
    mistake = MistakeReport("bias-missing", "The bias was left out.", evidence="v3 is what that gives.")
    field = FieldReport(Verdict.MISTAKEN, 0, 1, mistake=mistake, note="Look at the sum.")
    report = Report(Score(0, 6), {"v3": field}, first_wrong="v3", notes=("The other sign was accepted.",))
    with services.sessions.begin() as session:
        session.execute(update(Grading).values(report=report.to_json()))
    page = student.get(submission).text
    assert 'data-field="v3" data-verdict="mistaken"' in page
    for sentence in ("The bias was left out.", "v3 is what that gives.", "Look at the sum."):
        assert page.count(sentence) == 2  # where it happened, and beside the figure
    assert "The other sign was accepted." in page


def test_a_mistake_that_shows_in_several_fields_is_explained_once(
    student: FlaskClient, services: WebServices, grade_all: Callable[[], None]
) -> None:
    submission = send(student)
    grade_all()
    field = FieldReport(Verdict.MISTAKEN, 0, 1, mistake=MistakeReport("bias-missing", "The bias was left out."))
    report = Report(Score(0, 6), {"v4": field, "v3": field, "v5": field}, first_wrong="v3")
    with services.sessions.begin() as session:
        session.execute(update(Grading).values(report=report.to_json()))
    page = student.get(submission).text
    assert row(page, "v3") == "v3 v 3 2 ✗ first error The bias was left out. 0 of 1"
    assert row(page, "v4") == "v4 v 4 1 ✗ known mistake same as v 3 0 of 1"
    assert row(page, "v5") == "v5 v 5 1 ✗ known mistake same as v 3 0 of 1"


def test_what_we_could_not_grade_is_our_fault_and_says_so(student: FlaskClient, services: WebServices) -> None:
    submission = send(student)
    set_aside(services, submission, "MemoryError in the child.")
    page = student.get(submission).text
    assert 'data-status="failed"' in page
    assert "This is a problem with the grader" in page
    assert "MemoryError" not in page
    assert "points" not in page


def test_an_instructor_reads_why_it_could_not_be_graded(
    student: FlaskClient, instructor: FlaskClient, services: WebServices
) -> None:
    submission = send(student)
    set_aside(services, submission, "MemoryError in the child.")
    page = instructor.get(submission).text
    assert "MemoryError in the child." in page
    assert "not yours" not in page


def test_an_answer_to_a_former_revision_is_shown_as_it_was_asked(
    student: FlaskClient, services: WebServices, grade_all: Callable[[], None]
) -> None:
    submission = send(student)
    grade_all()
    without = load_catalog(EXERCISES)
    changed = replace(without, published={"and-gate": without.find("and-gate")})
    client = create_app(replace(services, catalog=changed)).test_client()
    cookie = student.get_cookie(COOKIE)
    assert cookie
    client.set_cookie(COOKIE, cookie.value)
    page = client.get(submission).text
    assert verdicts(page) == dict.fromkeys(STEP, "correct")


def test_the_grading_that_counts_is_the_one_that_is_shown(
    student: FlaskClient, services: WebServices, grade_all: Callable[[], None]
) -> None:
    submission = send(student)
    grade_all()
    report = Report(Score(2, 6), {"v3": FieldReport(Verdict.CORRECT, 2, 6)})
    row_of_it = {"submission_id": submission.rpartition("/")[2], "judge_version": 99, "graded_at": services.clock()}
    with services.sessions.begin() as session:
        stop_counting(session, [UUID(str(row_of_it["submission_id"]))])
        session.execute(
            insert(Grading).values(
                **row_of_it,
                revision=session.execute(text("SELECT revision FROM revisions")).scalar_one(),
                report=report.to_json(),
                given=2,
                max=6,
            )
        )
    assert 'aria-label="2 of 6 points"' in student.get(submission).text
