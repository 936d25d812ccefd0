from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from tests.catalog.folders import gate, mend, node
from tests.exercises.figures import DIRECTORY


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["exercises", *map(str, arguments)], catch_exceptions=False)


@pytest.mark.long
def test_all_exercises_of_the_project_pass_the_check() -> None:
    result = run("check", "--exercises", DIRECTORY)
    assert result.exit_code == 0, result.output
    assert "✓ and-gate\n" in result.stdout
    assert "✓ backprop-2-2-2\n" in result.stdout
    assert result.stderr == ""


def test_one_exercise_can_be_checked_alone() -> None:
    result = run("check", "and-gate", "--exercises", DIRECTORY)
    assert result.exit_code == 0
    assert result.stdout == "✓ and-gate\n"


def test_a_broken_exercise_is_one_line_a_problem_and_an_exit_of_one(tmp_path: Path) -> None:
    gate(tmp_path)
    mend(mend(node(tmp_path), "w2 = 0.35", ""), '"net_h", ', '"net_x", ')
    result = run("check", "--exercises", tmp_path)
    assert result.exit_code == 1
    assert "✓ gate\n✗ two-nodes\n" in result.stdout
    lines = result.stderr.splitlines()
    assert "  two-nodes/exercise.toml: values.w2: is needed and not given" in lines
    assert lines[-1] == "2 problems to fix"


def test_a_good_exercise_beside_a_broken_one_can_be_checked(tmp_path: Path) -> None:
    gate(tmp_path)
    mend(node(tmp_path), "w2 = 0.35", "")
    assert run("check", "gate", "--exercises", tmp_path).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "xor"), "No exercise named xor found in"),
        (("show", "xor"), "There is no exercise called 'xor'."),
    ],
)
def test_an_unknown_slug_is_one_clear_line(tmp_path: Path, arguments: tuple[str, str], sentence: str) -> None:
    node(tmp_path)
    result = run(*arguments, "--exercises", tmp_path)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_an_empty_directory_has_nothing_to_check(tmp_path: Path) -> None:
    result = run("check", "--exercises", tmp_path)
    assert result.exit_code == 1
    assert result.stderr == f"Error: No exercise found in {tmp_path}.\n"


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_directory_that_is_not_there_is_one_clear_line(tmp_path: Path, command: str) -> None:
    result = run(command, "--exercises", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "there is no such directory of exercises" in result.stderr


def test_the_directory_may_come_from_the_environment(tmp_path: Path) -> None:
    gate(tmp_path)
    environment = {"GRADER_EXERCISES_DIR": str(tmp_path)}
    result = CliRunner().invoke(main, ["exercises", "check"], env=environment)
    assert result.stdout == "✓ gate\n"


def test_a_list_has_points_fields_and_the_start_of_the_revision(tmp_path: Path) -> None:
    gate(tmp_path)
    result = run("list", "--exercises", tmp_path)
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if "gate" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][:4] == ["gate", "Weights for a gate", "3", "3"]


def test_an_exercise_is_shown_with_its_references() -> None:
    result = run("show", "backprop-2-2-2", "--exercises", DIRECTORY)
    assert result.exit_code == 0
    assert "w5 = 0.4" in result.stdout
    assert "0.593269992107" in result.stdout


def test_weights_to_be_found_have_no_reference() -> None:
    result = run("show", "and-gate", "--exercises", DIRECTORY)
    assert "any that work" in result.stdout


def test_a_title_with_brackets_is_printed_as_it_is(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), "Two nodes in a row", "f on [a, b] [/b] :smile:")
    mend(folder, "Forward pass", "Part [red]")
    shown = run("show", "two-nodes", "--exercises", tmp_path).stdout
    assert "f on [a, b] [/b] :smile:" in shown
    assert "Part [red]" in shown
    assert "[a, b]" in run("list", "--exercises", tmp_path).stdout
