import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judging.reading.numbers import MAX_LENGTH, Number, Unreadable, read_number
from tests.fixtures.languages import VIETNAMESE


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
        ("0.3775\u202c", 0.3775, 5e-5, 4),
        ("\ufeff0.3775\u200b\u200e", 0.3775, 5e-5, 4),
        ("0\u200b.3\u00ad7\u206075", 0.3775, 5e-5, 4),
        ("\uff10\uff0e\uff13\uff17\uff17\uff15", 0.3775, 5e-5, 4),
        ("\uff10\uff0c\uff15\uff05", 0.005, 5e-4, 1),
        ("\u0661\u066b\u0662\u0665", 1.25, 0.005, 3),
        ("\u0966.\u096b", 0.5, 0.05, 1),
        ("\U0001d7cf.\U0001d7d3", 1.5, 0.05, 2),
        *((f"{dash}0.5", -0.5, 0.05, 1) for dash in "\u2010\u2011\u2012\u2014\u2015"),
        ("- 0.5", -0.5, 0.05, 1),
        ("+ 1", 1.0, 0.5, 1),
        ("1\u20443", 1 / 3, 0.0, 0),
        ("1 \u2215 3", 1 / 3, 0.0, 0),
        ("1\u00f73", 1 / 3, 0.0, 0),
        ("(1/3)", 1 / 3, 0.0, 0),
        ("-(1/3)", -1 / 3, 0.0, 0),
        ("\u00bd", 0.5, 0.0, 0),
        ("1\u00bd", 1.5, 0.0, 0),
        ("-1 \u00be", -1.75, 0.0, 0),
        ("\u215e", 0.875, 0.0, 0),
        ("\u00b9\u2044\u2083", 1 / 3, 0.0, 0),
        ("-\u00b2\u2044\u2083", -2 / 3, 0.0, 0),
        ("2.7*10^-1", 0.27, 0.005, 2),
        ("2.7\u00b710\u207b\u00b9", 0.27, 0.005, 2),
        ("2.7 \u00d7 10^{-1}", 0.27, 0.005, 2),
        ("2,7x10^(-1)", 0.27, 0.005, 2),
        ("2.7*10**-1", 0.27, 0.005, 2),
        ("2.7 10^-1", 0.27, 0.005, 2),
        ("2.7e\u22121", 0.27, 0.005, 2),
        ("2.7E-01", 0.27, 0.005, 2),
        ("2.7 e -1", 0.27, 0.005, 2),
        ("-10^-3", -1e-3, 5e-4, 1),
        ("59,69%", 0.5969, 5e-5, 4),
        ("59.69 %", 0.5969, 5e-5, 4),
        ("5\u2030", 0.005, 5e-4, 1),
        ("\u2248 0,39", 0.39, 0.005, 2),
        ("= 0.39", 0.39, 0.005, 2),
        ("~0.39", 0.39, 0.005, 2),
        ("0.39.", 0.39, 0.005, 2),
        ("0,39;", 0.39, 0.005, 2),
        ("0,1,", 0.1, 0.05, 1),
        ("1,234", 1.234, 5e-4, 4),
        ("1,234.5", 1234.5, 0.05, 5),
        ("1.234,5", 1234.5, 0.05, 5),
        ("1,234,567", 1234567.0, 0.5, 7),
        ("1 000", 1000.0, 0.5, 4),
        ("1\u202f000,5", 1000.5, 0.05, 5),
        ("1'000", 1000.0, 0.5, 4),
        ("1_000", 1000.0, 0.5, 4),
        ("0.593 269 992", 0.593269992, 5e-10, 9),
        ("0{,}39", 0.39, 0.005, 2),
        ("$0{,}39$", 0.39, 0.005, 2),
        (r"2.7 \cdot 10^{-1}", 0.27, 0.005, 2),
        (r"1\,234.5", 1234.5, 0.05, 5),
        (r"59.69\%", 0.5969, 5e-5, 4),
        (r"\frac{1}{3}", 1 / 3, 0.0, 0),
        (r"-\dfrac13", -1 / 3, 0.0, 0),
        ("1e-99999999999", 0.0, 0.0, 1),
        ('"0.3775"', 0.3775, 5e-5, 4),
        ("\u201c0,3775\u201d", 0.3775, 5e-5, 4),
        ("\u201e0,3775\u201c,", 0.3775, 5e-5, 4),
        ("'0.3775", 0.3775, 5e-5, 4),
        ('="0.3775"', 0.3775, 5e-5, 4),
        ("'1/3'", 1 / 3, 0.0, 0),
        ("3.775\u0435-1", 0.3775, 5e-5, 4),
        ("2,7\u044510^-1", 0.27, 0.005, 2),
        (".5/2", 0.25, 0.0, 0),
        ("1/,5", 2.0, 0.0, 0),
        ("-(.5/-.25)", 2.0, 0.0, 0),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float, half_unit: float, digits: int) -> None:
    found = number(text)
    assert found.value == value
    assert math.copysign(1, found.value) == math.copysign(1, value)
    assert found.half_unit == pytest.approx(half_unit, rel=1e-12)
    assert found.digits == digits
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("0", 0),
        ("0.0", 1),
        ("0.000", 3),
        ("0%", 2),
        ("1", 0),
        ("10", 0),
        ("1.0", 1),
        ("1.2e3", -2),
        ("2.7e-1", 2),
        ("2.7\u00b710\u207b\u00b9", 2),
        ("59.69%", 4),
        ("1,234.50", 2),
        ("1/3", None),
        ("1\u00bd", None),
    ],
)
def test_the_places_that_were_typed_are_known_of_a_zero_too(text: str, decimals: int | None) -> None:
    assert number(text).decimals == decimals
    assert number(text).half_unit == (0 if decimals is None else pytest.approx(0.5 * 10.0**-decimals))


@pytest.mark.parametrize(
    "text", ["", " ", "\t\r\n", "\u00a0\u2009\u202f\u2007", "\u200b", "\ufeff \u202a\u202c", "\u2800\u3000"]
)
def test_what_nobody_sees_is_blank(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,234.", "more than one comma or point"),
        ("1.2.3", "more than one comma or point"),
        ("1,23,456", "more than one comma or point"),
        ("0,123.4", "more than one comma or point"),
        ("nan", "NaN and infinity"),
        ("NaN", "NaN and infinity"),
        ("-nan", "NaN and infinity"),
        ("inf", "NaN and infinity"),
        ("-Infinity", "NaN and infinity"),
        ("\u221e", "NaN and infinity"),
        ("\u2212\u221e", "NaN and infinity"),
        (r"-\infty", "NaN and infinity"),
        ("0x10", "The word “x10” is not allowed here"),
        ("0b1", "The word “b1” is not allowed here"),
        ("\u00b2", r"The character “\u00b2” \(U\+00B2\) is not allowed here"),
        ("0.5\u00b2", r"The character “\u00b2” \(U\+00B2\) is not allowed here"),
        ("\u00bd3", r"The character “\u00bd” \(U\+00BD\) is not allowed here"),
        ("1e999", "too large"),
        ("-1e9999", "too large"),
        ("1e99999", "too large"),
        ("9" * 99 + "e300", "characters"),
        ("1/0", "divides by zero"),
        ("1/-0,00", "divides by zero"),
        (r"\frac{0}{0}", "divides by zero"),
        ("1/", "This is a calculation"),
        ("/3", "not a number"),
        ("1/2/3", "This is a calculation"),
        ("1e3/2", "This is a calculation"),
        ("1+1", "This is a calculation"),
        ("2\u00d73", "This is a calculation"),
        ("2\u20623", "This is a calculation"),
        ("0\u00b739", "This is a calculation"),
        ("2.7*10-1", "This is a calculation"),
        ("0.3 0.4", "more than one number"),
        ("1 1/2", "more than one number"),
        ("--1", "not a number"),
        ("\u2212-1", "not a number"),
        ("1'00", r"The character “'” \(U\+0027\)"),
        (".", "not a number"),
        (",", "not a number"),
        ("e5", "not a number"),
        ("1e", "not a number"),
        ("1e1.5", "not a number"),
        ("0.3775 V", "The word “V” is not allowed here"),
        ("about 0.39", "The word “about” is not allowed here"),
        ("True", "The word “True” is not allowed here"),
        ("sigmoid(0.5)", "The word “sigmoid” is not allowed here"),
        ("2\u00b9\u2044\u2083", r"The character “\u00b9” \(U\+00B9\) is not allowed here"),
        (r"2\frac{1}{3}", r"The word “\\frac” is not allowed here"),
        ("0.3?", r"The character “\?” \(U\+003F\)"),
        ("(0.39)", r"The character “\(” \(U\+0028\)"),
        ("0.333\u2026", r"The character “\u2026” \(U\+2026\)"),
        ("0.5\u0301", r"The character U\+0301 is not"),
        ("\u05d00.5", r"The character U\+05D0 is not"),
        ("1\x002", r"The character U\+0000 is not"),
        ("\x00", r"The character U\+0000 is not"),
        ("\ud800", r"The character U\+D800 is not"),
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


def test_what_is_strange_is_named_in_vietnamese_too() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_number("0.5 vôn")
    said = refusal.value.detail.in_language(VIETNAMESE)
    assert said == "Không đọc được từ “vôn” ở đây. Hãy viết một số như 0,3775, 3,775e-1 hoặc 1/3."


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from("\u200b\u200e\u202a\u202c\u00ad\u2060\ufeff"),
    st.data(),
)
def test_an_invisible_character_changes_nothing_wherever_it_stands(
    value: float, unseen: str, data: st.DataObject
) -> None:
    text = repr(value)
    at = data.draw(st.integers(0, len(text)))
    assert number(text[:at] + unseen + text[at:]).value == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_from_its_repr(value: float) -> None:
    found = number(repr(value))
    assert found.value == value
    assert math.copysign(1, found.value) == math.copysign(1, value)


@given(st.floats(min_value=-1e15, max_value=1e15), st.integers(0, 12))
def test_half_a_unit_bounds_what_rounding_can_do(value: float, decimals: int) -> None:
    found = number(f"{value:.{decimals}f}")
    assert abs(found.value - value) <= found.half_unit * (1 + 1e-9) + abs(value) * 1e-15


@given(
    st.text(max_size=120)
    | st.text(alphabet="0123456789+-\u2212.,eE/ \u00a0'*^%~=\u00bd\u00b2\u207b\u0663\uff15\u200b\\{}$()x", max_size=20)
)
def test_any_text_is_a_number_blank_or_unreadable(text: str) -> None:
    try:
        found = read_number(text)
    except Unreadable:
        return
    assert found is None or (math.isfinite(found.value) and math.isfinite(found.half_unit))
