from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from grader.analytics.mistakes import MistakeTally, commonest
from grader.analytics.records import StudentWork
from grader.judging.policy import Attempt, Policy, Terms, mark
from tests.analytics.conftest import Student

ORDER = ("net", "out", "delta")


def test_a_student_counts_once_for_a_mistake(student: Student) -> None:
    again = student(1, 2, mistakes=[{"out": "ascent"}, {"out": "ascent"}])
    once = student(5, mistakes=[{"delta": "half-missing"}])
    other = student(5, mistakes=[{"delta": "half-missing", "out": "half-missing"}])
    found = commonest([again, once, other], ORDER)
    assert [(one.id, one.students, one.submissions) for one in found] == [("half-missing", 2, 2), ("ascent", 1, 2)]


def test_it_is_where_it_happens_first_in_the_computation(student: Student) -> None:
    (found,) = commonest([student(1, mistakes=[{"delta": "ascent", "net": "ascent"}])], ORDER)
    assert found.field == "net"


def test_who_has_mended_it_does_not_still_have_it(student: Student) -> None:
    mended = student(1, 9, mistakes=[{"out": "ascent"}, {}])
    has_it = student(1, 9, mistakes=[{}, {"out": "ascent"}])
    (found,) = commonest([mended, has_it], ORDER)
    assert (found.students, found.still) == (2, 1)
    assert set(found.examples) == {mended.attempts[0].submission_id, has_it.attempts[1].submission_id}


def test_a_field_of_a_former_revision_comes_last(student: Student) -> None:
    (found,) = commonest([student(1, mistakes=[{"gone": "ascent", "delta": "ascent"}])], ORDER)
    assert found.field == "delta"


SHARED: tuple[Mapping[str, str], ...] = (
    {},
    {"net": "ascent"},
    {"delta": "ascent", "net": "half-missing"},
    {"gone": "ascent", "delta": "ascent"},
    {"gone": "half-missing", "lost": "half-missing"},
)
SENT = st.lists(st.tuples(st.sampled_from(SHARED), st.booleans(), st.sampled_from([None, 3.0, 7.0])), max_size=5)


def a_class(sent: Sequence[Sequence[tuple[Mapping[str, str], bool, float | None]]]) -> list[StudentWork]:
    """A class that shares mappings, as one that was read does, but for copies where it says so."""
    works = []
    for number, theirs in enumerate(sent):
        moments = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=k) for k in range(len(theirs))]
        attempts = tuple(
            Attempt(UUID(int=100 * number + k), moments[k], points, 10.0) for k, (_, _, points) in enumerate(theirs)
        )
        mistakes = [dict(made) if is_copy else made for made, is_copy, _ in theirs]
        terms = Terms(Policy())
        works.append(StudentWork(number, terms, attempts, mark(terms, attempts, 10.0), [""] * len(theirs), mistakes))
    return works


def first_fields(made: Mapping[str, str]) -> dict[str, str]:
    """Field by mistake, for the first in the order of the computation that has it."""
    places = {name: ORDER.index(name) if name in ORDER else len(ORDER) for name in made}
    ordered = sorted(made, key=lambda name: places[name], reverse=True)
    first: dict[str, str] = {}
    for name in ordered:
        same = first.get(made[name])
        first[made[name]] = name if same is None or places[name] < places[same] else same
    return first


def one_by_one(works: Sequence[StudentWork], mistake: str) -> MistakeTally:
    """The figures of a mistake, each submission looked at by itself."""
    having = [[k for k, made in enumerate(work.mistakes) if mistake in made.values()] for work in works]
    students = [(work, places) for work, places in zip(works, having, strict=True) if places]
    counted = [work.attempts[k].submission_id for work, places in students for k in places]
    fields = Counter(first_fields(work.mistakes[k])[mistake] for work, places in students for k in places)
    by_place = (*ORDER, *fields)
    return MistakeTally(
        id=mistake,
        field=min(fields, key=lambda name: (-fields[name], by_place.index(name))),
        students=len(students),
        still=sum(work.mark.counted in {work.attempts[k].submission_id for k in places} for work, places in students),
        submissions=len(counted),
        examples=tuple(work.attempts[places[-1]].submission_id for work, places in students[:3]),
    )


@given(st.lists(SENT, max_size=6))
def test_figures_are_those_of_looking_at_each_submission(
    sent: list[list[tuple[Mapping[str, str], bool, float | None]]],
) -> None:
    works = a_class(sent)
    found = commonest(works, ORDER)
    made = {mistake for work in works for mistakes in work.mistakes for mistake in mistakes.values()}
    assert {one.id: one for one in found} == {mistake: one_by_one(works, mistake) for mistake in made}
    assert list(found) == sorted(found, key=lambda one: (-one.students, -one.submissions, one.id))
