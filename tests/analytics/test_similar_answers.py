from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from grader.analytics.similar_answers import WrongAnswer, answers_near, similar_answers

PLACES = st.lists(st.floats(-5, 5), max_size=40)


def wrongs(places: list[float], field: str = "out", width: float = 0.01) -> list[WrongAnswer]:
    return [WrongAnswer(k, UUID(int=k), field, f"{place:.3g}", place, width) for k, place in enumerate(places)]


def test_the_largest_group_comes_first() -> None:
    some = [*wrongs([2, 2.005, 7], "out"), *wrongs([3, 3, 3.001], "net")]
    assert [(one.field, one.students) for one in similar_answers(some)] == [("net", 3), ("out", 2)]


def test_who_is_alone_is_no_group() -> None:
    assert similar_answers(wrongs([1, 2, 3])) == ()


def test_what_most_of_a_group_typed_is_shown() -> None:
    some = [
        *wrongs([2.0]),
        WrongAnswer(8, UUID(int=8), "out", "2,0", 2.0, 0.01),
        WrongAnswer(9, UUID(int=9), "out", "2,0", 2.0, 0.01),
    ]
    assert similar_answers(some)[0].text == "2,0"


@given(PLACES)
def test_no_place_has_more_answers_around_it_than_the_group(places: list[float]) -> None:
    some = wrongs(places)
    found = similar_answers(some)
    largest = max((sum(abs(one - other) <= 0.01 for other in places) for one in places), default=0)
    assert (found[0].students if found else 0) == (largest if largest >= 2 else 0)
    if found:
        middle = found[0].place
        assert all(abs(places[one.int] - middle) <= 0.01 for one in found[0].submission_ids)


@given(PLACES)
def test_the_group_is_found_again_by_its_place(places: list[float]) -> None:
    some = wrongs(places)
    for group in similar_answers(some):
        assert set(group.submission_ids) <= set(answers_near(some, group.field, group.place))
