from pathlib import Path

from click.testing import CliRunner

from grader.cli import main


def test_show_tells_the_variables_of_a_formula() -> None:
    output = CliRunner().invoke(main, ["exercises", "show", "delta-rule"]).output
    assert "a formula in target_o1, out_o1, out_h1" in output


def test_grade_names_the_mistake_in_a_formula(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('w5_new = "w5"\n')
    output = CliRunner().invoke(main, ["grade", "delta-rule", str(answers), "--json"]).output
    assert '"id": "not-updated"' in output
    assert '"echo": "w_{5}"' in output
