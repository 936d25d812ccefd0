import time

import pytest

from grader.web.api.requests import MAX_DEPTH, JsonNumber, parse_json
from grader.web.problem import ProblemError


def test_numbers_keep_their_text() -> None:
    assert parse_json(b'{"a": 0.37750, "b": 1e-3, "c": -0}') == {
        "a": JsonNumber("0.37750"),
        "b": JsonNumber("1e-3"),
        "c": JsonNumber("-0"),
    }


def test_an_integer_of_a_million_digits_is_only_text() -> None:
    assert parse_json(b"9" * 1_000_000) == JsonNumber("9" * 1_000_000)


def test_nan_and_infinity_are_kept_as_text_so_that_the_field_can_be_named() -> None:
    assert parse_json(b"[NaN, Infinity, -Infinity]") == [
        JsonNumber("NaN"),
        JsonNumber("Infinity"),
        JsonNumber("-Infinity"),
    ]


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"", "malformed-json"),
        (b"{", "malformed-json"),
        (b'{"a": 1,}', "malformed-json"),
        (b"{'a': 1}", "malformed-json"),
        (b"\xef\xbb\xbf{}", "malformed-json"),
        (b'{"a": "\xff"}', "bad-utf-8"),
        (b'{"a": 1, "a": 1}', "duplicate-key"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', "duplicate-key"),
        (b"[" * 100_000, "too-deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too-deep"),
    ],
)
def test_what_is_no_trustworthy_json_is_refused_by_name(body: bytes, slug: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_json(body)
    assert refused.value.problem.slug == slug
    assert refused.value.problem.status == 400


def test_nesting_is_allowed_up_to_the_limit() -> None:
    parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(ProblemError):
        parse_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_brackets_inside_texts_do_not_count() -> None:
    text = "[{" * 1000 + '\\"'
    assert parse_json(f'["{text}"]'.encode()) == ["[{" * 1000 + '"']


def test_many_siblings_are_not_deep() -> None:
    assert parse_json(b"[" + b"[]," * 1000 + b"[]]") == [[]] * 1001


@pytest.mark.parametrize(
    "body",
    [
        b"[[" * 20 + b'"' + b'\\"' * 500_000,
        b"[[" * 20 + b'"' * 1_000_000,
        b"{" + b",".join(b'"k%d":1' % number for number in range(80_000)) + b',"k79999":1}',
    ],
)
@pytest.mark.long
def test_no_body_of_a_mebibyte_takes_long(body: bytes) -> None:
    began = time.thread_time()
    with pytest.raises(ProblemError):
        parse_json(body)
    assert time.thread_time() - began < 20  # of this thread's own work, which takes milliseconds
