import re

import pytest
from flask.testing import FlaskClient

from grader.catalog.load import Catalog
from grader.web.pages.student import answer_form
from grader.web.pages.student.answer_form import AnswerGrid, answer_grid_of


def grid(catalog: Catalog, slug: str) -> AnswerGrid | None:
    exercise = catalog.find(slug).exercise
    return answer_grid_of(exercise, answer_form.field_groups(exercise, {}))


def names(made: AnswerGrid | None) -> list[list[str]]:
    assert made
    return [[entry.name for entry in line.cells] for block in made.blocks for line in block.lines]


def test_an_epoch_has_a_row_for_each_row_of_the_data(catalog: Catalog) -> None:
    made = grid(catalog, "and-gate-training")
    assert names(made) == [[f"net_{k}", f"y_{k}", f"w0_{k}", f"w1_{k}", f"w2_{k}"] for k in (1, 2, 3, 4)]
    assert made
    (block,) = made.blocks
    assert [line.given for line in block.lines] == [(0, 0, -1), (0, 1, -1), (1, 0, -1), (1, 1, 1)]
    assert (block.lines[1].heading.word, block.lines[1].heading.points) == ("Row 2: (0, 1)", 5)


def test_parts_that_are_columns_give_them_their_titles(catalog: Catalog) -> None:
    made = grid(catalog, "activations")
    assert names(made)[0] == ["f_logistic", "df_logistic"]
    assert made
    assert [(heading.word, heading.points) for heading in made.columns] == [("Values", 4), ("Slopes", 4)]


def test_parts_that_are_several_rows_stand_above_them(catalog: Catalog) -> None:
    made = grid(catalog, "step-network-forward")
    assert names(made) == [["v3", "y3"], ["v4", "y4"], ["v5", "y5"]]
    assert made
    assert [(block.title, block.points, len(block.lines)) for block in made.blocks] == [
        ("Hidden layer", 4, 2),
        ("Output", 2, 1),
    ]


@pytest.mark.parametrize("slug", ["and-gate", "backprop-2-2-2", "delta-rule", "dense-two-moons", "xor-2-2-1"])
def test_what_is_no_table_stays_a_list(catalog: Catalog, slug: str) -> None:
    assert grid(catalog, slug) is None


def test_in_a_table_every_field_keeps_a_label_of_its_own(student: FlaskClient) -> None:
    page = student.get("/exercises/and-gate-training").text
    table = re.search(r'<table class="cells".*?</table>', page, re.DOTALL)
    assert table
    assert len(re.findall(r'<label for="field-\w+">', table[0])) == table[0].count("<input") == 20
