from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.cli import main
from grader.store.submission_tables import Submission
from tests.fixtures.course import EXERCISES

pytestmark = pytest.mark.long


def test_a_course_is_filled_and_its_doors_are_told(
    sessions: sessionmaker[Session], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("GRADER_SECRET_KEY", "a secret of the tests alone")
    monkeypatch.setenv("GRADER_EXERCISES_DIR", str(Path(EXERCISES)))
    said = CliRunner().invoke(main, ("demo", "seed", "--students", "3", "--title", "Nets"), catch_exceptions=False)
    assert said.exit_code == 0
    assert "Nets: 3 students, 7 assignments" in said.output
    assert said.output.count("/sign-in/link/") == 2
    with sessions() as session:
        sent = session.scalar(select(func.count()).select_from(Submission))
    assert f"{sent} submissions" in said.output
