import pytest

from grader.engine.activations import ACTIVATION_NAMES
from grader.engine.network import LOSSES
from grader.judging.exercise import Exercise
from tests.fairness.chain import Paper, worked
from tests.fairness.digits import cut_off, decimals, significant
from tests.fairness.hand import by_hand
from tests.fairness.networks import definition, foreign_networks
from tests.fairness.procedures import PROCEDURES

pytestmark = pytest.mark.long

NETWORKS = 200


def off(exercise: Exercise, texts: dict[str, str]) -> list[str]:
    """The fields whose text is another number than the reference, beyond the last bits."""
    right = {name: float(exercise.reference[name]) for name in exercise.field_names}
    return [name for name, value in right.items() if abs(float(texts[name]) - value) > 1e-12 * max(1.0, abs(value))]


@pytest.mark.long
def test_a_pass_by_hand_agrees_with_the_engine_on_every_foreign_network() -> None:
    for exercise in foreign_networks(NETWORKS):
        assert off(exercise, by_hand(exercise, Paper(exercise, significant(17)))) == []


def test_foreign_networks_have_every_activation_and_every_loss() -> None:
    networks = [exercise.network for exercise in foreign_networks(NETWORKS)]
    found = {layer.function(node) for network in networks for layer, node in network.nodes()}
    assert found == set(ACTIVATION_NAMES)
    assert {network.loss for network in networks} == {None, *LOSSES}
    assert {len(network.layers) for network in networks} == {1, 2, 3}


def test_the_same_number_gives_the_same_network() -> None:
    assert definition(7) == definition(7) != definition(8)


def test_every_wrong_procedure_changes_some_foreign_network() -> None:
    unseen = dict(PROCEDURES)
    for exercise in foreign_networks(60):
        right = by_hand(exercise, Paper(exercise, significant(9)))
        for name in [n for n, p in unseen.items() if by_hand(exercise, Paper(exercise, significant(9)), p) != right]:
            del unseen[name]
    assert set(unseen) <= {"step-zero-at-zero"}  # a net input is hardly ever 0 by chance


def test_what_is_written_down_is_gone_on_from() -> None:
    exercise = next(foreign_networks(1))
    first, *_ = exercise.computed_order
    texts = worked(exercise, exercise.graph, Paper(exercise, significant(12), {first: lambda value: value + 1.0}))
    follower = next(q for q in exercise.graph.computed if first in q.parents)
    assert {first, follower.name} <= set(off(exercise, texts))


def test_digits_are_rounded_or_cut_off() -> None:
    assert (significant(3)(0.37786), decimals(3)(0.5), cut_off(3)(-0.37786)) == ("0.378", "0.500", "-0.377")
    assert (cut_off(3)(0.0), float(cut_off(4)(1.23456e-12))) == ("0", 1.234e-12)
