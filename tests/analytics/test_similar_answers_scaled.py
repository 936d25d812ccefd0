from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.analytics.records import StudentWork
from grader.analytics.similar_answers import TypedAnswer, comparable, newest_wrong, relative_values
from grader.catalog.load import Catalog
from grader.judging.exercise import Exercise
from grader.judging.policy import Attempt, Policy, Terms, mark


@pytest.fixture(scope="module")
def exercise(catalog: Catalog) -> Exercise:
    return catalog.find("backprop-2-2-2").exercise


def typed(field: str, text: str, givens: dict[str, float] | None = None) -> TypedAnswer:
    return TypedAnswer(1, UUID(int=1), field, text, givens)


def test_a_place_is_the_ratio_to_the_right_value(exercise: Exercise) -> None:
    right = float(exercise.reference["delta_o1"])
    (wrong,) = relative_values(exercise, [typed("delta_o1", f" {-2 * right:.9g} ")])
    assert wrong.place == pytest.approx(-2)
    assert wrong.text == f"{-2 * right:.9g}"


def test_of_an_update_the_changes_are_compared(exercise: Exercise) -> None:
    new, old = float(exercise.reference["w5_new"]), float(exercise.reference["w5"])
    (wrong,) = relative_values(exercise, [typed("w5_new", f"{old + 2 * (new - old):.12g}")])
    assert wrong.place == pytest.approx(2)


def test_the_same_wrong_factor_is_alike_for_different_given_values(exercise: Exercise) -> None:
    printed = {given.name: given.value for given in exercise.givens}
    other = printed | {"i1": 0.1}
    nets = [0.15 * values["i1"] + 0.2 * values["i2"] + 0.35 for values in (printed, other)]
    answers = [typed("net_h1", f"{3 * net:.9g}", values) for net, values in zip(nets, (printed, other), strict=True)]
    assert [wrong.place for wrong in relative_values(exercise, answers)] == [pytest.approx(3), pytest.approx(3)]


def test_few_digits_are_wider_but_not_without_end(exercise: Exercise) -> None:
    fine, rough = relative_values(exercise, [typed("net_h1", "0.777500"), typed("net_h1", "0.8")])
    assert fine.width < rough.width <= 0.005


def test_what_is_no_number_is_left_out(exercise: Exercise) -> None:
    assert relative_values(exercise, [typed("net_h1", "?"), typed("net_h1", "")]) == []


def test_weights_and_formulas_are_not_compared(catalog: Catalog) -> None:
    assert comparable(catalog.find("and-gate").exercise) == frozenset()


Sent = list[tuple[int, str]]
"""Of each attempt of a student the minute, and the letters of the first fields; none where it is not graded."""

CLASSES = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.text("cw m", min_size=0, max_size=3)), max_size=4), max_size=5
)


def a_class(exercise: Exercise, sent: Sequence[Sent]) -> list[StudentWork]:
    """Students with attempts of few moments, so that many are of the same."""
    works, terms, width = [], Terms(Policy()), len(exercise.field_names)
    for number, theirs in enumerate(sent):
        attempts = tuple(
            Attempt(UUID(int=100 * number + k), datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute))
            for k, (minute, _) in enumerate(sorted(theirs))
        )
        verdicts = [letters.ljust(width, "c") if letters else "" for _, letters in sorted(theirs)]
        made = mark(terms, attempts, 10.0)
        works.append(StudentWork(number, terms, attempts, made, verdicts, [{}] * len(theirs)))
    return works


def one_by_one(exercise: Exercise, works: Sequence[StudentWork]) -> list[tuple[StudentWork, int, str]]:
    """The newest wrong attempt of each student and field, each letter looked at by itself; the oldest first."""
    found = []
    for work in works:
        newest: dict[str, int] = {}
        for attempt, letters in enumerate(work.verdicts):
            newest |= {
                name: attempt for name, letter in zip(exercise.field_names, letters, strict=False) if letter == "w"
            }
        found += [(work, attempt, name) for name, attempt in newest.items() if name in comparable(exercise)]
    return sorted(found, key=lambda one: one[0].attempts[one[1]].sent_at)


@given(sent=CLASSES, most=st.integers(1, 9))
def test_the_newest_wrong_answers_are_those_of_looking_at_each_verdict(
    exercise: Exercise, sent: list[Sent], most: int
) -> None:
    works = a_class(exercise, sent)
    assert newest_wrong(exercise, works, most) == one_by_one(exercise, works)[-most:]


def test_moments_a_microsecond_apart_are_told_apart(exercise: Exercise) -> None:
    early, late = a_class(exercise, [[(0, "w")], [(0, "w")]])
    first = early.attempts[0]
    later = StudentWork(
        2,
        late.terms,
        (first._replace(sent_at=first.sent_at + timedelta(microseconds=1)),),
        late.mark,
        late.verdicts,
        [{}],
    )
    assert [work for work, _, _ in newest_wrong(exercise, [later, early], 2)] == [early, later]


def test_nothing_is_wrong_where_no_field_is_compared(catalog: Catalog) -> None:
    exercise = catalog.find("and-gate").exercise
    assert newest_wrong(exercise, a_class(exercise, [[(0, "w")]]), 5) == []
