"""The opposite sign of the node delta, as some textbooks write it."""

import pytest

from grader.engine.network import Edge, Layer, Network, Node
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from tests.engine.networks import Declared
from tests.exercises.figures import lost, verdicts
from tests.judging.made import ask_all, judged, reference

WEIGHTS = {"w14": 0.2, "w15": -0.3, "w24": 0.4, "w25": 0.1, "w34": -0.5, "w35": 0.2, "w46": -0.3, "w56": -0.2}
BIASES = {"b4": -0.4, "b5": 0.2, "b6": 0.1}
GIVEN = WEIGHTS | BIASES | {"1": 1.0, "2": 0.0, "3": 1.0, "eta": 0.9, "target_6": 1.0}
NODES = ("6", "5", "4")
OUTPUT = ("w46", "w56", "b6")


def node(name: str, sources: str) -> Node:
    return Node(name, tuple(Edge(f"w{source}{name}", source) for source in sources), f"b{name}")


LAYERS = (Layer((node("4", "123"), node("5", "123")), "logistic"), Layer((node("6", "45"),), "logistic"))
THREE_TWO_ONE = ask_all(Declared(Network(("1", "2", "3"), LAYERS, "half-squared", "eta", True), GIVEN))
RIGHT = reference(THREE_TWO_ONE)


def textbook(*, stale: bool, sign: float = 1.0, digits: int = 6) -> dict[str, str]:
    """Nets, outputs, Err and steps by the formulas Err = (t - o) o (1 - o), w + l Err o."""
    out = {name: RIGHT[f"out_{name}"] for name in NODES} | {"1": 1.0, "2": 0.0, "3": 1.0}
    slope = {name: out[name] * (1 - out[name]) for name in NODES}
    error = {"6": (1.0 - out["6"]) * slope["6"]}
    new = {f"w{k}6": WEIGHTS[f"w{k}6"] + sign * 0.9 * error["6"] * out[k] for k in "45"}
    for k in "45":
        weight = new[f"w{k}6"] if stale else WEIGHTS[f"w{k}6"]
        error[k] = slope[k] * error["6"] * weight
        new |= {f"w{i}{k}": WEIGHTS[f"w{i}{k}"] + sign * 0.9 * error[k] * out[i] for i in "123"}
    new |= {f"b{k}": BIASES[f"b{k}"] + sign * 0.9 * error[k] for k in NODES}
    sheet = {f"{kind}_{name}": RIGHT[f"{kind}_{name}"] for kind in ("net", "out") for name in NODES}
    sheet |= {f"delta_{name}": value for name, value in error.items()}
    sheet |= {f"{name}_new": value for name, value in new.items()}
    return {name: f"{value:.{digits}g}" for name, value in sheet.items()}


def found_in(sheet: dict[str, str]) -> Report:
    return judged(THREE_TWO_ONE, dict(sheet))


def lost_of(found: Report) -> list[str]:
    return [name for name in lost(found) if found.fields[name].verdict is not Verdict.MISSING]


@pytest.mark.parametrize("digits", [5, 6, 9])
def test_a_textbooks_errors_are_accepted_with_one_output_and_said(digits: int) -> None:
    found = found_in(textbook(stale=False, digits=digits))
    assert lost_of(found) == []
    assert len(found.notes) == 1


@pytest.mark.parametrize("digits", [5, 6, 9])
def test_of_errors_sent_back_through_updated_weights_only_those_are_lost(digits: int) -> None:
    found = found_in(textbook(stale=True, digits=digits))
    assert set(lost_of(found)) == {"delta_4", "delta_5"}
    mistakes = {found.fields[name].mistake for name in ("delta_4", "delta_5")}
    assert {mistake.id for mistake in mistakes if mistake} == {"stale-weights"}
    assert len(found.notes) == 1


def test_the_errors_of_one_output_alone_are_a_turned_sign() -> None:
    found = found_in({"delta_6": textbook(stale=False)["delta_6"]})
    assert verdicts(found)["delta_6"] is Verdict.MISTAKEN
    assert found.notes == ()


def test_one_output_and_the_steps_of_its_weights_are_a_convention() -> None:
    sheet = textbook(stale=False)
    found = found_in({name: sheet[name] for name in ("delta_6", *(f"{name}_new" for name in OUTPUT))})
    assert lost_of(found) == []
    assert len(found.notes) == 1


def test_steps_in_the_wrong_direction_are_no_convention() -> None:
    found = found_in(textbook(stale=False, sign=-1.0))
    assert found.notes == ()
    assert lost_of(found)
