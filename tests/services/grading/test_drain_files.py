"""Files of weights on their way: stored, judged alone, and never in the way of others."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.judging.errors import UnreadableAnswers
from grader.judging.report import Report
from grader.services.grading.context import GradeLimits, GradingStats
from grader.services.grading.drain import drain
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.queries import Status, SubmissionDetail, submission_detail
from grader.store import submission_tables, submissions
from grader.store.database import Sessions
from tests.fixtures.course import Clock, Send
from tests.fixtures.submitting import submit_for

WEIGHTS = Path(__file__).parents[2] / "fixtures" / "weights"
SLUG = "dense-two-moons"

SendFile = Callable[[bytes], UUID]


@pytest.fixture
def send_file(sessions: Sessions, catalog: Catalog, learner: LearnerKey, clock: Clock) -> SendFile:
    """Sends a file of weights."""

    def send(content: bytes) -> UUID:
        sha256 = hashlib.sha256(content).hexdigest()
        entries = {"weights": Entry("moons.pt", file=sha256)}
        return submit_for(
            sessions, catalog.find(SLUG), learner, entries, clock.advance(1), contents={sha256: content}
        ).id

    return send


@dataclass(frozen=True)
class Course:
    """Where submissions are graded and looked at."""

    sessions: Sessions
    catalog: Catalog
    clock: Clock
    limits: GradeLimits

    def grade(self) -> GradingStats:
        """Do what a worker does when it is woken."""
        return drain(self.sessions, self.catalog, self.clock, self.limits)

    def shown(self, submission: UUID) -> SubmissionDetail:
        """What is known of a submission."""
        with self.sessions() as session:
            return submission_detail(session, submission)

    def report(self, submission: UUID) -> Report:
        """The report of what was graded."""
        found = self.shown(submission).report
        assert found is not None
        return found


@pytest.fixture
def course(sessions: Sessions, catalog: Catalog, clock: Clock, limits: GradeLimits) -> Course:
    """A course with the exercises that are delivered."""
    return Course(sessions, catalog, clock, limits)


def bomb() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("w.npy", bytes(16 << 20))
    return archive.getvalue()


@pytest.mark.process
def test_a_file_of_weights_is_graded(course: Course, send_file: SendFile) -> None:
    sent = send_file((WEIGHTS / "moons.pt").read_bytes())
    assert course.grade() == GradingStats(graded=1)
    found = course.report(sent)
    assert found.score.given == found.score.max == 10.0
    assert found.trained is not None
    assert found.trained.source == "pytorch"


def test_the_same_file_is_kept_once(sessions: Sessions, send_file: SendFile) -> None:
    content = (WEIGHTS / "moons.npz").read_bytes()
    send_file(content)
    send_file(content)
    with sessions() as session:
        assert session.query(submission_tables.Blob).count() == 1
        assert submissions.blob_content(session, hashlib.sha256(content).hexdigest()) == content


@pytest.mark.process
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"w1": [1, 2', "not valid JSON"),
        (b"PK\x03\x04 and then nothing", "damaged or truncated"),
        (bomb(), "times its size"),
        ((WEIGHTS / "moons-whole-model.pt").read_bytes(), "model.state_dict()"),
        ((WEIGHTS / "moons.pt").read_bytes()[:900], "damaged or truncated"),
        ((WEIGHTS / "lecture.safetensors").read_bytes(), "8 by 2, 1 by 8"),
    ],
)
def test_a_file_that_cannot_be_used_gets_a_sentence_and_the_next_is_graded(
    course: Course, send_file: SendFile, send: Send, content: bytes, sentence: str
) -> None:
    hostile = send_file(content)
    good, plain = send_file((WEIGHTS / "moons.safetensors").read_bytes()), send()[0]
    assert course.grade() == GradingStats(graded=2, unusable=1)
    refused = course.shown(hostile)
    assert (refused.status, refused.report) == (Status.UNUSABLE, None)
    assert sentence in str(refused.unusable_file)
    assert course.report(good).score.given == 10.0
    assert course.report(plain).score.given == course.report(plain).score.max


def test_what_is_plainly_no_file_of_weights_is_refused_at_the_gate(sessions: Sessions, send_file: SendFile) -> None:
    for content in (b"", b"%PDF-1.7", b"\x80\x02}q\x00.", bytes(17 << 20)):
        with pytest.raises(UnreadableAnswers) as caught:
            send_file(content)
        assert [problem.field for problem in caught.value.problems] == ["weights"]
    with sessions() as session:
        assert session.query(submission_tables.Blob).count() == 0


def test_a_submission_without_its_file_is_refused(
    sessions: Sessions, catalog: Catalog, learner: LearnerKey, clock: Clock
) -> None:
    entries = {"weights": Entry("moons.pt", file="0" * 64)}
    with pytest.raises(UnreadableAnswers):
        submit_for(sessions, catalog.find(SLUG), learner, entries, clock())
