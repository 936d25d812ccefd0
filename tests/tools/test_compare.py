import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import compare
from tools.compare import INTENDED, Comparison, Difference, Intended, intended_in, main, unlisted
from tools.said import Entry, Rewording

Run = Callable[[object], tuple[int, str]]

OLD = {
    "rows": {"submissions": [{"id": 1, "mark": 2.0, "note": "There is no such assignment"}]},
    "api": {"s1 GET /mark": {"status": 404, "body": {"title": "There is no such assignment", "type": "/unknown"}}},
    "openapi": {"paths": {"/mark": {"summary": "Hand in answers to be graded.", "title": "There is no such assignment"}}},
    "pages": {
        "en s1 /": {"texts": ["Courses", "There is no such assignment"], "links": ["href /a"]},
        "vi s1 /": {"texts": ["V\u00ec sao"], "attrs": ["aria-label: V\u00ec sao"]},
    },
    "mails": {"en": {"text": "Hello\n\n12345678-1234-1234-1234-123456789abc"}},
}  # fmt: skip
NEW = {
    "rows": {"submissions": [{"id": 1, "mark": 2.0, "note": "There is no such assignment"}]},
    "api": {"s1 GET /mark": {"status": 404, "body": {"title": "Assignment not found", "type": "/unknown"}}},
    "openapi": {"paths": {"/mark": {"summary": "Submit answers to be graded.", "title": "There is no such assignment"}}},
    "pages": {
        "en s1 /": {"texts": ["Courses", "Assignment not found"], "links": ["href /a"]},
        "vi s1 /": {"texts": ["L\u00fd do"], "attrs": ["aria-label: L\u00fd do"]},
    },
    "mails": {"en": {"text": "Hello\n\n87654321-1234-1234-1234-123456789abc"}},
}  # fmt: skip


def changed(path: str, value: object) -> object:
    """Return the new version with another value at one place."""
    new = json.loads(json.dumps(NEW))
    *parents, last = path.split("|")
    at = new
    for key in parents:
        at = at[int(key)] if isinstance(at, list) else at[key]
    if isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
    return new


@pytest.fixture
def compared(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    listed = tmp_path / "intended.tsv"
    listed.write_text("pages/\u2026/texts\t\t# of # points\tone figure\n", encoding="utf-8")
    monkeypatch.setattr(compare, "intended_in", lambda: intended_in(listed))

    def run(new: object) -> tuple[int, str]:
        paths = [tmp_path / name for name in ("old.json", "new.json")]
        for path, said in zip(paths, (OLD, new), strict=True):
            path.write_text(json.dumps(said), encoding="utf-8")
        return main([str(path) for path in paths]), capsys.readouterr().out

    return run


def test_texts_of_the_mapping_are_no_differences(compared: Run) -> None:
    status, said = compared(NEW)
    assert (status, said.splitlines()[-1]) == (0, "0 listed differences, 0 that are not listed")
    assert "pages vi: 2 texts, 2 reworded by the mapping, 0 different otherwise" in said


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rows|submissions|0|mark", 3.0),
        ("rows|submissions|0|note", "Assignment not found"),
        ("api|s1 GET /mark|status", 410),
        ("api|s1 GET /mark|body|type", "/other"),
        ("api|s1 GET /mark|body|title", "Not found"),
        ("api|s1 GET /mark|body|more", None),
        ("openapi|paths|/mark|title", "Assignment not found"),
        ("pages|en s1 /|links|0", "href /b"),
        ("pages|en s1 /|texts|1", "Nothing"),
        ("pages|en s1 /|texts", ["Assignment not found"]),
        ("pages|vi s1 /|texts|0", "V\u00ec sao"),
        ("mails|en|text", "Hi"),
    ],
)
def test_any_other_change_is_printed(compared: Run, path: str, value: object) -> None:
    status, said = compared(changed(path, value))
    assert status == 1
    assert "/".join(part for part in path.split("|") if not part.isdecimal()) in said.replace("/0", "")
    assert said.splitlines()[-1] == "0 listed differences, 1 that are not listed"


def test_a_listed_difference_is_counted_with_its_reason(compared: Run) -> None:
    texts = ["Courses", "7.5 of 10 points", "Assignment not found"]
    status, said = compared(changed("pages|en s1 /|texts", texts))
    assert (status, said.splitlines()[-2:]) == (
        0,
        ["1 intended: one figure", "1 listed differences, 0 that are not listed"],
    )


@pytest.mark.parametrize(
    ("found", "is_covered"),
    [
        (Difference("pages/en /x/texts", "8 of 8", "7.5 of 10"), True),
        (Difference("pages/en /x/attrs", "8 of 8", "7.5 of 10"), False),
        (Difference("pages/en /x/texts", "one of 8", "7.5 of 10"), False),
        (Difference("pages/en /x/texts", "8 of 8", ""), False),
        (Difference("rows/texts", "8 of 8", "7.5 of 10"), False),
    ],
)
def test_a_listed_difference_names_place_old_and_new(found: Difference, is_covered: bool) -> None:
    entry = Intended("pages/\u2026/texts", "# of #", "# of #", "one figure")
    assert entry.covers(found) is is_covered
    assert bool(unlisted([found], [entry], Counter())) is not is_covered


def test_a_line_without_a_reason_is_named(tmp_path: Path) -> None:
    path = tmp_path / "intended.tsv"
    path.write_text("place\told\tnew\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"intended\.tsv, line 1: write place, old, new and why"):
        intended_in(path)


def test_every_committed_line_has_its_reason_and_stands_once() -> None:
    listed = intended_in(INTENDED)
    assert all(entry.why and entry.where for entry in listed)
    assert len(set(listed)) == len(listed)


def test_texts_are_compared_beside_what_stays_and_not_all_after_one_that_was_added() -> None:
    words = Rewording([Entry("a", "b")])
    found = Comparison(words, words).differences(["a", "x", "y"], ["new", "b", "x", "y"], "pages/en /x/texts")
    assert list(found) == [Difference("pages/en /x/texts", "", "new")]
