from pathlib import Path

import pytest

from grader.catalog.load import load_folder
from grader.judging.exercise import Exercise
from grader.judging.tolerance import Tolerance
from grader.judging.verdict import Verdict
from tests.catalog.folders import NODE, mend, node, write


def made(directory: Path, added: str = "") -> Exercise:
    text = NODE.replace("[values]", f"{added}\n[values]")
    folder = write(directory / "two-nodes", {"exercise.toml": text, "statement.md": "Work it out."})
    return load_folder(folder).exercise


@pytest.mark.parametrize(
    ("added", "field", "tolerance"),
    [
        ("", "net_h", Tolerance(1e-9, 2e-4)),
        ("", "w1_new", Tolerance(0.0, 0.01, of_change=True)),
        ("[tolerance]\nrelative = 1e-3", "net_h", Tolerance(1e-9, 1e-3)),
        ("[tolerance]\nrelative = 1e-3", "w1_new", Tolerance(0.0, 0.01, of_change=True)),
        ("[tolerance]\nabsolute = 1e-3", "net_h", Tolerance(1e-3, 2e-4)),
        ("[tolerance]\ndigits = 3", "net_h", Tolerance(1e-9, 5e-3)),
        ("[tolerance]\nof_change = 0.02", "w1_new", Tolerance(0.0, 0.02, of_change=True)),
        ("[tolerance.fields]\nnet_h = { absolute = 2e-8 }", "net_h", Tolerance(2e-8, 0.0)),
        ("[tolerance.fields]\nnet_h = { digits = 6 }", "net_h", Tolerance(1e-9, 5e-6)),
        ("[tolerance.fields]\nw1_new = { of_change = 0.005 }", "w1_new", Tolerance(0.0, 0.005, of_change=True)),
        ("[tolerance.fields]\nw1_new = { of_change = 0.005 }", "w3_new", Tolerance(0.0, 0.01, of_change=True)),
    ],
)
def test_a_field_has_the_tolerance_that_its_author_gave(
    tmp_path: Path, added: str, field: str, tolerance: Tolerance
) -> None:
    found = made(tmp_path, added).asked[field].tolerance
    assert found.of_change == tolerance.of_change
    assert found.absolute == pytest.approx(tolerance.absolute)
    assert found.relative == pytest.approx(tolerance.relative)


def test_a_part_shares_its_points_among_its_fields(tmp_path: Path) -> None:
    assert [field.points for field in made(tmp_path).fields] == [1.0] * 6


def test_credit_is_the_exercises_own(tmp_path: Path) -> None:
    credit = made(tmp_path, "[credit]\nfollows = 0.8\nmistaken = 0.2").credit
    assert credit[Verdict.FOLLOWS] == 0.8
    assert credit[Verdict.MISTAKEN] == 0.2
    assert credit[Verdict.CORRECT] == 1.0
    assert credit[Verdict.WRONG] == credit[Verdict.MISSING] == 0.0


def test_given_values_stand_in_the_order_of_the_network(tmp_path: Path) -> None:
    names = [given.name for given in made(tmp_path).givens]
    assert names == ["x1", "x2", "w1", "w2", "w3", "b", "target_o", "eta"]


def test_names_follow_the_patterns_of_the_exercise(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), "[values]", '[names]\nnet = "v{node}"\nupdate = "{weight}_plus"\n[values]')
    mend(mend(folder, '"net_h"', '"vh"'), '"net_o"', '"vo"')
    mend(mend(folder, '"w1_new"', '"w1_plus"'), '"w3_new"', '"w3_plus"')
    assert load_folder(folder).exercise.field_names == ("vh", "out_h", "vo", "out_o", "w1_plus", "w3_plus")


def test_weights_without_names_are_numbered_through_the_layers(tmp_path: Path) -> None:
    folder = mend(mend(node(tmp_path), 'weights = [["w1", "w2"]]', ""), 'weights = [["w3"]]', "")
    assert load_folder(folder).exercise.network.weights == ("w1", "w2", "w3")


def test_an_edge_may_be_left_out(tmp_path: Path) -> None:
    folder = mend(mend(node(tmp_path), '[["w1", "w2"]]', '[["w1", ""]]'), "w2 = 0.35\n", "")
    exercise = load_folder(folder).exercise
    assert exercise.network.weights == ("w1", "w3")
    assert exercise.graph["net_h"].parents == ("w1", "x1", "b")


def test_a_layer_may_have_an_activation_for_each_node(tmp_path: Path) -> None:
    folder = mend(node(tmp_path), 'activation = "tanh"', 'activation = ["relu"]')
    exercise = load_folder(folder).exercise
    assert float(exercise.reference["out_o"]) == float(exercise.reference["net_o"])
