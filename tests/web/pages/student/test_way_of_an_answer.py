"""One submission can be traced from end to end in a limited number of files."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from flask.testing import FlaskClient

from tests.fixtures.machine import CHECKOUT
from tests.web.pages.conftest import sample, send, verdicts

MOST_FILES = 60
PRODUCT = tuple(str(CHECKOUT / part) for part in ("grader", "worker"))


@contextmanager
def files_run() -> Iterator[set[str]]:
    """Give the files of the product in which a function is called; imports are not counted."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if (
            event == "call"
            and code.co_name != "<module>"
            and code.co_filename.startswith(PRODUCT)
            and code.co_filename.endswith(".py")
        ):
            found.add(Path(code.co_filename).relative_to(CHECKOUT).as_posix())

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)


@pytest.mark.long
def test_sending_grading_and_reading_run_through_few_files(student: FlaskClient, grade_all: Callable[[], None]) -> None:
    answers = sample("backprop-2-2-2", "correct/lecture")
    address = send(student, "backprop-2-2-2", answers)  # what is worked out once has been worked out
    grade_all()
    student.get(address)
    with files_run() as posted:
        address = send(student, "backprop-2-2-2", answers)
    with files_run() as graded:
        grade_all()
    with files_run() as read:
        page = student.get(address).text
    assert len(verdicts(page)) == len(answers)
    every = posted | graded | read
    assert len(every) <= MOST_FILES, "\n".join(
        f"{name} ({len(some)}): {' '.join(sorted(some))}"
        for name, some in (("post", posted), ("grade", graded), ("read", read))
    )
