import json
from pathlib import Path

import pytest

from grader.messages.language import ENGLISH, Language, Template
from grader.messages.message import SENTENCES
from grader.messages.mistakes import MISTAKE_TITLES, MISTAKE_WORDS, title_of
from tests.fixtures.languages import VIETNAMESE

KEPT: dict[str, list[str]] = json.loads(Path(__file__).with_name("kept_keys.json").read_text(encoding="utf-8"))
"""Keys that reports may be stored with, and the names of their values; a line is added at a release, never removed."""


@pytest.mark.parametrize("key", KEPT)
def test_what_was_said_once_can_be_read_for_ever(key: str) -> None:
    assert Template.of(SENTENCES[key]).names <= set(KEPT[key])


@pytest.mark.parametrize("language", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_does_not_shout(key: str, language: Language) -> None:
    assert "!" not in language.translate(key, SENTENCES[key])


@pytest.mark.parametrize("mistake", MISTAKE_WORDS)
def test_a_mistake_has_words_for_students_and_instructors(mistake: str) -> None:
    assert SENTENCES[f"mistake.{mistake}"] == MISTAKE_WORDS[mistake].student
    assert title_of(mistake, ENGLISH) == MISTAKE_TITLES[f"mistake-title.{mistake}"]


def test_two_mistakes_together_have_both_titles() -> None:
    assert title_of("half-missing+ascent", ENGLISH) == (
        "Factor 1/2 of the error missing + Gradient ascent instead of descent"
    )
    assert title_of("ascent", VIETNAMESE) == "Cộng gradient thay vì trừ"


def test_a_mistake_that_is_no_longer_recognised_is_called_by_its_id() -> None:
    assert title_of("long-gone+ascent", VIETNAMESE) == "long-gone + Cộng gradient thay vì trừ"
