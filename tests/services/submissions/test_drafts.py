from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.services.accounts.registration import Person, register
from grader.services.submissions.drafts import (
    DraftConflict,
    DraftKey,
    at_assignment,
    at_exercise,
    delete_draft,
    find_draft,
    merge,
    save_draft,
)
from grader.store.accounts import user_id_of
from grader.store.database import Sessions
from grader.vocabulary import Role
from tests.fixtures.course import Clock


@pytest.fixture
def key(sessions: Sessions, clock: Clock) -> DraftKey:
    register(sessions, Person("an@example.org", "An", Role.STUDENT), clock())
    with sessions() as session:
        user_id = user_id_of(session, "an@example.org")
    assert user_id
    return at_exercise(user_id, "and-gate")


def kept(sessions: Sessions, key: DraftKey) -> dict[str, str] | None:
    with sessions() as session:
        draft = find_draft(session, key)
    return None if draft is None else dict(draft.answers)


def test_what_was_typed_is_found_again_without_blanks(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    assert save_draft(sessions, key, {"w0": "-1,5", "w1": " "}, clock()).answers == {"w0": "-1,5"}
    assert kept(sessions, key) == {"w0": "-1,5"}


def test_each_place_has_its_own(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    save_draft(sessions, key, {"w0": "1"}, clock())
    assert kept(sessions, at_assignment(key.user_id, 7)) is None


def test_going_on_typing_replaces_without_a_word(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    save_draft(sessions, key, {"w0": "1"}, clock(), {"w0": ""})
    assert save_draft(sessions, key, {"w0": "12"}, clock(), {"w0": "1"}) == DraftConflict({"w0": "12"}, {})
    assert kept(sessions, key) == {"w0": "12"}


def test_two_tabs_that_change_different_fields_are_merged(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    save_draft(sessions, key, {"w0": "1", "w1": "", "w2": "7"}, clock(), {"w0": "", "w2": ""})
    second = save_draft(sessions, key, {"w0": "", "w1": "2", "w2": ""}, clock(), {"w1": ""})
    assert second == DraftConflict({"w0": "1", "w1": "2", "w2": "7"}, {})
    assert kept(sessions, key) == {"w0": "1", "w1": "2", "w2": "7"}


def test_only_a_field_that_both_have_changed_is_a_conflict_and_the_rest_is_merged(
    sessions: Sessions, key: DraftKey, clock: Clock
) -> None:
    save_draft(sessions, key, {"w0": "1", "w1": ""}, clock(), {"w0": ""})
    second = save_draft(sessions, key, {"w0": "2", "w1": "3"}, clock(), {"w0": "", "w1": ""})
    assert second == DraftConflict({"w0": "1", "w1": "3"}, {"w0": "1"})
    chosen = save_draft(sessions, key, {"w0": "2", "w1": "3"}, clock(), {"w0": "1"})
    assert chosen == DraftConflict({"w0": "2", "w1": "3"}, {})


@pytest.mark.parametrize(
    ("stored", "typed", "base", "merged", "conflicts"),
    [
        ("1", "", "1", {}, {}),
        ("", "1", "1", {}, {}),
        ("2", "2", "1", {"w0": "2"}, {}),
        ("2", "", "1", {"w0": "2"}, {"w0": "2"}),
        ("", "3", "1", {}, {"w0": ""}),
        ("2", "3", "1", {"w0": "2"}, {"w0": "2"}),
    ],
)
def test_one_field_of_two_versions(
    stored: str, typed: str, base: str, merged: dict[str, str], conflicts: dict[str, str]
) -> None:
    assert merge({"w0": stored}, {"w0": typed}, {"w0": base}) == DraftConflict(merged, conflicts)


@given(*[st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", "3"])) for _ in range(3)])
def test_no_text_is_lost_in_merging(stored: dict[str, str], typed: dict[str, str], base: dict[str, str]) -> None:
    full = {name: typed.get(name, "") for name in "abc"}
    changed = {name: base.get(name, "") for name in "abc" if full[name] != base.get(name, "")}
    kept = merge(stored, full, changed)
    for name in "abc":
        here, there, before = full[name], stored.get(name, ""), base.get(name, "")
        assert kept.answers.get(name, "") == (here if there == before else there)
        assert (name in kept.conflicts) == (len({here, there, before}) == 3)


def test_after_the_draft_was_sent_elsewhere_all_that_is_typed_here_is_stored(
    sessions: Sessions, key: DraftKey, clock: Clock
) -> None:
    save_draft(sessions, key, {"w0": "1"}, clock(), {"w0": ""})
    with sessions.begin() as session:
        delete_draft(session, key)
    assert save_draft(sessions, key, {"w0": "1", "w1": "2"}, clock(), {"w1": ""}) == DraftConflict(
        {"w0": "1", "w1": "2"}, {}
    )


def test_a_program_without_a_base_takes_nothing_away(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    save_draft(sessions, key, {"w0": "1", "w1": "2"}, clock())
    assert save_draft(sessions, key, {"w1": "3"}, clock()) == DraftConflict({"w0": "1", "w1": "3"}, {})


def test_tabs_that_save_at_the_same_moment_lose_nothing(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    names = [f"w{one}" for one in range(8)]
    form = dict.fromkeys(names, "")
    with ThreadPoolExecutor(len(names)) as tabs:
        list(tabs.map(lambda name: save_draft(sessions, key, form | {name: name}, clock(), {name: ""}), names))
    assert kept(sessions, key) == {name: name for name in names}


def test_an_emptied_form_leaves_no_draft(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    save_draft(sessions, key, {"w0": "1"}, clock())
    save_draft(sessions, key, {"w0": ""}, clock(), {"w0": "1"})
    assert kept(sessions, key) is None


def test_what_was_sent_is_forgotten(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    save_draft(sessions, key, {"w0": "1"}, clock())
    with sessions.begin() as session:
        delete_draft(session, key)
    assert kept(sessions, key) is None


def test_what_no_text_can_hold_is_left_out(sessions: Sessions, key: DraftKey, clock: Clock) -> None:
    save_draft(sessions, key, {"w0": "1\0", "w1": "\0"}, clock())
    assert kept(sessions, key) == {"w0": "1"}
