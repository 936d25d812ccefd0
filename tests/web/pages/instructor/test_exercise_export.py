import csv
import io
from collections.abc import Callable

from flask.testing import FlaskClient

from grader.web.dependencies import WebServices
from tests.web.pages.conftest import STEP, send, set_aside

TABLE = "/instructor/exercises/step-network-forward/submissions.csv"


def table(instructor: FlaskClient) -> list[dict[str, str]]:
    text = instructor.get(TABLE).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_every_submission_is_a_row_with_entries_and_verdicts(
    instructor: FlaskClient, student: FlaskClient, grade_all: Callable[[], None]
) -> None:
    submission = send(student, answers={**STEP, "v3": "-2", "y5": ""})
    grade_all()
    (row,) = table(instructor)
    assert row["submission"] == submission.rpartition("/")[2]
    assert (row["learner"], row["status"], row["of"]) == ("an@example.org", "graded", "6.0")
    assert (row["v3"], row["v3_verdict"]) == ("-2", "wrong")
    assert (row["y5"], row["y5_verdict"]) == ("", "missing")


def test_what_is_not_graded_has_neither_points_nor_verdicts(
    instructor: FlaskClient, student: FlaskClient, services: WebServices
) -> None:
    set_aside(services, send(student))
    send(student)
    rows = table(instructor)
    assert [row["status"] for row in rows] == ["failed", "pending"]
    assert {row["points"] for row in rows} == {row["v3_verdict"] for row in rows} == {""}


def test_a_learners_name_is_never_run_as_a_formula(
    instructor: FlaskClient, client: FlaskClient, token: dict[str, str]
) -> None:
    body = {"exercise": "step-network-forward", "learner_ref": "=HYPERLINK(1)", "answers": STEP}
    assert client.post("/api/v1/submissions", json=body, headers=token).status_code == 202
    assert [row["learner"] for row in table(instructor)] == ["'=HYPERLINK(1)"]


def test_it_is_a_file_with_a_plain_name_that_excel_reads_as_utf_8(instructor: FlaskClient) -> None:
    reply = instructor.get(TABLE)
    assert reply.headers["Content-Disposition"] == "attachment; filename=step-network-forward-submissions.csv"
    assert reply.content_type == "text/csv; charset=utf-8"
    assert reply.data.startswith(b"\xef\xbb\xbfsubmission,learner,client,submitted_at,")


def test_two_people_of_one_name_from_two_clients_are_told_apart(
    instructor: FlaskClient, student: FlaskClient, client: FlaskClient, token: dict[str, str]
) -> None:
    send(student, answers=STEP)
    body = {"exercise": "step-network-forward", "learner_ref": "an@example.org", "answers": STEP}
    assert client.post("/api/v1/submissions", json=body, headers=token).status_code == 202
    assert {(row["learner"], row["client"]) for row in table(instructor)} == {
        ("an@example.org", "web"),
        ("an@example.org", "lms"),
    }
    page = instructor.get("/instructor/exercises/step-network-forward").get_data(as_text=True)
    assert page.count('an@example.org <span class="soft small">by lms</span>') == 2
