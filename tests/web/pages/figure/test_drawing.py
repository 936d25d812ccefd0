import pytest

from grader.catalog.load import Catalog
from grader.judging.answers import Entry, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from grader.web.pages.figure.drawing import Figure, Spot, figure_of
from grader.web.pages.figure.layout import NameParts, name_parts
from grader.web.pages.figure.verdicts import FigurePlace, PlaceKind, places_of
from tests.web.pages.conftest import sample


def spot(figure: Figure, sort: PlaceKind, name: str) -> Spot:
    return next(spot for spot in figure.spots if spot.place == FigurePlace(sort, name))


def report_of(exercise: Exercise, answers: dict[str, str]) -> Report:
    entries = {name: Entry(text) for name, text in answers.items()}
    return judge(exercise, [read_answers(exercise, entries)])[0]


def test_a_node_has_its_net_output_error_and_delta_and_a_weight_its_gradient_and_update(catalog: Catalog) -> None:
    figure = figure_of(catalog.find("backprop-2-2-2").exercise)
    assert spot(figure, PlaceKind.NODE, "h1").fields == ("net_h1", "out_h1", "delta_h1")
    assert spot(figure, PlaceKind.NODE, "o1").fields == (
        "net_o1", "out_o1", "E_o1", "dE_dout_o1", "dout_dnet_o1", "delta_o1",
    )  # fmt: skip
    assert spot(figure, PlaceKind.WEIGHT, "w5").fields == ("dnet_dw5", "dE_dw5", "w5_new")
    assert spot(figure, PlaceKind.INPUT, "i1").fields == ()


def test_a_total_belongs_to_no_single_place(catalog: Catalog) -> None:
    figure = figure_of(catalog.find("backprop-2-2-2").exercise)
    assert {"E_total", "E_total_new"}.isdisjoint(figure.spot_of)
    assert figure.spot_of["w1_new"] == "weight-w1"


def test_the_names_of_quantities_do_not_matter(catalog: Catalog) -> None:
    places = places_of(catalog.find("step-network-forward").exercise)
    assert (places["v3"], places["y5"]) == (FigurePlace(PlaceKind.NODE, "3"), FigurePlace(PlaceKind.NODE, "5"))


def test_in_an_epoch_every_row_is_of_the_one_node(catalog: Catalog) -> None:
    places = places_of(catalog.find("and-gate-training").exercise)
    assert places["net_3"] == places["y_4"] == FigurePlace(PlaceKind.NODE, "y")
    assert (places["w1_2"], places["w0_4"]) == (FigurePlace(PlaceKind.WEIGHT, "w1"), FigurePlace(PlaceKind.BIAS, "w0"))


def test_weights_that_are_asked_are_their_own_places(catalog: Catalog) -> None:
    places = places_of(catalog.find("xor-2-2-1").exercise)
    assert (places["w3"], places["b2"]) == (FigurePlace(PlaceKind.WEIGHT, "w3"), FigurePlace(PlaceKind.BIAS, "b2"))


def test_given_values_stand_at_their_places(catalog: Catalog) -> None:
    figure = figure_of(catalog.find("backprop-2-2-2").exercise)
    assert spot(figure, PlaceKind.WEIGHT, "w7").value == 0.5
    assert spot(figure, PlaceKind.INPUT, "i2").value == 0.1
    assert spot(figure, PlaceKind.NODE, "o2").target == 0.99
    assert (spot(figure, PlaceKind.BIAS, "b1").value, spot(figure, PlaceKind.BIAS, "b1").ends) == (0.35, ("h1", "h2"))
    assert figure.rate
    assert (figure.rate.name, figure.rate.value) == ("eta", 0.5)


def test_the_worst_verdict_of_a_place_counts_and_the_first_wrong_step_is_pointed_at(catalog: Catalog) -> None:
    exercise = catalog.find("step-network-forward").exercise
    right = {name: repr(float(exercise.reference[name])) for name in exercise.field_names}
    figure = figure_of(exercise, report_of(exercise, right | {"v3": "7.5", "y4": ""}))
    h3, h4, o5 = (spot(figure, PlaceKind.NODE, name).judged for name in ("3", "4", "5"))
    assert h3
    assert h4
    assert o5
    assert (h3.verdict, h3.is_first, h3.badge.word) == (Verdict.WRONG, True, "first error")
    assert (h4.verdict, o5.verdict) == (Verdict.MISSING, Verdict.CORRECT)
    assert figure.first_wrong
    assert figure.first_wrong.place.name == "3"


def test_after_grading_a_node_shows_what_was_entered_as_its_output(catalog: Catalog) -> None:
    exercise = catalog.find("backprop-2-2-2").exercise
    answers = sample("backprop-2-2-2", "correct/float64")
    entries = {name: Entry(text) for name, text in answers.items()}
    figure = figure_of(exercise, report_of(exercise, answers), entries)
    assert spot(figure, PlaceKind.NODE, "h1").entered == pytest.approx(0.593269992)
    assert spot(figure_of(exercise, None, entries), PlaceKind.NODE, "h1").entered is None


def test_trained_weights_stand_on_their_lines_once_they_were_tried(catalog: Catalog) -> None:
    exercise = catalog.find("and-gate").exercise
    figure = figure_of(exercise, report_of(exercise, sample("and-gate", "correct/textbook")))
    w1 = spot(figure, PlaceKind.WEIGHT, "w1")
    assert w1.value is not None
    assert w1.judged
    assert w1.judged.verdict is Verdict.CORRECT


def test_a_large_network_is_drawn_as_its_layers(catalog: Catalog) -> None:
    figure = figure_of(catalog.find("dense-two-moons").exercise)
    assert [(layer.size, layer.weights, layer.biases, layer.function) for layer in figure.layers] == [
        (2, 0, 0, None),
        (8, 16, 8, "tanh"),
        (1, 8, 1, "logistic"),
    ]


def test_every_exercise_has_a_figure_whatever_was_typed(catalog: Catalog) -> None:
    for published in catalog:
        exercise = published.exercise
        assert figure_of(exercise, report_of(exercise, {}) if not exercise.uploads else None).spots


@pytest.mark.parametrize(
    ("name", "letters", "index"),
    [("w5", "w", "5"), ("b_h1", "b", "h1"), ("eta", "η", ""), ("5", "5", ""), ("logistic", "logistic", "")],
)
def test_names_are_letters_and_an_index(name: str, letters: str, index: str) -> None:
    assert name_parts(name) == NameParts(letters, index)
