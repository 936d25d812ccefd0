"""The class that is visited beside ever more history of others: a hundred students, with an LMS of their own."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.catalog.answer_file import read_answer_file
from grader.demo.fill import INSTRUCTOR, FilledCourse, Ground, fill
from grader.judging.answers import Entries
from grader.judging.judge import judge
from grader.judging.overrides import Overrides
from grader.services.accounts.authentication import Scope, SignedIn
from grader.services.accounts.registration import Person, register
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.services.courses.membership import in_course
from grader.services.grading.context import GradeLimits, GradingContext, Revisions
from grader.services.grading.drain import drain
from grader.services.regrading.regrades import Proposal, propose
from grader.services.regrading.worker import regrade_some
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.submit import OnBehalf, SubmissionContext, Submit, submit
from grader.store import accounts
from grader.vocabulary import Role
from grader.web.dependencies import WebServices

ADMINISTRATOR = Person("root@example.org", "Rosa Root", Role.ADMINISTRATOR)
STUDENTS, PRACTISED, LMS = 100, 60, "lms of the class"
ASSIGNED, SLUG = "backprop-2-2-2", "step-network-forward"
"""The assignment that is visited, and what is practised."""
WIDER = Overrides.from_json({"tolerance": {"relative": 0.05}})


@dataclass(frozen=True, slots=True)
class VisitedClass:
    """The people, tokens and values with which pages are visited."""

    people: dict[str, str]
    tokens: dict[str, str]
    values: dict[str, object]

    def address(self, rule: str) -> str:
        """Fill in the placeholders of a rule."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(self.values[found[1]]), rule)


def make_visited_class(services: WebServices, exercises: Path) -> VisitedClass:
    """Store the class, graded, with practice of its own and a regrade that is ready."""
    now, sessions = datetime.now(UTC), services.sessions
    secret = services.settings.secret_key.get_secret_value()
    filled = fill(Ground(sessions, services.catalog, exercises, secret, now, lambda *_: None), "Measured", STUDENTS, 7)
    register(sessions, ADMINISTRATOR, now)
    tokens = {
        client: create_token(sessions, TokenRequest(client, client, list(Scope), timedelta(9)), now).plain
        for client in (LMS, "web")
    }
    own = TokenRequest("own", "web", [Scope.READ, Scope.SUBMIT], timedelta(9), filled.students[0])
    tokens["student"] = create_token(sessions, own, now).plain
    entries = read_answer_file(next((exercises / SLUG / "answers" / "correct").glob("*.toml")))
    context = SubmissionContext(sessions, services.catalog, secret, now)
    _practise(context, filled.students, entries)
    while not drain(sessions, services.catalog, lambda: datetime.now(UTC)).is_finished:
        pass
    user_id, regrade = _propose(services, filled, now)
    newest = submit(context, OnBehalf(_learner(context, filled.students[0]), None), Submit(slug=SLUG, entries=entries))
    drain(sessions, services.catalog, lambda: datetime.now(UTC))
    people = {"student": filled.students[0], "instructor": INSTRUCTOR.email, "administrator": ADMINISTRATOR.email}
    values: dict[str, object] = {
        "slug": SLUG,
        "submission_id": newest.id,
        "course_id": filled.course_id,
        "assignment_id": filled.assignments[4],
        "user_id": user_id,
        "regrade_id": regrade,
    }
    return VisitedClass(people, tokens, values)


def _propose(services: WebServices, filled: FilledCourse, now: datetime) -> tuple[int, int]:
    """Make a regrade ready; return the first student and the regrade."""
    sessions, catalog = services.sessions, services.catalog
    with sessions.begin() as session:
        teacher = accounts.user_by_email(session, INSTRUCTOR.email)
        student = accounts.user_by_email(session, filled.students[0])
        assert teacher is not None and student is not None  # noqa: S101, PT018 - just registered
        who = SignedIn(teacher.id, teacher.email, teacher.name, Role.INSTRUCTOR)
        by = in_course(session, who, filled.course_id).require_instructor()
        wanted = Proposal(filled.assignments[4], WIDER, reason="Rounding")
        regrade, user_id = propose(session, by, wanted, catalog.find(ASSIGNED), now), student.id
    grading = GradingContext(sessions, Revisions(catalog, sessions), lambda: now, GradeLimits(), judge)
    while regrade_some(grading) is not None:
        pass
    return user_id, regrade


def _learner(context: SubmissionContext, email: str) -> LearnerKey:
    with context.sessions.begin() as session:
        user = accounts.user_by_email(session, email)
        return LearnerKey(accounts.ensure_client(session, "web"), email, None if user is None else user.id)


def _practise(context: SubmissionContext, students: tuple[str, ...], entries: Entries) -> None:
    """Practice of some of the class on our pages, and of as many people whom only their LMS knows."""
    with context.sessions.begin() as session:
        lms = accounts.ensure_client(session, LMS)
    for number, email in enumerate(students[:PRACTISED]):
        for learner in (_learner(context, email), LearnerKey(lms, f"pupil-{number}", None)):
            submit(context, OnBehalf(learner, None), Submit(slug=SLUG, entries=entries))
