from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

import pytest

from grader.catalog.load import LoadedExercise
from grader.judging.answers import Entry, entries_to_json
from grader.judging.verdict import Verdict
from grader.services.grading import sandbox
from grader.services.grading.sandbox import SandboxFailedError, SandboxPlaces, SandboxProcess, SandboxRequest
from tests.fixtures import poison
from tests.fixtures.patience import PATIENCE

pytestmark = pytest.mark.process

SECONDS = 1.0


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxProcess]:
    monkeypatch.setattr(sandbox, "_PROGRAM", poison.__name__)
    started = SandboxProcess(SECONDS, 2048)
    yield started
    started.close()


@pytest.fixture
def request_with(published: LoadedExercise, right: dict[str, Entry]) -> "RequestWith":
    return RequestWith(published, right)


class RequestWith:
    """Makes a request with this first value."""

    def __init__(self, published: LoadedExercise, right: dict[str, Entry]) -> None:
        self._published, self._right = published, right

    def __call__(self, first: str) -> SandboxRequest:
        answers = entries_to_json({**self._right, poison.FIELD: Entry(first)})
        return SandboxRequest(self._published.slug, self._published.revision, self._published.source, [answers])


def test_all_processes_of_a_worker_but_one_judge_in_a_sandbox_at_once() -> None:
    with closing(SandboxPlaces()) as places, ExitStack() as others:
        places.keep_one_free(3)
        pipes = [others.enter_context(_taken_by_another(places)) for _ in range(3)]
        assert [pipe.recv() for pipe in pipes] == [True, True, False]
        with places.place() as has_place:
            assert not has_place
        pipes[0].send("end")
        pipes[0].recv()
        with places.place() as has_place:
            assert has_place


@contextmanager
def _taken_by_another(places: SandboxPlaces) -> Iterator[Connection]:
    """A forked process that takes a place, tells whether it got one, and holds it until it is told to end."""
    context = get_context("fork")
    ours, theirs = context.Pipe()

    def take() -> None:
        with places.place() as has_place:
            theirs.send(has_place)
            theirs.recv()
        theirs.send("ended")

    process = context.Process(target=take)
    process.start()
    try:
        ours.poll(PATIENCE)
        yield ours
    finally:
        process.kill()
        process.join()


def test_one_child_judges_one_submission_after_the_other(child: SandboxProcess, request_with: RequestWith) -> None:
    verdicts = [child.judge(request_with(first))[0].fields[poison.FIELD].verdict for first in ("2", "5", "2")]
    assert verdicts == [Verdict.CORRECT, Verdict.WRONG, Verdict.CORRECT]


def test_an_exception_is_told_and_the_child_lives_on(child: SandboxProcess, request_with: RequestWith) -> None:
    with pytest.raises(SandboxFailedError, match="ZeroDivisionError: a poisoned answer"):
        child.judge(request_with(poison.RAISES))
    assert child.is_running
    assert child.judge(request_with("2"))[0].first_wrong is None


def test_memory_is_limited(child: SandboxProcess, request_with: RequestWith) -> None:
    with pytest.raises(SandboxFailedError, match="MemoryError"):
        child.judge(request_with(poison.EATS))


def test_what_judging_prints_is_no_reply(child: SandboxProcess, request_with: RequestWith) -> None:
    assert child.judge(request_with(poison.PRINTS))[0].fields[poison.FIELD].verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (poison.KILLS, "ended by SIGKILL"),
        (poison.HANGS, "longer than 1 seconds"),
        (poison.EXITS, "with status 3"),
    ],
)
def test_a_child_that_dies_or_hangs_is_over(
    child: SandboxProcess, request_with: RequestWith, first: str, reason: str
) -> None:
    with pytest.raises(SandboxFailedError, match=reason):
        child.judge(request_with(first))
    assert not child.is_running


def test_a_revision_that_can_not_be_read_any_more_is_told(child: SandboxProcess, request_with: RequestWith) -> None:
    request = request_with("2")
    unread = SandboxRequest(request.slug, "0" * 64, {"exercise.toml": "["}, request.answers)
    with pytest.raises(SandboxFailedError, match="ExerciseErrors"):
        child.judge(unread)


@pytest.mark.process
def test_a_program_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_PROGRAM", "grader.services.no_such_program")
    with pytest.raises(SandboxFailedError, match="with status 1"):
        SandboxProcess(SECONDS, 2048)
