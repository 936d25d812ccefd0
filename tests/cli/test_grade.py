import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.judging.verdict import Verdict
from grader.web.api.schemas import CheckOut
from tests.catalog.folders import mend, node
from tests.exercises.figures import BACKPROP, COMPLETED, DIRECTORY, GATE, STEP, STEP_FIGURES, exercise


def run(slug: str, path: Path, *arguments: str | Path, exercises: Path = DIRECTORY) -> Result:
    command = ["grade", slug, path, "--exercises", exercises, *arguments]
    return CliRunner().invoke(main, list(map(str, command)), catch_exceptions=False)


def toml(directory: Path, answers: Mapping[str, str]) -> Path:
    path = directory / "answers.toml"
    path.write_text("".join(f"{name} = {json.dumps(text)}\n" for name, text in answers.items()), encoding="utf-8")
    return path


def as_json(directory: Path, text: str) -> Path:
    path = directory / "answers.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_figures_of_the_lecture_get_full_score(tmp_path: Path) -> None:
    result = run(BACKPROP, toml(tmp_path, COMPLETED))
    assert result.exit_code == 0
    assert "Score: 35 of 35" in result.stdout
    assert "First error" not in result.stdout


def test_toml_and_json_give_the_same_report(tmp_path: Path) -> None:
    texts = {**COMPLETED, "out_h1": "0,593", "E_total_new": "0.291027924"}
    one = run(BACKPROP, toml(tmp_path, texts), "--json")
    other = run(BACKPROP, as_json(tmp_path, json.dumps(texts)), "--json")
    assert one.stdout == other.stdout


def test_the_report_has_the_form_of_rest(tmp_path: Path) -> None:
    result = run(BACKPROP, toml(tmp_path, {**COMPLETED, "E_total_new": "0.291027924"}), "--json")
    told = json.loads(result.stdout)
    assert CheckOut.model_validate(told).model_dump(mode="json") == told
    assert told["exercise"] == BACKPROP
    assert told["score"] == {"given": 34.0, "max": 35.0}
    assert told["first_wrong"] == "E_total_new"
    assert list(told["fields"]) == list(exercise(BACKPROP).field_names)
    assert told["fields"]["net_h1"]["verdict"] == "correct"
    assert told["fields"]["net_h1"]["entered"] == "0.3775"


def test_numbers_keep_the_text_that_stands_in_the_file(tmp_path: Path) -> None:
    path = as_json(tmp_path, '{"net_h1": 0.37750000000000000001, "net_h2": 3.925E-1}')
    fields = json.loads(run(BACKPROP, path, "--json").stdout)["fields"]
    assert fields["net_h1"]["entered"] == "0.37750000000000000001"
    assert fields["net_h2"]["entered"] == "3.925E-1"


def test_a_number_is_not_called_imprecise_where_a_text_is(tmp_path: Path) -> None:
    typed = run(BACKPROP, as_json(tmp_path, '{"out_h1": "0.593"}'), "--json")
    assert json.loads(typed.stdout)["fields"]["out_h1"]["verdict"] == Verdict.IMPRECISE
    number = run(BACKPROP, as_json(tmp_path, '{"out_h1": 0.593}'), "--json")
    assert json.loads(number.stdout)["fields"]["out_h1"]["verdict"] == Verdict.WRONG


def test_the_rows_of_weights_are_in_the_report(tmp_path: Path) -> None:
    path = toml(tmp_path, {"w0": "-1.5", "w1": "1", "w2": "1"})
    rows = json.loads(run(GATE, path, "--json").stdout)["rows"]
    assert [row["right"] for row in rows] == [True] * 4


def test_every_unreadable_field_is_named_and_nothing_is_judged(tmp_path: Path) -> None:
    path = toml(tmp_path, {**STEP_FIGURES, "v3": "two", "y5": "NaN", "v9": "1"})
    result = run(STEP, path)
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == "Error: These answers cannot be read: v3, y5, v9."
    assert [line.split(":")[0] for line in lines[1:]] == ["  v3", "  y5", "  v9"]


def test_a_name_that_no_terminal_can_print_is_told_escaped(tmp_path: Path) -> None:
    result = run(STEP, as_json(tmp_path, '{"\\ud800\\u001b[2J": "1"}'))
    assert result.exit_code == 1
    assert r"\ud800\x1b[2J" in result.stderr


def test_the_table_says_what_follows_from_what(tmp_path: Path) -> None:
    texts = {**STEP_FIGURES, "v3": "-2", "y3": "0", "v5": "-1", "y5": "0"}
    result = run(STEP, toml(tmp_path, texts))
    assert "graded with your own v3" in result.stdout
    assert "First error: v3" in result.stdout
    assert "Score: 5 of 6" in result.stdout


@pytest.mark.parametrize(
    ("slug", "name", "sentence"),
    [
        ("xor", "answers.toml", "There is no exercise called 'xor'."),
        (STEP, "gone.toml", "can't be read: No such file or directory"),
        (STEP, "answers.yaml", "only .toml and .json are read"),
    ],
)
def test_what_is_not_there_is_one_clear_line(tmp_path: Path, slug: str, name: str, sentence: str) -> None:
    toml(tmp_path, STEP_FIGURES)
    (tmp_path / "answers.yaml").write_text("v3: 2")
    result = run(slug, tmp_path / name)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert sentence in result.stderr


def test_exercises_may_stand_elsewhere(tmp_path: Path) -> None:
    folder = node(tmp_path / "mine")
    path = folder / "answers/correct/all.toml"
    result = run("two-nodes", path, exercises=tmp_path / "mine")
    assert "Score: 6 of 6" in result.stdout


def test_a_broken_exercise_says_what_is_broken(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), "w2 = 0.35", "")
    result = run("two-nodes", folder / "answers/correct/all.toml", exercises=tmp_path)
    assert result.exit_code == 1
    assert "two-nodes/exercise.toml: values.w2: is needed and not given" in result.stderr
