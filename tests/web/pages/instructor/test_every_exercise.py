"""An assignment of any exercise can be looked at from the moment that it is set."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from grader.catalog.load import load_catalog
from grader.judging.answers import Entry
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.submitting import submit_for
from tests.web.conftest import EXERCISES

pytestmark = pytest.mark.long

SLUGS = sorted(load_catalog(EXERCISES).published)
PAGES = ("/dashboard", "/dashboard?of=first", "/submissions", "/regrades", "/edit", "/allowances", "/export/csv", "")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_of_it_works_before_and_after_the_first_answer(  # noqa: PLR0917 - fixtures
    teacher: FlaskClient,
    classroom: Classroom,
    assign: Assign,
    services: WebServices,
    grade_all: Callable[[], None],
    slug: str,
) -> None:
    assignment = assign(slug)
    for page in PAGES:
        assert teacher.get(f"/assignments/{assignment}{page}").status_code == 200, page
    published = services.catalog.find(slug)
    entries = {name: Entry("1") for name in published.exercise.field_names if name not in published.exercise.uploads}
    submit_for(services.sessions, published, classroom.learner(), entries, services.clock(), assignment_id=assignment)
    grade_all()
    for page in (*PAGES, f"/students/{classroom.students[0].id}"):
        assert teacher.get(f"/assignments/{assignment}{page}").status_code == 200, page
    assert teacher.get(f"/courses/{classroom.course_id}/grid").status_code == 200


def test_what_is_due_when_hardly_anybody_lives_has_a_dashboard(
    teacher: FlaskClient, classroom: Classroom, assign: Assign, services: WebServices
) -> None:
    published = services.catalog.find("step-network-forward")
    assignment = assign(due_at=datetime(9000, 12, 31, 23, 59, tzinfo=UTC))
    submit_for(services.sessions, published, classroom.learner(), {}, services.clock(), assignment_id=assignment)
    assert teacher.get(f"/assignments/{assignment}/dashboard").status_code == 200
