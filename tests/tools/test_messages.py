from pathlib import Path

import pytest

from grader.messages.message import TRANSLATED
from tools import messages

pytestmark = pytest.mark.long


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog with one sentence that is said, and one that is said no more."""
    path = tmp_path / "vi" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "Sign in"\nmsgstr "Đăng nhập"\n\nmsgid "Sing in"\nmsgstr "Hát lên"\n', encoding="utf-8")
    monkeypatch.setattr(messages, "CATALOGS", tmp_path)
    return path


def test_what_is_new_has_an_empty_place_and_what_is_gone_has_none(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.main()
    catalog = messages.read("vi")
    sign_in, sign_out = catalog["Sign in"], catalog["Sign out"]
    assert (sign_in.string, sign_out.string, "Sing in" in catalog) == ("Đăng nhập", "", False)
    assert f"{len(catalog) - 1} to translate" in capsys.readouterr().out
    assert "Hát lên" not in stored.read_text(encoding="utf-8")


def test_nothing_is_guessed_from_what_is_similar() -> None:
    assert [message.id for message in messages.merge("vi", messages.collect()) if message.fuzzy and message.id] == []


def test_the_words_of_templates_views_errors_and_refusals_are_collected() -> None:
    said = messages.collect()
    for words in ("Sign out", "Exercises", "Exercise not found", "Enter a valid e-mail address."):
        assert words in said


def test_a_sentence_of_the_judging_is_collected_under_its_key() -> None:
    said = messages.collect()
    for key, english in TRANSLATED.items():
        assert said.get(english, key) is not None, key
