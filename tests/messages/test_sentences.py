import json
from pathlib import Path

import pytest

from grader.messages.message import LANGUAGES, SENTENCES, Template
from grader.messages.mistakes import MISTAKE_WORDS, title_of


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_exists_in_every_language_with_the_same_values(key: str) -> None:
    assert set(SENTENCES[key]) == set(LANGUAGES)
    assert len({Template.of(text).names for text in SENTENCES[key].values()}) == 1


KEPT: dict[str, list[str]] = json.loads(Path(__file__).with_name("kept_keys.json").read_text(encoding="utf-8"))
"""Keys that reports may be stored with, and the names of their values; a line is added at a release, never removed."""


@pytest.mark.parametrize("key", KEPT)
def test_what_was_said_once_can_be_read_for_ever(key: str) -> None:
    assert Template.of(SENTENCES[key]["en"]).names <= set(KEPT[key])


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_does_not_shout(key: str) -> None:
    assert not any("!" in text for text in SENTENCES[key].values())


@pytest.mark.parametrize("mistake", MISTAKE_WORDS)
def test_a_mistake_has_words_for_students_and_instructors_in_every_language(mistake: str) -> None:
    words = MISTAKE_WORDS[mistake]
    assert set(words.student) == set(words.instructor) == set(LANGUAGES)
    assert all([*words.student.values(), *words.instructor.values()])


def test_two_mistakes_together_have_both_titles() -> None:
    assert title_of("half-missing+ascent", "en") == "The half of the error left out + Gradient ascent"
    assert title_of("ascent", "vi") == "Cộng gradient thay vì trừ"


def test_a_mistake_that_is_no_longer_recognised_is_called_by_its_id() -> None:
    assert title_of("long-gone+ascent", "vi") == "long-gone + Cộng gradient thay vì trừ"
