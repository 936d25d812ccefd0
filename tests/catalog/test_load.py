import os
from pathlib import Path

import pytest

from grader.catalog.load import LoadedExercise, load_catalog, load_folder, load_revision
from grader.catalog.validation import ExerciseErrors
from grader.judging.answers import Entry, read_answers
from grader.judging.errors import UnknownExercise
from grader.judging.judge import judge
from grader.judging.report import Report
from tests.catalog.folders import NODE, gate, mend, node, write
from tests.exercises.figures import BACKPROP, COMPLETED, DIRECTORY


def problems(folder: Path) -> list[str]:
    with pytest.raises(ExerciseErrors) as caught:
        load_folder(folder)
    return [str(problem) for problem in caught.value.problems]


def judged(published: LoadedExercise, texts: dict[str, str]) -> Report:
    answers = read_answers(published.exercise, {name: Entry(text) for name, text in texts.items()})
    return judge(published.exercise, [answers])[0]


def test_a_catalog_is_found_by_slug_and_goes_in_order(tmp_path: Path) -> None:
    gate(tmp_path, "b-gate")
    node(tmp_path, "a-node")
    catalog = load_catalog(tmp_path)
    assert [published.slug for published in catalog] == ["a-node", "b-gate"]
    assert len(catalog) == 2
    assert catalog.find("a-node").title == "Two nodes in a row"


def test_an_unknown_slug_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownExercise, match="no exercise called 'xor'"):
        load_catalog(tmp_path).find("xor")


def test_an_empty_directory_is_an_empty_catalog(tmp_path: Path) -> None:
    assert len(load_catalog(tmp_path)) == 0


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExerciseErrors, match="there is no such directory of exercises"):
        load_catalog(tmp_path / "nowhere")


def test_hidden_folders_and_stray_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {".git/config": "", "_draft/exercise.toml": "broken", "README.md": "Exercises."})
    assert len(load_catalog(tmp_path)) == 0


def test_problems_of_all_folders_are_told_together(tmp_path: Path) -> None:
    mend(node(tmp_path, "one"), "w2 = 0.35", "")
    mend(node(tmp_path, "two"), "w2 = 0.35", "")
    node(tmp_path, "three")
    with pytest.raises(ExerciseErrors) as caught:
        load_catalog(tmp_path)
    assert [problem.file for problem in caught.value.problems] == ["one/exercise.toml", "two/exercise.toml"]


@pytest.mark.parametrize("slug", ["And-Gate", "and_gate", "and gate", "-x", "x-", "a--b", "café", "a.b"])
def test_a_folder_whose_name_is_no_address_is_refused(tmp_path: Path, slug: str) -> None:
    folder = write(tmp_path / slug, {"exercise.toml": NODE, "statement.md": "Work it out."})
    assert "the folder's name goes into addresses" in problems(folder)[0]


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert problems(tmp_path / "empty") == ["empty/exercise.toml: is missing"]


def test_a_statement_in_english_is_needed(tmp_path: Path) -> None:
    folder = write(tmp_path / "node", {"exercise.toml": NODE, "statement.vi.md": "Hãy tính."})
    assert problems(folder) == ["node/statement.md: is missing: students need to be told what to do"]


def test_statements_are_kept_by_language(tmp_path: Path) -> None:
    folder = write(node(tmp_path), {"statement.vi.md": "Hãy tính."})
    assert load_folder(folder).statements == {"en": "Work it out.", "vi": "Hãy tính."}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"\x00" * 10, "is not valid TOML"),
        (b"#" * (1 << 20) + b"\n", "is larger than 1 MiB"),
        (b"", "title: is needed and not given"),
    ],
)
def test_a_hostile_definition_is_refused_with_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    folder = write(node(tmp_path), {"exercise.toml": content})
    assert reason in problems(folder)[0]


def test_a_definition_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "node", {"exercise.toml/x": "", "statement.md": "Work it out."})
    assert problems(folder) == ["node/exercise.toml: is not a file"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = node(tmp_path)
    secret = write(tmp_path, {"secret": "token"}) / "secret"
    (folder / "data").mkdir()
    (folder / "data/rows.csv").symlink_to(secret)
    assert problems(folder) == ["two-nodes/data/rows.csv: is a link that leads out of the exercise's folder"]


def test_a_link_to_a_device_is_refused_without_reading_it(tmp_path: Path) -> None:
    folder = node(tmp_path)
    (folder / "statement.md").unlink()
    (folder / "statement.md").symlink_to("/dev/zero")
    assert "leads out of the exercise's folder" in problems(folder)[0]


def test_a_link_to_nowhere_is_missing(tmp_path: Path) -> None:
    folder = node(tmp_path)
    (folder / "statement.vi.md").symlink_to(folder / "gone.md")
    assert problems(folder) == ["two-nodes/statement.vi.md: is missing"]


def test_a_link_in_a_circle_is_said_and_not_followed(tmp_path: Path) -> None:
    folder = node(tmp_path)
    (folder / "statement.vi.md").symlink_to(folder / "statement.vi.md")
    assert problems(folder) == ["two-nodes/statement.vi.md: is missing"]


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    folder = node(tmp_path)
    (folder / "data").mkdir()
    os.mkfifo(folder / "data/rows.csv")
    assert problems(folder) == ["two-nodes/data/rows.csv: is not a file"]


def test_a_linked_folder_of_an_exercise_is_served(tmp_path: Path) -> None:
    real = node(tmp_path / "elsewhere")
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises/linked").symlink_to(real)
    assert [published.slug for published in load_catalog(tmp_path / "exercises")] == ["linked"]


@pytest.mark.parametrize("make", [node, gate])
def test_what_was_stored_builds_the_same_revision(tmp_path: Path, make: type) -> None:
    served: LoadedExercise = load_folder(make(tmp_path))
    again = load_revision(served.slug, dict(served.source))
    assert again.revision == served.revision
    assert again.exercise.field_names == served.exercise.field_names
    assert again.statements == {}


def test_what_was_stored_judges_alike() -> None:
    served = load_catalog(DIRECTORY).find(BACKPROP)
    again = load_revision(BACKPROP, dict(served.source))
    for texts in (dict(COMPLETED), {**COMPLETED, "out_h1": "0.61", "w1_new": "0.15", "E_o2": "0.024"}, {}):
        assert judged(again, texts) == judged(served, texts)


def test_what_was_stored_in_another_format_is_an_error_with_a_reason(tmp_path: Path) -> None:
    source = dict(load_folder(node(tmp_path)).source)
    source["exercise.toml"] += "\n[unheard_of]\nx = 1\n"
    with pytest.raises(ExerciseErrors, match="unheard_of: there is no such key in the format"):
        load_revision("two-nodes", source)


def test_titles_are_told_in_the_readers_language(tmp_path: Path) -> None:
    folder = node(tmp_path)
    mend(folder, 'title = "Two', 'titles = { vi = "Hai nút" }\ntitle = "Two')
    mend(folder, 'title = "Forward', 'titles = { vi = "Truyền xuôi" }\ntitle = "Forward')
    published = load_folder(folder)
    assert [published.title_in(language) for language in ("en", "vi", "de")] == [
        "Two nodes in a row",
        "Hai nút",
        "Two nodes in a row",
    ]
    assert [published.exercise.parts[0].title_in(language) for language in ("en", "vi")] == [
        "Forward pass",
        "Truyền xuôi",
    ]


def test_the_english_title_stands_in_one_place(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), 'title = "Two', 'titles = { en = "Two" }\ntitle = "Two')
    with pytest.raises(ExerciseErrors, match="titles: are those in other languages; the English one is `title`"):
        load_folder(folder)
