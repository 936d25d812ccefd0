import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.engine.build import build_graph
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.notation import Kind, Quantity
from grader.engine.rules import Sum
from tests.engine.networks import SMOOTH, Declared, declared, lecture, step_network

ALL = (*SMOOTH, "relu", "piecewise-linear")


def plus(name: str, *parents: str) -> Quantity:
    return Quantity(name, Kind.NET, name, parents, Sum())


def value(name: str) -> Quantity:
    return Quantity(name, Kind.GIVEN, name)


def test_parents_come_before_children_whatever_the_order_given() -> None:
    graph = Graph.of([plus("c", "b", "a"), plus("b", "a"), value("a")])
    assert list(graph.quantities) == ["a", "b", "c"]


def test_an_order_that_already_works_is_kept() -> None:
    graph = Graph.of([value("z"), plus("y", "z"), value("a"), plus("b", "a", "y")])
    assert list(graph.quantities) == ["z", "y", "a", "b"]


def test_two_quantities_of_one_name_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="two quantities are called a"):
        Graph.of([value("a"), value("b"), plus("a", "b")])


def test_a_parent_that_is_not_there_is_named_with_its_child() -> None:
    with pytest.raises(ValueError, match="b needs a, which is not in the graph"):
        Graph.of([plus("b", "a")])


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        Graph.of([plus("a", "b"), plus("b", "a")])


def test_needed_for_keeps_ancestors_and_nothing_else() -> None:
    graph = build_graph(lecture().network).needed_for(["out_h1"])
    assert sorted(graph.quantities) == ["b1", "i1", "i2", "net_h1", "out_h1", "w1", "w2"]
    assert graph.given == ("i1", "i2", "w1", "w2", "b1")


def test_names_can_be_looked_up() -> None:
    graph = build_graph(step_network().network)
    assert "net_3" in graph
    assert "E_total" not in graph
    assert graph["net_3"].parents == ("w13", "x1", "w23", "x2")


def test_given_values_are_not_changed_by_evaluating() -> None:
    columns = {name: np.array([number]) for name, number in lecture().given.items()}
    build_graph(lecture().network).evaluate(columns)
    assert columns == {name: np.array([number]) for name, number in lecture().given.items()}


@st.composite
def batches(draw: st.DrawFn) -> tuple[Declared, dict[str, Array]]:
    """A network and a batch of up to 19 sets of values, so that whole and broken SIMD lanes are met."""
    one = draw(declared(activations=ALL))
    size = draw(st.integers(2, 19))
    scales = np.linspace(0.1, 3.7, size)
    return one, {name: number * scales for name, number in one.given.items()}


@settings(max_examples=60, deadline=None)
@given(batches())
def test_a_batch_gives_the_bits_of_its_singles(case: tuple[Declared, dict[str, Array]]) -> None:
    one, columns = case
    graph = build_graph(one.network)
    together = graph.evaluate(columns)
    size = len(next(iter(columns.values())))
    for k in range(size):
        alone = graph.evaluate({name: column[k : k + 1] for name, column in columns.items()})
        for name, single in alone.items():
            assert single.tobytes() == together[name][k : k + 1].tobytes(), name


@settings(max_examples=60, deadline=None)
@given(batches())
def test_a_value_that_all_share_gives_the_same_to_the_last_bits(case: tuple[Declared, dict[str, Array]]) -> None:
    one, columns = case
    graph = build_graph(one.network)
    together = graph.evaluate(columns)
    shared = graph.evaluate({name: np.asarray(column[1]) for name, column in columns.items()})
    for name, single in shared.items():
        np.testing.assert_allclose(single, together[name][1], rtol=1e-12, atol=1e-15, err_msg=name)


def test_values_beyond_float64_are_inf_or_nan_without_a_warning() -> None:
    one = lecture()
    columns = {name: np.asarray(1e308) for name in one.given}
    values = build_graph(one.network).evaluate(columns)
    assert np.isinf(values["net_h1"])
