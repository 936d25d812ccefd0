"""Generated exercises, written as an author would: checked, corrected as suggested, and judged."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.catalog.load import load_folder
from grader.catalog.verify import verify
from grader.cli import main
from grader.engine.mistakes import single_ways
from grader.engine.network import Network
from grader.judging.answers import Entry, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.solution import worked_solution
from tests.engine.chance import Make, made
from tests.judging.made import ask_all, reference
from tests.judging.test_properties import away, done_with, named

pytestmark = pytest.mark.long

SLUG = "made-by-an-author"
MAKES = [
    Make((3, 4, 2), "tanh", "logistic", "half-squared", "per node", trains_biases=True, seed=1),
    Make((2, 3, 3, 1), "tanh", "identity", "mean-squared", "shared", trains_biases=False, seed=2),
    Make((3, 4, 2), "relu", "softmax", "cross-entropy", "per node", trains_biases=True, seed=3),
    Make((2, 3, 3, 1), "logistic", "half-tanh", "half-squared", "none", trains_biases=False, seed=4),
    Make((2, 3, 2), "piecewise-linear", "identity", "mean-squared", "shared", trains_biases=True, seed=8),
    Make((2, 2, 3), "half-tanh", "softmax", "cross-entropy", "shared", trains_biases=False, seed=6),
]
NAMES = [f"{'-'.join(map(str, make.shape))} {make.hidden} {make.output}" for make in MAKES]
SUGGESTION = re.compile(r"(\w+ = \{ \w+ = \S+ \}) would do")


def layers(network: Network) -> str:
    """The layers as the format writes them."""
    lines = []
    for layer in network.layers:
        lines += [
            "[[network.layers]]",
            f"nodes = {[node.name for node in layer.nodes]}",
            f'activation = "{layer.activation}"',
            f"weights = {[[edge.weight for edge in node.edges] for node in layer.nodes]}",
        ]
        biases = [node.bias for node in layer.nodes if node.bias]
        if biases:
            lines.append(f"biases = {biases}" if len(set(biases)) > 1 else f'bias = "{biases[0]}"')
    return "\n".join(lines)


def write(directory: Path, make: Make, tolerances: tuple[str, ...] = ()) -> Path:
    """The folder of an exercise that asks everything."""
    declared = made(make)
    network, given, asked = declared.network, dict(declared.given), ask_all(declared)
    rate = given.pop("eta")
    values = "\n".join(f"{name} = {value!r}" for name, value in given.items())
    folder = directory / SLUG
    (folder / "answers" / "correct").mkdir(parents=True, exist_ok=True)
    (folder / "statement.md").write_text("Work it out.\n", encoding="utf-8")
    (folder / "exercise.toml").write_text(
        f'title = "Made"\n[network]\ninputs = {list(network.inputs)}\nloss = "{network.loss}"\n'
        f"learning_rate = {rate}\ntrain_biases = {str(network.trains_biases).lower()}\n{layers(network)}\n"
        f'[values]\n{values}\n[[parts]]\ntitle = "All"\npoints = 10\nask = {list(asked.field_names)}\n'
        "[tolerance.fields]\n" + "\n".join(tolerances) + "\n",
        encoding="utf-8",
    )
    right = "\n".join(f'{name} = "{value:.12g}"' for name, value in reference(asked).items())
    (folder / "answers" / "correct" / "all.toml").write_text(right + "\n", encoding="utf-8")
    return folder


def mended(directory: Path, make: Make) -> Path:
    """Return the exercise with the tolerances that the check suggests."""
    told = [SUGGESTION.search(problem.reason) for problem in verify(write(directory, make))]
    return write(directory, make, tuple(match[1] for match in told if match))


def sent(exercise: Exercise, values: dict[str, float]) -> Report:
    return judge(exercise, [read_answers(exercise, {name: Entry(f"{value:.12g}") for name, value in values.items()})])[
        0
    ]


@pytest.mark.parametrize("make", MAKES, ids=NAMES)
def test_what_the_check_refuses_it_says_how_to_mend(make: Make, tmp_path: Path) -> None:
    folder = mended(tmp_path, make)
    assert [f"{problem.key}: {problem.reason}" for problem in verify(folder)] == []
    result = CliRunner().invoke(main, ("exercises", "check", "--exercises", str(tmp_path)))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("make", MAKES, ids=NAMES)
def test_every_mistake_is_named_in_exercises_that_are_not_in_the_repository(make: Make, tmp_path: Path) -> None:
    exercise = load_folder(mended(tmp_path, make)).exercise
    assert sent(exercise, reference(exercise)).score == sent(exercise, reference(exercise)).score
    assert sent(exercise, reference(exercise)).score.given == exercise.max_points
    for way in single_ways(exercise.network, exercise.graph):
        values = done_with(exercise, way)
        assert way.id in named(sent(exercise, values)) or not away(exercise, values), way.id


@pytest.mark.parametrize("make", MAKES, ids=NAMES)
def test_every_step_of_a_worked_solution_is_printed_with_its_value(make: Make, tmp_path: Path) -> None:
    exercise = load_folder(write(tmp_path, make)).exercise
    steps = worked_solution(exercise)
    assert {step.name for step in steps if step.asked} == set(exercise.field_names)
    for step in steps:
        last = step.latex.rsplit(" = ", 1)[1].replace(r" \cdot 10^{", "e").replace("}", "")
        assert float(last) == pytest.approx(float(exercise.reference[step.name]), rel=1e-8, abs=1e-300)
