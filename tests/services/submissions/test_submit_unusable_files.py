"""A file that cannot be used costs no attempt and no mark, whether that shows at the gate or in the worker."""

import hashlib
from pathlib import Path
from uuid import UUID

import pytest

from grader.analytics.distribution import class_progress
from grader.analytics.filters import Ungraded, select
from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.judging.errors import UnreadableAnswers
from grader.judging.policy import Counting, Open, Policy, Shown
from grader.messages.message import Message, in_language
from grader.services.assignments.assignments import find_assignment
from grader.services.assignments.marks import StudentMark, mark_of, progress_of_learners
from grader.services.courses.alerts import course_alerts
from grader.services.errors import NoAttemptsLeft
from grader.services.gradebook.class_data import class_version, read_class
from grader.services.gradebook.exercise_stats import exercise_stats
from grader.services.gradebook.gradebook import GradebookCell, gradebook_of
from grader.services.grading.context import GradingStats, Revisions
from grader.services.grading.drain import drain
from grader.services.lru_cache import LruCache
from grader.services.student.todo import todo_items
from grader.services.submissions.queries import Status, attempts_of, submission_detail
from grader.services.submissions.visibility import visible_report
from grader.store.database import Sessions
from grader.vocabulary import SubmissionFilter
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.languages import VIETNAMESE
from tests.fixtures.submitting import submit_for

pytestmark = pytest.mark.process

WEIGHTS = Path(__file__).parents[2] / "fixtures" / "weights"
SLUG = "dense-two-moons"
GOOD = (WEIGHTS / "moons.pt").read_bytes()
OTHER_NETWORK = (WEIGHTS / "lecture.pt").read_bytes()
CUT_OFF = GOOD[:900]
UNTRAINED = (Path(__file__).parents[3] / "exercises" / SLUG / "answers" / "files" / "untrained.json").read_bytes()


class Moons:
    """The exercise with files, set to a class; Sara sends files and looks at what becomes of them."""

    def __init__(self, sessions: Sessions, catalog: Catalog, classroom: Classroom, clock: Clock) -> None:
        self.sessions, self.catalog, self.classroom, self.clock = sessions, catalog, classroom, clock
        self.published = catalog.find(SLUG)
        self.sara = classroom.students[0].id

    def send(self, content: bytes, assignment_id: int | None) -> UUID:
        sha256 = hashlib.sha256(content).hexdigest()
        entries, now = {"weights": Entry("moons.pt", file=sha256)}, self.clock.advance(1)
        return submit_for(
            self.sessions,
            self.published,
            self.classroom.learner(),
            entries,
            now,
            contents={sha256: content},
            assignment_id=assignment_id,
        ).id

    def grade(self) -> GradingStats:
        return drain(self.sessions, self.catalog, self.clock)

    def standing(self, assignment_id: int) -> StudentMark:
        with self.sessions() as session:
            return mark_of(session, find_assignment(session, assignment_id), 10.0, self.sara)

    def cell(self) -> GradebookCell:
        """Sara's in the gradebook."""
        with self.sessions() as session:
            grid = gradebook_of(session, self.classroom.course_id, self.catalog, self.clock(), LruCache(8))
        return next(row.cells[0] for row in grid.rows if row.student.id == self.sara)


@pytest.fixture
def moons(sessions: Sessions, catalog: Catalog, classroom: Classroom, clock: Clock) -> Moons:
    return Moons(sessions, catalog, classroom, clock)


@pytest.mark.parametrize("content", [OTHER_NETWORK, CUT_OFF])
def test_the_only_attempt_is_still_there_after_a_file_that_cannot_be_used(
    moons: Moons, assign: Assign, content: bytes
) -> None:
    assignment_id = assign(SLUG, Policy(attempts=1))
    moons.send(content, assignment_id)
    assert moons.grade() == GradingStats(unusable=1)
    before = moons.standing(assignment_id)
    assert (before.mark.attempts_used, before.mark.attempts_left, before.mark.points) == (0, 1, None)
    moons.send(GOOD, assignment_id)
    assert moons.grade() == GradingStats(graded=1)
    after = moons.standing(assignment_id)
    assert (after.mark.attempts_used, after.mark.attempts_left, after.mark.points) == (1, 0, 10.0)
    with pytest.raises(NoAttemptsLeft):
        moons.send(GOOD, assignment_id)


def test_what_is_refused_at_the_gate_costs_nothing_either(moons: Moons, assign: Assign) -> None:
    assignment_id = assign(SLUG, Policy(attempts=1))
    with pytest.raises(UnreadableAnswers):
        moons.send(b"%PDF-1.7", assignment_id)
    assert moons.standing(assignment_id).attempts == ()


def test_weights_that_do_not_do_what_is_asked_are_an_attempt(moons: Moons, assign: Assign) -> None:
    assignment_id = assign(SLUG, Policy(attempts=1))
    moons.send(UNTRAINED, assignment_id)
    assert moons.grade() == GradingStats(graded=1)
    mark = moons.standing(assignment_id).mark
    assert (mark.attempts_used, mark.points) == (1, 0.0)


def test_where_the_last_attempt_counts_an_unusable_file_does_not_replace_it(moons: Moons, assign: Assign) -> None:
    assignment_id = assign(SLUG, Policy(counting=Counting.LAST))
    good = moons.send(GOOD, assignment_id)
    moons.send(CUT_OFF, assignment_id)
    moons.grade()
    mark = moons.standing(assignment_id).mark
    assert (mark.counted, mark.points, mark.attempts_used) == (good, 10.0, 1)


def test_the_gradebook_shows_no_zero_but_what_it_is(moons: Moons, assign: Assign, clock: Clock) -> None:
    assignment_id = assign(SLUG)
    moons.send(CUT_OFF, assignment_id)
    moons.grade()
    clock.advance(30 * 24 * 3600)
    cell = moons.cell()
    assert (cell.points, cell.missing, cell.waiting, cell.set_aside, cell.unusable) == (None, False, 0, 0, 1)


def test_the_student_reads_why_and_the_list_of_attempts_says_so(moons: Moons, assign: Assign) -> None:
    assignment_id = assign(SLUG, Policy(marks=Shown.NEVER))
    sent = moons.send(OTHER_NETWORK, assignment_id)
    moons.grade()
    with moons.sessions() as session:
        shown = visible_report(session, submission_detail(session, sent), moons.clock())
        whose = SubmissionFilter(user_id=moons.sara, assignment_id=assignment_id)
        (only,) = attempts_of(session, whose, moons.published.exercise.field_names, shown.disclosure)
    assert (shown.status, only.status, shown.report, only.score) == (Status.UNUSABLE, Status.UNUSABLE, None, None)
    assert "the file has '0.weight' 2 by 2, '2.weight' 2 by 2" in str(shown.unusable_file)
    assert "tệp có" in in_language(str_of(shown.unusable_file), VIETNAMESE)


def str_of(said: str | None) -> str:
    assert isinstance(said, Message)
    return said


def test_it_is_no_fault_of_ours_that_somebody_has_to_look_at(moons: Moons, assign: Assign) -> None:
    assignment_id = assign(SLUG)
    moons.send(CUT_OFF, assignment_id)
    moons.send(CUT_OFF, None)
    moons.grade()
    with moons.sessions() as session:
        assert course_alerts(session, [moons.classroom.course_id], moons.clock())[moons.classroom.course_id].stuck == ()
        practice = exercise_stats(session, SLUG)
        set_ = find_assignment(session, assignment_id)
        (task,) = todo_items(session, [set_], moons.sara, lambda _: 10.0, moons.clock())
    assert practice.set_aside == ()
    assert (practice.counts.failed, practice.counts.unusable, practice.counts.pending) == (0, 1, 0)
    assert (task.waiting, task.state) == (0, Open.OPEN)


def test_the_dashboard_of_the_class_counts_it_as_neither_waiting_nor_failed(moons: Moons, assign: Assign) -> None:
    assignment_id = assign(SLUG)
    moons.send(CUT_OFF, assignment_id)
    moons.grade()
    with moons.sessions() as session:
        place = (find_assignment(session, assignment_id), moons.published)
        revisions = Revisions(moons.catalog, moons.sessions)
        seen = read_class(session, place, revisions, class_version(session, *place), None)
    (attempt,) = next(work.attempts for work in seen.works if work.user_id == moons.sara)
    assert attempt.unusable
    counted = class_progress(seen.works, ())
    assert (counted.submitted, counted.waiting, counted.set_aside) == (1, 0, 0)
    for wanted in (Ungraded(failed=True), Ungraded(failed=False)):
        assert select(seen.works, ["weights"], wanted) == []


def test_practice_counts_no_attempt_for_it(moons: Moons) -> None:
    moons.send(CUT_OFF, None)
    moons.grade()
    with moons.sessions() as session:
        assert progress_of_learners(session, SubmissionFilter(user_id=moons.sara, slug=SLUG, practice=True)) == ()
