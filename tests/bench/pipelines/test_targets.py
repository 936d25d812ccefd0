from dataclasses import replace

import pytest

from bench.pipelines.measure import Floor, Measured
from bench.pipelines.targets import PEERS, ratios
from bench.ratios import Ratio
from tests.bench.pipelines import made_up

LEAN, NAIVE = made_up.measured(500, 3.0, 2000, 8), made_up.measured(250, 8.0, 2000, 12)


def _ratios(grader: Measured, floor: Floor | None = None) -> dict[str, Ratio]:
    found = ratios({"grader": grader, "naive": NAIVE, "lean": LEAN}, floor or made_up.floor())
    return {one.name: one for one in found}


def _failed(found: dict[str, Ratio]) -> set[str]:
    return {name for name, one in found.items() if not one.is_met}


ONE_AGAINST_PEERS = [f"one submission against {name} (recorded, scaled)" for name in PEERS]


def test_a_grader_as_quick_as_the_prototype_meets_all() -> None:
    assert _failed(_ratios(made_up.measured(2000, 0.8, 12, 8))) == set()


def test_a_bulk_that_is_hardly_quicker_than_single_requests_fails() -> None:
    slow = made_up.measured(2000, 0.8, 12, 8)
    slow.bulk = [replace(one, accepted=1.5 * one.accepted) for one in slow.flood]
    assert _failed(_ratios(slow)) == {"bulk POST of 100 against single POSTs"}


@pytest.mark.parametrize(
    ("grader", "failed"),
    [
        (made_up.measured(1400, 0.8, 12, 8), {"throughput against lean", "throughput against naive"}),
        (made_up.measured(2000, 1.1, 12, 8), {"CPU per submission against lean"}),
        (made_up.measured(2000, 0.8, 30, 11.5), {"light p95 against a no-op round trip's p95", *ONE_AGAINST_PEERS}),
        (made_up.measured(2000, 0.8, 41, 8), {"saturated p95 against light p95"}),
    ],
)
def test_each_figure_that_gets_worse_fails_its_own_ratio(grader: Measured, failed: set[str]) -> None:
    assert _failed(_ratios(grader)) == failed


def test_judging_is_compared_with_all_that_the_lean_pipeline_costs() -> None:
    found = _ratios(made_up.measured(2000, 0.8, 12, 8), replace(made_up.floor(), judging=[0.00031] * 3))
    assert found["CPU in judging against lean's whole CPU"].ratio == pytest.approx(0.31 / 3.0)
    assert not found["CPU in judging against lean's whole CPU"].is_met


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    grader, lean = made_up.measured(1000, 0.8, 12, 8), made_up.measured(500, 3.0, 2000, 8)
    grader.flood[0], lean.flood[0] = made_up.flow(100, 0.8, (12,)), made_up.flow(50, 3.0, (2000,))
    found = ratios({"grader": grader, "naive": NAIVE, "lean": lean}, made_up.floor())
    assert found[0].ratio == pytest.approx(2.0)


def test_a_slower_lean_pipeline_is_noticed() -> None:
    slow = {"grader": made_up.measured(2000, 0.8, 12, 8), "naive": NAIVE, "lean": made_up.measured(500, 9.0, 2000, 8)}
    assert "lean's CPU against a no-op task's, not slowed" in {
        one.name for one in ratios(slow, made_up.floor()) if not one.is_met
    }


def test_peers_are_scaled_by_whichever_measure_of_the_machine_flatters_less() -> None:
    grader, name = made_up.measured(2000, 0.8, 12, 10), "one submission against nbgrader 0.9.6 (recorded, scaled)"
    recorded = PEERS["nbgrader 0.9.6"].one
    assert _ratios(grader)[name].ratio == pytest.approx(recorded / 0.010 * 5 / 6.1)
    slower = replace(made_up.floor(), times=[(0.0061 * 3,)] * 3, bare=[17e-6 * 2] * 3)
    assert _ratios(grader, slower)[name].ratio == pytest.approx(2 * recorded / 0.010)
