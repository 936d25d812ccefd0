import re
import threading

import pytest

from grader.devserver import backends
from grader.devserver.backends import telling


def test_what_takes_long_is_said_again_and_again_with_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "FIRST", 0.01)
    monkeypatch.setattr(backends, "EVERY", 0.01)
    said: list[str] = []
    three = threading.Event()

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            three.set()

    with telling(say, "PostgreSQL is starting"):
        three.wait()
    assert all(re.fullmatch(r"PostgreSQL is starting \.\.\. \d+ s", line) for line in said)


def test_what_is_quick_is_not_said() -> None:
    said: list[str] = []
    with telling(said.append, "Valkey is starting"):
        pass
    assert said == []


def test_nothing_is_said_after_the_end_not_even_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "FIRST", 0.01)
    said: list[str] = []
    with pytest.raises(KeyError), telling(said.append, "Valkey is starting"):
        raise KeyError
    before = len(said)
    threading.Event().wait(0.05)
    assert len(said) == before
