"""Takes the pictures of docs/images: `make screenshots`. Its file is found by name alone, for it changes the checkout."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from grader.demo.fill import INSTRUCTOR
from grader.store.database import Sessions
from grader.store.submission_tables import Grading, Learner, Submission
from grader.store.tables import Assignment, User
from tests.fixtures.browser import NARROW, Desk
from tests.fixtures.machine import CHECKOUT
from tests.fixtures.site import Ground, Site
from tests.fixtures.small_png import smaller
from tests.fixtures.worker import environment_for

IMAGES = CHECKOUT / "docs/images"
STUDENTS = 200
SLUG = "backprop-2-2-2"
WIDTH = 1280

pytestmark = pytest.mark.timeout(900)


def propose_regrade(page: Page) -> None:
    """Propose half of the points for a known mistake, and wait for the list of changed marks."""
    page.get_by_label("Known mistake").fill("0.5")
    page.get_by_label("Reason for the regrade").fill("Whoever made a known mistake understood half of it.")
    page.get_by_role("button", name="Preview changes").click()
    page.locator("[data-count='gains']").wait_for()


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: of what, as whom, and how."""

    name: str
    visitor: Literal["student", "instructor"]
    address: str
    theme: Literal["light", "dark"] = "light"
    is_narrow: bool = False
    language: str = "en"
    height: int = 860
    do: Callable[[Page], None] = lambda _page: None


SHOTS = (
    Shot("home", "student", "/"),
    Shot("assignment", "student", "/assignments/{assignment}"),
    Shot("assignment-dark", "student", "/assignments/{assignment}", theme="dark"),
    Shot("assignment-phone", "student", "/assignments/{assignment}", is_narrow=True),
    Shot("assignment-vietnamese", "student", "/assignments/{assignment}", language="vi"),
    Shot("report", "student", "/submissions/{submission}"),
    Shot("report-dark", "student", "/submissions/{submission}", theme="dark"),
    Shot("report-phone", "student", "/submissions/{submission}", is_narrow=True),
    Shot("course", "instructor", "/courses/{course}"),
    Shot("assignment-form", "instructor", "/assignments/{assignment}/edit"),
    Shot("dashboard", "instructor", "/assignments/{assignment}/dashboard", height=1500),
    Shot("dashboard-dark", "instructor", "/assignments/{assignment}/dashboard", theme="dark"),
    Shot("gradebook", "instructor", "/courses/{course}/grid"),
    Shot("one-student", "instructor", "/assignments/{assignment}/students/{student}"),
    Shot("regrade", "instructor", "/assignments/{assignment}/regrades", do=propose_regrade, height=1100),
    Shot("preview", "instructor", "/instructor/exercises/backprop-2-2-2/preview"),
)


@dataclass(frozen=True, slots=True)
class Course:
    """The course of the pictures: an open assignment, and a student with a detailed report."""

    student: str
    places: dict[str, object]


@pytest.fixture(scope="module")
def course(running_site: Site, ground: Ground) -> Course:
    """A course of many students, filled as people fill theirs for a demonstration."""
    ground.database.reset()
    command = [sys.executable, "-m", "grader.cli", "demo", "seed", "--students", str(STUDENTS)]
    subprocess.run(
        command, check=True, cwd=CHECKOUT, env=environment_for(ground.database.url, ground.redis_url), timeout=600
    )
    return _look_up(running_site.sessions)


@pytest.fixture
def site(running_site: Site, course: Course) -> Site:  # noqa: ARG001 - it is filled
    """The site with the course in it."""
    return running_site


@pytest.mark.parametrize("shot", SHOTS, ids=[shot.name for shot in SHOTS])
def test_take(desk: Desk, course: Course, shot: Shot) -> None:
    email = course.student if shot.visitor == "student" else INSTRUCTOR.email
    page = desk.sign_in(
        email, locale=shot.language, viewport=NARROW if shot.is_narrow else {"width": WIDTH, "height": shot.height}
    )
    page.emulate_media(color_scheme=shot.theme, reduced_motion="reduce")
    reply = page.goto(shot.address.format(**course.places))
    assert reply is not None
    assert reply.ok
    shot.do(page)
    _settle(page)
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"{shot.name}.png").write_bytes(smaller(page.screenshot()))


def _settle(page: Page) -> None:
    """Wait for what scripts bring, and for the font."""
    page.evaluate("document.fonts.ready.then(() => true)")
    expect(page.locator("main")).to_be_visible()


def _look_up(sessions: Sessions) -> Course:
    with sessions() as session:
        assignment = session.scalars(select(Assignment).where(Assignment.slug == SLUG)).one()
        sent = session.execute(
            select(Submission.id, User.id, User.email, Grading.report)
            .join(Grading, Grading.submission_id == Submission.id)
            .join(Learner, Learner.id == Submission.learner_id)
            .join(User, User.id == Learner.user_id)
            .where(Submission.assignment_id == assignment.id, Grading.counts)
            .order_by(Submission.submitted_at)
        ).all()
    submission, student, email, _ = next(one for one in sent if _tells_much(one.report))
    places = {
        "course": assignment.course_id,
        "assignment": assignment.id,
        "submission": submission,
        "student": student,
    }
    return Course(email, places)


def _tells_much(report: dict[str, Any]) -> bool:
    """Whether a mistake is named, and what came of it followed."""
    verdicts = {field["verdict"] for field in report["fields"].values()}
    return {"mistaken", "follows", "correct"} <= verdicts
