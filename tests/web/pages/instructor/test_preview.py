import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from grader.store.submission_tables import Submission
from grader.web.dependencies import WebServices

HERE = "/instructor/exercises/backprop-2-2-2/preview"


def test_an_instructor_sees_it_as_a_student_and_what_a_student_does_not_see(instructor: FlaskClient) -> None:
    page = instructor.get(HERE).text
    assert "data-figure" in page
    assert 'data-reference="E_total_new"' in page
    assert "0.291027773" in page
    assert 'data-mistake="stale-weights"' in page
    assert 'data-sample="correct/lecture.toml"' in page
    assert 'data-step="net_h1"' in page


@pytest.mark.parametrize("slug", ["and-gate", "dense-two-moons", "delta-rule", "activations", "and-gate-training"])
def test_every_kind_of_exercise_can_be_previewed(instructor: FlaskClient, slug: str) -> None:
    assert instructor.get(f"/instructor/exercises/{slug}/preview").status_code == 200


def test_a_student_does_not(student: FlaskClient) -> None:
    assert student.get(HERE).status_code == 403
    assert student.post(HERE, data={"net_h1": "1"}).status_code == 403


def test_a_sample_is_shown_with_what_a_student_would_read(instructor: FlaskClient) -> None:
    page = instructor.get(f"{HERE}?sample=mistaken/stale-weights.toml").text
    assert 'data-verdict="mistaken"' in page
    assert "already updated" in page


def test_a_sample_that_is_refused_says_why(instructor: FlaskClient) -> None:
    page = instructor.get(f"{HERE}?sample=unreadable/units.toml")
    assert "Rejected as unreadable" in page.text


@pytest.mark.parametrize("sample", ["", "correct", "../../exercise.toml", "files/trained.pt", "correct/none.toml"])
def test_only_samples_of_the_exercise_can_be_asked_for(instructor: FlaskClient, sample: str) -> None:
    assert instructor.get(HERE, query_string={"sample": sample}).status_code == 404


def test_answers_can_be_tried_and_leave_no_trace(instructor: FlaskClient, services: WebServices) -> None:
    page = instructor.post(HERE, data={"net_h1": "0.3775", "out_h1": "0.9"})
    assert page.status_code == 200
    assert 'data-field="net_h1" data-verdict="correct"' in page.text
    assert 'data-field="out_h1" data-verdict="wrong"' in page.text
    with services.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 0


def test_what_cannot_be_read_is_said_and_kept(instructor: FlaskClient) -> None:
    page = instructor.post(HERE, data={"net_h1": "one"})
    assert page.status_code == 422
    assert 'value="one"' in page.text


@pytest.mark.parametrize("seed", ["-1", "1.5", "one", "٣", str(2**63), "9" * 400])
def test_what_is_no_seed_is_refused(instructor: FlaskClient, seed: str) -> None:
    assert instructor.get(HERE, query_string={"seed": seed}).status_code == 422
