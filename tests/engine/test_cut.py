from grader.engine.build import build_graph
from grader.engine.cut import cut, following, loose_end
from tests.engine.networks import lecture

GRAPH = build_graph(lecture().network)
VALUES = tuple(lecture().given)


def test_what_lies_before_the_variables_is_cut_off() -> None:
    left = cut(GRAPH, "delta_o1", ("target_o1", "out_o1"))
    assert set(left.quantities) == {"target_o1", "out_o1", "dE_dout_o1", "dout_dnet_o1", "delta_o1"}
    assert set(left.given) == {"target_o1", "out_o1"}


def test_the_graph_itself_stays_whole() -> None:
    cut(GRAPH, "delta_o1", ("target_o1", "out_o1"))
    assert GRAPH["out_o1"].parents == ("net_o1",)


def test_a_formula_in_its_variables_has_no_loose_end() -> None:
    assert loose_end(GRAPH, "dE_dw5", ("target_o1", "out_o1", "out_h1"), ()) is None


def test_what_is_computed_from_no_variable_is_a_loose_end_though_every_value_is_given() -> None:
    assert loose_end(GRAPH, "dE_dw5", ("target_o1", "out_o1"), VALUES) == "dnet_dw5"


def test_a_given_value_is_a_loose_end_until_it_is_known() -> None:
    variables = ("w5", "dE_dw5")
    assert loose_end(GRAPH, "w5_new", variables, ()) == "eta"
    assert loose_end(GRAPH, "w5_new", variables, ("eta",)) is None


def test_what_depends_on_none_of_its_variables_is_its_own_loose_end() -> None:
    assert loose_end(GRAPH, "net_h1", ("out_o1",), VALUES) == "net_h1"


def test_a_variable_that_follows_from_the_others_is_not_free() -> None:
    assert following(GRAPH, ("net_o1", "out_o1", "target_o1")) == {"out_o1"}
    assert following(GRAPH, ("out_h1", "dnet_dw5")) == {"dnet_dw5"}


def test_variables_that_need_more_than_each_other_are_free() -> None:
    assert following(GRAPH, ("w5", "out_h1", "eta", "delta_o1")) == frozenset()
