from pathlib import Path

import pytest

from grader.catalog.load import fill, load_folder, written
from grader.catalog.verify import verify
from tests.catalog.folders import node, write

VALUES = {"w1": 0.15, "b": -0.5}


@pytest.mark.parametrize(
    ("markdown", "filled"),
    [
        ("$w_1 = {{ w1 }}$ and {{ b }}.", "$w_1 = 0.15$ and -0.5."),
        ("{{  w1  }}{{ w1 }}", "0.150.15"),
        ("$e^{{w1}}$ is a formula of its own", "$e^{{w1}}$ is a formula of its own"),
        ("{{ w2 }} is nothing here", "{{ w2 }} is nothing here"),
        ("{{ w1.real }} {{ 1 }} {% b %}", "{{ w1.real }} {{ 1 }} {% b %}"),
    ],
)
def test_given_values_stand_where_their_names_stood(markdown: str, filled: str) -> None:
    assert fill(markdown, VALUES) == filled


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.05, "0.05"), (-1.0, "-1"), (0.1 + 0.2, "0.30000000000000004"), (1e-05, "0.00001"), (100.0, "100"), (0.0, "0")],
)
def test_a_given_value_is_written_in_plain_decimals(value: float, text: str) -> None:
    assert written(value) == text
    assert written(2e22) == "20000000000000000000000"


def test_a_statement_says_the_values_that_its_exercise_has(tmp_path: Path) -> None:
    folder = write(node(tmp_path), {"statement.md": "x1 is {{ x1 }}.", "statement.vi.md": "x1 = {{ x1 }}."})
    published = load_folder(folder)
    assert published.statement("en") == "x1 is 0.7."
    values = {given.name: given.value for given in published.exercise.givens} | {"x1": 0.25}
    assert published.with_values(values).statement("vi") == "x1 = 0.25."
    assert published.statement("fr") == ""


def test_a_name_that_is_no_given_value_is_refused_in_every_language(tmp_path: Path) -> None:
    statements = {"statement.md": "{{ x1 }} {{ x9 }} {{ x9 }}", "statement.vi.md": "{{ net_h }} {{ eta }}"}
    found = verify(write(node(tmp_path), statements))
    assert [(problem.file, problem.reason) for problem in found] == [
        ("two-nodes/statement.md", "{{ x9 }} is no given value that could stand there"),
        ("two-nodes/statement.vi.md", "{{ net_h }} is no given value that could stand there"),
    ]
