from sqlalchemy import update

from grader.store.tables import User
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Classroom
from tests.web.pages.courses.conftest import BrowserOf


def test_who_was_made_an_instructor_of_a_course_previews_exercises_and_an_assistant_does_not(
    services: WebServices, classroom: Classroom, browser_of: BrowserOf
) -> None:
    with services.sessions.begin() as session:
        session.execute(update(User).where(User.id == classroom.instructor.id).values(role="student"))
    assert browser_of(classroom.instructor).get("/instructor/exercises/and-gate/preview").status_code == 200
    assert browser_of(classroom.assistant).get("/instructor/exercises/and-gate/preview").status_code == 403
