from grader.web.pages.student.answer_form import NONCE, client_ref, entries_of


def test_blank_fields_are_not_answered() -> None:
    entries = entries_of({"v3": " 2 ", "v4": "  ", NONCE: "abc"})
    assert {name: entry.text for name, entry in entries.items()} == {"v3": " 2 "}


def test_the_same_form_with_the_same_answers_is_one_sending() -> None:
    form = {NONCE: "abc", "v3": "2", "v4": "1"}
    assert client_ref(1, "step", form) == client_ref(1, "step", dict(reversed(form.items())))


def test_changed_answers_in_the_same_form_are_another_sending() -> None:
    assert client_ref(1, "step", {NONCE: "abc", "v3": "2"}) != client_ref(1, "step", {NONCE: "abc", "v3": "3"})


def test_two_people_never_share_a_sending() -> None:
    form = {NONCE: "abc", "v3": "2"}
    assert client_ref(1, "step", form) != client_ref(2, "step", form)


def test_without_a_nonce_each_sending_counts() -> None:
    assert client_ref(1, "step", {"v3": "2"}) is None
