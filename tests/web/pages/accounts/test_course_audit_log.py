import pytest
from flask import Flask

from grader.store.audit import AuditEvent, add_event
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Classroom
from tests.fixtures.signed_in import sign_in


@pytest.fixture
def address(services: WebServices, classroom: Classroom) -> str:
    """The log of a course in which something was done, as elsewhere."""
    with services.sessions.begin() as session:
        who, whom = classroom.instructor.id, classroom.students[0].id
        detail = {"from": "student", "to": "assistant"}
        add_event(
            session,
            AuditEvent(services.clock(), "member.changed", who, classroom.course_id, subject_id=whom, detail=detail),
        )
        add_event(session, AuditEvent(services.clock(), "person.disabled", who, subject_id=whom))
    return f"/courses/{classroom.course_id}/audit"


def test_an_instructor_sees_what_was_done_in_the_course_and_nothing_else(
    app: Flask, services: WebServices, classroom: Classroom, address: str
) -> None:
    client = sign_in(app, services, classroom.instructor.email)
    for query in ("", "?course=999", "?course="):  # the address says which course, and nothing else does
        page = client.get(address + query).text
        assert "Activity in Deep Learning" in page
        assert "Role in the course changed from student to assistant" in page
        assert 'data-action="person.disabled"' not in page


def test_others_do_not(app: Flask, services: WebServices, classroom: Classroom, address: str) -> None:
    people = (classroom.assistant, classroom.students[0], classroom.stranger)
    assert [sign_in(app, services, who.email).get(address).status_code for who in people] == [403, 403, 404]
