"""How often the database is asked does not grow with what a student is set."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from grader.judging.answers import Entry
from grader.judging.policy import Policy
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.submitting import submit_for
from tests.web.pages.conftest import STEP
from tests.web.pages.courses.conftest import BrowserOf


def statements(services: WebServices, look: Callable[[], Any]) -> int:
    """Count what is asked of the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = services.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert look().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize("page", ["/", "/submissions", "/courses/{course}"])
def test_many_assignments_cost_no_more_queries_than_one(
    assign: Assign, classroom: Classroom, services: WebServices, browser_of: BrowserOf, page: str
) -> None:
    published, student = services.catalog.find("step-network-forward"), browser_of(classroom.students[0])
    entries = {name: Entry(text) for name, text in STEP.items()}
    counts = []
    for number in (1, 9):
        for _ in range(number):
            submit_for(
                services.sessions,
                published,
                classroom.learner(),
                entries,
                services.clock(),
                assignment_id=assign(policy=Policy(variants=False)),
            )
        counts.append(statements(services, partial(student.get, page.format(course=classroom.course_id))))
    assert counts[0] == counts[1]
