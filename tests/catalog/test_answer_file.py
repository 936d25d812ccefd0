from pathlib import Path

import pytest

from grader.catalog.answer_file import UnreadableAnswerFile, read_answer_file
from grader.judging.answers import Entry


def read_text(directory: Path, name: str, content: str | bytes) -> dict[str, Entry]:
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_answer_file(path)


def test_texts_of_toml_are_kept_as_typed(tmp_path: Path) -> None:
    found = read_text(tmp_path, "a.toml", 'x = "0,50"\ny = " \u22121 "\nz = ""')
    assert found == {"x": Entry("0,50"), "y": Entry(" \u22121 "), "z": Entry("")}


@pytest.mark.parametrize(
    ("written", "text"),
    [("0.10", "0.10"), ("1e-3", "1e-3"), ("7", "7"), ("-0.0", "-0.0"), ("1_000.5", "1000.5"), ("1_000", "1000")],
)
def test_numbers_of_toml_keep_their_text_and_are_exact(tmp_path: Path, written: str, text: str) -> None:
    assert read_text(tmp_path, "a.toml", f"x = {written}") == {"x": Entry(text, exact=True)}


@pytest.mark.parametrize("written", ["0.10", "1e-3", "7", "-0.0", "0.12345678901234567890", "1E400", "9" * 500])
def test_numbers_of_json_keep_their_text_and_are_exact(tmp_path: Path, written: str) -> None:
    assert read_text(tmp_path, "a.json", f'{{"x": {written}}}') == {"x": Entry(written, exact=True)}


def test_null_is_blank_and_texts_are_kept_in_json(tmp_path: Path) -> None:
    assert read_text(tmp_path, "a.json", '{"x": null, "y": "1/3"}') == {"x": Entry(""), "y": Entry("1/3")}


@pytest.mark.parametrize(("name", "content"), [("a.toml", 'x = "0,5"'), ("a.json", '{"x": "0,5"}')])
def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_it(tmp_path: Path, name: str, content: str) -> None:
    assert read_text(tmp_path, name, f"\ufeff{content}") == {"x": Entry("0,5")}


def test_nan_and_infinity_are_left_for_the_gate_to_refuse(tmp_path: Path) -> None:
    found = read_text(tmp_path, "a.json", '{"x": NaN, "y": -Infinity}')
    assert found == {"x": Entry("NaN", exact=True), "y": Entry("-Infinity", exact=True)}
    assert read_text(tmp_path, "a.toml", "x = nan") == {"x": Entry("nan", exact=True)}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.toml", "x = ", "is not valid TOML"),
        ("a.toml", b"\xff", "is not valid TOML"),
        ("a.toml", "x = 1979-05-27", "x: an answer is a text, a number or a file, not date"),
        ("a.toml", "x = true", "x: an answer is a text, a number or a file, not bool"),
        ("a.toml", "x = [1]", "x: an answer is a text, a number or a file, not list"),
        ("a.toml", f"x = {'1' * 5000}", "is not valid TOML"),
        ("a.toml", f"x = {'[' * 9000}", "is not valid TOML"),
        ("a.json", "{", "is not valid JSON"),
        ("a.json", "[1]", "must be a map from field to answer"),
        ("a.json", "0.5", "must be a map from field to answer"),
        ("a.json", '"x"', "must be a map from field to answer"),
        ("a.json", '{"x": {"y": 1}}', "x: an answer is a text, a number or a file, not dict"),
        ("a.json", '{"\\ud800": []}', r"\\ud800: an answer is"),
        ("a.json", "[" * 100_000, "is not valid JSON"),
        ("a.yaml", "x: 1", "only .toml and .json are read"),
        ("a", "x = 1", "only .toml and .json are read"),
    ],
)
def test_a_file_that_is_no_map_of_answers_is_refused(tmp_path: Path, name: str, content: str, reason: str) -> None:
    with pytest.raises(UnreadableAnswerFile, match=reason):
        read_text(tmp_path, name, content)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAnswerFile, match="can't be read: No such file"):
        read_answer_file(tmp_path / "gone.toml")


def test_a_folder_is_no_file_of_answers(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(UnreadableAnswerFile, match="can't be read: Is a directory"):
        read_answer_file(tmp_path / "a.toml")
