import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checking.numbers import MAX_LENGTH, Number, Unreadable, read_number


def number(text: str) -> Number:
    found = read_number(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "value", "half_unit", "digits"),
    [
        ("0.3775", 0.3775, 5e-5, 4),
        (".3775", 0.3775, 5e-5, 4),
        ("0,3775", 0.3775, 5e-5, 4),
        (",3775", 0.3775, 5e-5, 4),
        ("3.775e-1", 0.3775, 5e-5, 4),
        ("3,775E-1", 0.3775, 5e-5, 4),
        ("37.75e-2", 0.3775, 5e-5, 4),
        ("0.37750", 0.3775, 5e-6, 5),
        ("000.3775", 0.3775, 5e-5, 4),
        ("\u22120.5", -0.5, 0.05, 1),
        ("\u20130.5", -0.5, 0.05, 1),
        ("\ufe630.5", -0.5, 0.05, 1),
        ("\uff0d0.5", -0.5, 0.05, 1),
        ("1e\u22123", 1e-3, 5e-4, 1),
        ("+2", 2.0, 0.5, 1),
        ("2.", 2.0, 0.5, 1),
        ("-0", -0.0, 0.5, 0),
        ("0.00", 0.0, 0.005, 0),
        (" 420.690 ", 420.69, 5e-4, 6),
        ("\u00a00.5\u202f\n", 0.5, 0.05, 1),
        ("1200", 1200.0, 0.5, 4),
        ("1.2e3", 1200.0, 50.0, 2),
        ("1e308", 1e308, 5e299, 1),
        ("1e-999", 0.0, 0.0, 1),
        ("1/3", 1 / 3, 0.0, 0),
        ("-1 / 3", -1 / 3, 0.0, 0),
        ("1/-3", -1 / 3, 0.0, 0),
        ("\u22121/3", -1 / 3, 0.0, 0),
        ("1,5/2.5", 0.6, 0.0, 0),
        ("0" * 99 + "7", 7.0, 0.5, 1),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float, half_unit: float, digits: int) -> None:
    found = number(text)
    assert found.value == value
    assert math.copysign(1, found.value) == math.copysign(1, value)
    assert found.half_unit == pytest.approx(half_unit, rel=1e-12)
    assert found.digits == digits
    assert found.text == text


@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u00a0\u2009\u202f\u2007"])
def test_nothing_but_spaces_is_blank(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,234.5", "more than one comma or point"),
        ("1.234,5", "more than one comma or point"),
        ("1.2.3", "more than one comma or point"),
        ("1 000", "not a number"),
        ("1\u202f000,5", "not a number"),
        ("nan", "NaN and infinity"),
        ("NaN", "NaN and infinity"),
        ("-nan", "NaN and infinity"),
        ("inf", "NaN and infinity"),
        ("-Infinity", "NaN and infinity"),
        ("\u221e", "NaN and infinity"),
        ("\u2212\u221e", "NaN and infinity"),
        ("0x10", "not a number"),
        ("0b1", "not a number"),
        ("\uff11\uff12", "not a number"),
        ("\u0661\u0662", "not a number"),
        ("\u00b2", "not a number"),
        ("\u00bd", "not a number"),
        ("1e999", "too large"),
        ("-1e9999", "too large"),
        ("1e99999", "not a number"),
        ("9" * 99 + "e300", "characters"),
        ("1/0", "divides by zero"),
        ("1/-0,00", "divides by zero"),
        ("0/0", "divides by zero"),
        ("1/", "not a number"),
        ("/3", "not a number"),
        ("1/2/3", "not a number"),
        ("1e3/2", "not a number"),
        ("--1", "not a number"),
        ("\u2212-1", "not a number"),
        ("+ 1", "not a number"),
        ("1_000", "not a number"),
        ("1'000", "not a number"),
        (".", "not a number"),
        (",", "not a number"),
        ("e5", "not a number"),
        ("1e", "not a number"),
        ("1e1.5", "not a number"),
        ("5%", "not a number"),
        ("0.3775 V", "not a number"),
        ("1+1", "not a number"),
        ("True", "not a number"),
        ("1\x002", "not a number"),
        ("\x00", "not a number"),
        ("\ud800", "not a number"),
        ("0." + "1" * 99, "has 101 characters"),
    ],
)
def test_what_is_no_number_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_number(text)


def test_a_hundred_characters_are_read() -> None:
    text = "0." + "1" * (MAX_LENGTH - 2)
    assert number(text).value == pytest.approx(1 / 9)


def test_a_number_from_json_is_exact_and_keeps_its_digits() -> None:
    found = read_number("0.3775", exact=True)
    assert found is not None
    assert found.exact
    assert not number("0.3775").exact


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_from_its_repr(value: float) -> None:
    found = number(repr(value))
    assert found.value == value
    assert math.copysign(1, found.value) == math.copysign(1, value)


@given(st.floats(min_value=-1e15, max_value=1e15), st.integers(0, 12))
def test_half_a_unit_bounds_what_rounding_can_do(value: float, decimals: int) -> None:
    found = number(f"{value:.{decimals}f}")
    assert abs(found.value - value) <= found.half_unit * (1 + 1e-9) + abs(value) * 1e-15


@given(st.text(max_size=120) | st.text(alphabet="0123456789+-\u2212.,eE/ \u00a0", max_size=20))
def test_any_text_is_a_number_blank_or_unreadable(text: str) -> None:
    try:
        found = read_number(text)
    except Unreadable:
        return
    assert found is None or (math.isfinite(found.value) and math.isfinite(found.half_unit))
