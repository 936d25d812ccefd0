from grader.analytics.mistakes import commonest
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
