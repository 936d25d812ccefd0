"""What each mistake gives, in the figures of the lecture's 2-2-2 example."""

import math

import numpy as np
import pytest

from grader.engine.build import build_graph
from grader.engine.ensemble import pair_ensemble, single_ensemble
from grader.engine.mistakes import MISTAKES, SWAPPED, pair_ways, single_ways
from grader.messages.mistakes import MISTAKE_WORDS
from tests.engine.chance import HIDDEN, Make, made
from tests.engine.networks import Declared, lecture, lecture_with_trained_biases

ROWS = {
    "stale-weights": ((0.149817639, 0.358916480, 0.291027924),),
    "output-derivative-missing": ((0.148865825, 0.180085176, 0.258260102),),
    "hidden-derivative-missing": ((0.149091242, 0.358916480, 0.291024764),),
    "half-missing": ((0.149561432, 0.317832959, 0.283618982),),
    "rate-missing": ((0.149561432, 0.317832959, 0.283618982),),
    "ascent": ((0.150219284, 0.441083520, 0.305640633),),
    "error-sign": ((0.150219284, 0.441083520, 0.305640633),),
    "backward-transposed": ((0.149769225, 0.358916480, 0.291027661),),
    "not-updated": ((0.15, 0.40, 0.298371109),),
}
"""w1+, w5+ and E after the step, worked out apart from this project."""


def values_of(declared: Declared, mistake: str) -> list[dict[str, float]]:
    """What each way of a mistake gives."""
    graph = build_graph(declared.network)
    given = {name: np.asarray(value) for name, value in declared.given.items()}
    ways = [way for way in single_ways(declared.network, graph) if way.id == mistake]
    return [{name: float(value) for name, value in way.graph.evaluate(given).items()} for way in ways]


def as_recorded(values: dict[str, float], mistake: str) -> dict[str, float]:
    """The half left out doubles the error too; the record has the true error of the weights it leads to."""
    return values | ({"E_total_new": values["E_total_new"] / 2} if mistake == "half-missing" else {})


@pytest.mark.parametrize("mistake", ROWS)
def test_a_mistake_gives_its_recorded_figures_in_every_way(mistake: str) -> None:
    found = [as_recorded(values, mistake) for values in values_of(lecture(), mistake)]
    assert found
    for values in found:
        got = (values["w1_new"], values["w5_new"], values["E_total_new"])
        assert got == pytest.approx(ROWS[mistake][0], abs=6e-10)


def test_a_single_path_gives_its_recorded_figures() -> None:
    pairs = [(values["w1_new"], values["w5_new"]) for values in values_of(lecture(), "single-path")]
    assert (0.149665802, 0.358916480) in [pytest.approx(pair, abs=6e-10) for pair in pairs]


def test_a_derivative_at_the_output_gives_its_recorded_figure() -> None:
    assert values_of(lecture(), "derivative-at-output")[0]["w5_new"] == pytest.approx(0.352105115, abs=6e-10)


def test_a_transposed_forward_pass_gives_its_recorded_figures() -> None:
    found = values_of(lecture(), "forward-transposed")[0]
    names = ("net_h1", "net_h2", "out_h1", "out_h2", "net_o1", "net_o2", "out_o1", "out_o2", "E_total")
    recorded = (0.3825, 0.39, 0.594475931, 0.596282699, 1.135931722, 1.195469653, 0.756931915, 0.767717880, 0.303658314)
    assert tuple(found[name] for name in names) == pytest.approx(recorded, abs=6e-10)


def test_a_bias_subtracted_is_on_the_wrong_side_of_every_net() -> None:
    found = values_of(lecture(), "bias-subtracted")[0]
    out_h1, out_h2 = (1.0 / (1.0 + math.exp(-net)) for net in (0.0275 - 0.35, 0.0425 - 0.35))
    assert (found["net_h1"], found["net_h2"]) == pytest.approx((-0.3225, -0.3075), abs=1e-15)
    assert found["net_o1"] == pytest.approx(0.40 * out_h1 + 0.45 * out_h2 - 0.60, abs=1e-15)


def test_a_bias_trained_per_node_gives_what_a_program_with_trained_biases_gives() -> None:
    finals = [values["E_total_new"] for values in values_of(lecture(), "bias-trained")]
    assert pytest.approx(0.280471447, abs=6e-10) in finals
    trained = lecture_with_trained_biases()
    right = build_graph(trained.network).evaluate({name: np.asarray(value) for name, value in trained.given.items()})
    assert float(right["E_total_new"]) == pytest.approx(0.280471447, abs=6e-10)


def test_every_mistake_but_the_swap_has_a_way() -> None:
    for mistake in MISTAKES.values():
        assert bool(mistake.rewrites(3)) is (mistake.id != SWAPPED)


def test_the_mistakes_that_can_be_found_are_those_that_have_words() -> None:
    assert set(MISTAKES) == set(MISTAKE_WORDS)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 4, 2), (2, 3, 3, 1)])
def test_the_mistakes_evaluated_together_are_those_evaluated_one_by_one(hidden: str, shape: tuple[int, ...]) -> None:
    declared = made(Make(shape, hidden, "logistic", "half-squared", "shared", trains_biases=False, seed=len(hidden)))
    graph = build_graph(declared.network)
    given = {name: np.asarray(value) for name, value in declared.given.items()}
    ensemble = single_ensemble(declared.network, graph)
    names = [quantity.name for quantity in graph.computed]
    together = ensemble.follow(given, {}, 1, names)
    for row, way in enumerate(ensemble.ways):
        alone = way.graph.evaluate(given)
        for name in names:
            assert float(together[name][row, 0]) == pytest.approx(float(alone[name]), rel=1e-12, abs=1e-15)


def test_pairs_are_two_different_mistakes_each() -> None:
    network = lecture().network
    graph = build_graph(network)
    singles = {way.id for way in single_ways(network, graph)}
    pairs = pair_ways(network, graph)
    assert pair_ensemble(network, graph).ways == pair_ensemble(network, graph).ways
    assert all(len(set(way.mistakes)) == 2 and set(way.mistakes) <= singles for way in pairs)
