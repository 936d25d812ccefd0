"""Every exercise that the project comes with, and every sample answer of it."""

import re
from collections import Counter
from pathlib import Path

import pytest

from grader.catalog.answer_file import contents_of, read_answer_file
from grader.catalog.load import load_folder
from grader.catalog.mathematics import formulas
from grader.catalog.verify import FILES, UNREADABLE, verify
from grader.judging.answers import problems_at_gate, read_answers
from grader.judging.judge import judge
from grader.judging.verdict import Verdict
from tests.exercises.figures import DIRECTORY
from tests.fixtures.languages import VIETNAMESE
from tests.judging.test_report import sentences

pytestmark = pytest.mark.long

FOLDERS = sorted(path.parent for path in DIRECTORY.glob("*/exercise.toml"))
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
SAMPLES = sorted(path for folder in FOLDERS for path in folder.glob("answers/*/*.*") if path.parent.name != FILES)


def name(path: Path) -> str:
    return str(path.relative_to(DIRECTORY))


def test_the_three_exercises_of_the_lecture_are_there() -> None:
    assert {"and-gate", "step-network-forward", "backprop-2-2-2"} <= {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_the_exercise_passes_its_check(folder: Path) -> None:
    assert [str(problem) for problem in verify(folder)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_the_exercise_and_its_parts_have_titles_and_a_statement_in_vietnamese(folder: Path) -> None:
    published = load_folder(folder)
    parts = published.exercise.parts
    assert set(published.statements) == {"en", "vi"}
    assert "vi" in published.exercise.titles
    assert [part.id for part in parts if "vi" not in part.titles] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_both_statements_have_the_same_formulas_and_code(folder: Path) -> None:
    statements = load_folder(folder).statements
    english, vietnamese = (facts(statements[language]) for language in ("en", "vi"))
    assert english == vietnamese


def facts(markdown: str) -> Counter[str]:
    """Count each formula and piece of code of a statement, without words and decimal commas inside formulas."""
    found = [_with_points(formula.latex) for formula in formulas(markdown)] + CODE.findall(markdown)
    return Counter(re.sub(r"\\text\{[^}]*\}", "", fact) for fact in found)


def _with_points(latex: str) -> str:
    """Write the numbers of a formula as in English: Vietnamese separates numbers with decimal commas by semicolons."""
    return re.sub(r"(?<=\d)\{,\}(?=\d)", ".", latex).replace(r";\ ", ", ")


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_vietnamese_statements_have_decimal_commas_outside_code(folder: Path) -> None:
    prose = CODE.sub("", load_folder(folder).statements["vi"])
    assert re.findall(r"\d\.\d", prose) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_the_exercise_has_a_right_and_a_refused_sample(folder: Path) -> None:
    assert list(folder.glob("answers/correct/*"))
    assert list(folder.glob("answers/unreadable/*"))


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_the_sample_gets_the_verdict_of_its_folder(sample: Path) -> None:
    wanted = sample.parent.name
    exercise = load_folder(sample.parents[2]).exercise
    entries = read_answer_file(sample)
    contents = contents_of(sample, entries)
    problems = problems_at_gate(exercise, entries, contents)
    report = judge(exercise, [read_answers(exercise, entries, contents)])[0]
    if wanted == UNREADABLE:
        assert problems or report.unusable_file
        return
    assert (problems, report.unusable_file) == ((), None)
    found = {field.verdict for field in report.fields.values()}
    assert Verdict(wanted) in found
    assert (report.score.given == report.score.max) == (found <= {Verdict.CORRECT, Verdict.FOLLOWS})
    if wanted == "correct":
        assert found == {Verdict.CORRECT}


@pytest.mark.parametrize("sample", SAMPLES, ids=name)
def test_all_that_is_said_of_the_sample_is_said_in_vietnamese_too(sample: Path) -> None:
    exercise = load_folder(sample.parents[2]).exercise
    entries = read_answer_file(sample)
    contents = contents_of(sample, entries)
    for problem in problems_at_gate(exercise, entries, contents):
        assert problem.in_language(VIETNAMESE).detail != problem.detail
    report = judge(exercise, [read_answers(exercise, entries, contents)])[0]
    english, vietnamese = list(sentences(report)), list(sentences(report.in_language(VIETNAMESE)))
    assert len(english) == len(vietnamese)
    assert [pair for pair in zip(english, vietnamese, strict=True) if pair[0] == pair[1]] == []


@pytest.mark.parametrize("statement", ["statement.md", "statement.vi.md"])
def test_the_statement_says_where_each_weight_leads(statement: str) -> None:
    text = (DIRECTORY / "backprop-2-2-2" / statement).read_text(encoding="utf-8")
    edges = ("h_1 i_1 w_1 i_2 w_2", "h_2 w_3 w_4", "o_1 h_1 w_5 h_2 w_6", "o_2 w_7 w_8")
    for edge in edges:
        named = [f"${name}$" for name in edge.split()]
        assert re.search("[^;.]*".join(map(re.escape, named)), text), edge
