import pytest

from grader.services.draft import Desk, at_assignment, at_exercise, find_draft, forget_draft, keep_draft
from grader.services.register import Person, register
from grader.store.engine import Sessions
from grader.store.users import Role, id_of
from tests.fixtures.course import Clock


@pytest.fixture
def desk(sessions: Sessions, clock: Clock) -> Desk:
    register(sessions, Person("an@example.org", "An", Role.STUDENT), clock())
    with sessions() as session:
        user_id = id_of(session, "an@example.org")
    assert user_id
    return at_exercise(user_id, "and-gate")


def kept(sessions: Sessions, desk: Desk) -> dict[str, str] | None:
    with sessions() as session:
        draft = find_draft(session, desk)
    return None if draft is None else dict(draft.answers)


def test_what_was_typed_is_found_again_without_blanks(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    assert keep_draft(sessions, desk, {"w0": "-1,5", "w1": " "}, clock()) is None
    assert kept(sessions, desk) == {"w0": "-1,5"}


def test_each_place_has_its_own(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    keep_draft(sessions, desk, {"w0": "1"}, clock())
    assert kept(sessions, at_assignment(desk.user_id, 7)) is None


def test_going_on_typing_replaces_without_a_word(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    keep_draft(sessions, desk, {"w0": "1"}, clock())
    first = clock()
    assert keep_draft(sessions, desk, {"w0": "12"}, clock.advance(1), first) is None
    assert kept(sessions, desk) == {"w0": "12"}


def test_the_newer_of_two_tabs_counts_and_gets_what_it_replaced(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    keep_draft(sessions, desk, {"w0": "1"}, clock())
    replaced = keep_draft(sessions, desk, {"w1": "2"}, clock.advance(5), None)
    assert replaced
    assert replaced.answers == {"w0": "1"}
    assert kept(sessions, desk) == {"w1": "2"}


def test_two_tabs_that_say_the_same_do_not_quarrel(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    keep_draft(sessions, desk, {"w0": "1"}, clock())
    assert keep_draft(sessions, desk, {"w0": "1", "w1": ""}, clock.advance(5), None) is None


def test_an_emptied_form_leaves_no_draft(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    keep_draft(sessions, desk, {"w0": "1"}, clock())
    keep_draft(sessions, desk, {"w0": ""}, clock.advance(1), None)
    assert kept(sessions, desk) is None


def test_what_was_sent_is_forgotten(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    keep_draft(sessions, desk, {"w0": "1"}, clock())
    forget_draft(sessions, desk)
    assert kept(sessions, desk) is None


def test_what_no_text_can_hold_is_left_out(sessions: Sessions, desk: Desk, clock: Clock) -> None:
    keep_draft(sessions, desk, {"w0": "1\0", "w1": "\0"}, clock())
    assert kept(sessions, desk) == {"w0": "1"}
