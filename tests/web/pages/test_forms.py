import pytest

from grader.web.pages.forms import FormInput


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8.0),
        ("8,5", 8.5),
        ("8.5\u202c", 8.5),
        ("\uff18.\u0665", 8.5),
        ("8½", 8.5),
        ("17/2", 8.5),
        (" ", None),
        ("\u200b", None),
    ],
)
def test_a_number_in_a_form_is_read_like_an_answer(text: str, value: float | None) -> None:
    typed = FormInput({"points": text})
    assert typed.number("points", 0, 10) == value
    assert typed.problems == {}


@pytest.mark.parametrize(("text", "value"), [("10", 10.0), ("10%", 10.0), ("12,5 ٪", 12.5), ("", None)])
def test_the_sign_of_percents_is_read_where_percents_are_asked(text: str, value: float | None) -> None:
    typed = FormInput({"late_percent": text})
    assert typed.percent("late_percent") == value
    assert typed.problems == {}
