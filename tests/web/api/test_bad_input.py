import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from grader.web.dependencies import WebServices

PLACES = ["/api/v1/submissions", "/api/v1/exercises/and-gate/check"]


def post(client: FlaskClient, token: dict[str, str], data: bytes | str, content_type: str = "application/json") -> Any:
    return client.post("/api/v1/submissions", data=data, content_type=content_type, headers=token)


def submit(client: FlaskClient, token: dict[str, str], answers: str, **more: str) -> Any:
    rest = "".join(f', "{key}": {value}' for key, value in ({"learner_ref": '"s1"'} | more).items())
    return post(client, token, f'{{"exercise": "and-gate", "answers": {answers}{rest}}}')


def flaws(reply: Any) -> list[tuple[str, str]]:
    assert (reply.status_code, reply.mimetype) == (422, "application/problem+json")
    return [(flaw["pointer"], flaw["code"]) for flaw in reply.json["errors"]]


def test_every_unreadable_number_is_named_at_once_and_nothing_is_stored(
    client: FlaskClient, token: dict[str, str], services: WebServices, woken: list[str]
) -> None:
    reply = submit(client, token, '{"w2": "1,2,3", "w0": NaN, "w1": true, "bias": 1}')
    assert flaws(reply) == [
        ("/answers/w0", "unreadable"),
        ("/answers/w1", "wrong-type"),
        ("/answers/w2", "unreadable"),
        ("/answers/bias", "unknown-field"),
    ]
    assert [flaw["field"] for flaw in reply.json["errors"]] == ["w0", "w1", "w2", "bias"]
    assert woken == []
    with services.sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM submissions")) == 0


def test_what_is_not_finite_is_unreadable(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for value in ["NaN", "Infinity", "-Infinity", '"nan"', '"inf"', '"-Infinity"', "1e999", '"1e999"']:
        with subtests.test(value=value):
            assert flaws(submit(client, token, f'{{"w0": {value}}}')) == [("/answers/w0", "unreadable")]


def test_an_answer_of_another_type_is_refused(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for value in ["true", "false", "{}", "[]", "[1]", '{"number": "1"}']:
        with subtests.test(value=value):
            assert flaws(submit(client, token, f'{{"w0": {value}}}')) == [("/answers/w0", "wrong-type")]


def test_long_and_strange_answers_are_unreadable(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for value in [
        "9" * 101,
        '"' + "1" * 101 + '"',
        '"' + "x" * 900_000 + '"',
        '"\\u0000"',
        '"1\\u0000"',
        '"\\ud800"',
        '"\u0661\u0646"',
    ]:
        with subtests.test(value=value):
            assert [pointer for pointer, _ in flaws(submit(client, token, f'{{"w0": {value}}}'))] == ["/answers/w0"]


def test_a_field_name_that_is_none_is_an_unknown_field(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for name in ["", "\\u0000", "\\ud800", "a/b", "w" * 100_000, "é", "w0 "]:
        with subtests.test(name=name):
            reply = submit(client, token, f'{{"{name}": 1}}')
            assert [code for _, code in flaws(reply)] == ["unknown-field"]
            assert len(reply.data) < 1000


@pytest.mark.long
def test_too_many_answers_are_refused_at_once(client: FlaskClient, token: dict[str, str]) -> None:
    reply = submit(client, token, json.dumps({f"x{number}": 1 for number in range(60_000)}))
    assert flaws(reply) == [("/answers", "too-long")]


def test_a_reference_that_nobody_could_see_or_keep_is_refused(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for key in ["learner_ref", "client_ref"]:
        for value in ['""', '"a\\u0000b"', '"\\ud800"', '"\\n"', '" a"', '"' + "a" * 256 + '"', "1", "[]"]:
            with subtests.test(key=key, value=value):
                assert [pointer for pointer, _ in flaws(submit(client, token, "{}", **{key: value}))] == [f"/{key}"]


def test_what_is_no_slug_is_refused(client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests) -> None:
    for value in ["1", "null", '""', '"AND"', '"../x"', '"a\\u0000"', '"\\ud800"']:
        with subtests.test(value=value):
            reply = post(client, token, f'{{"exercise": {value}, "learner_ref": "s", "answers": {{}}}}')
            assert [pointer for pointer, _ in flaws(reply)] == ["/exercise"]


def test_everything_that_is_missing_or_unknown_is_named_at_once(client: FlaskClient, token: dict[str, str]) -> None:
    reply = post(client, token, '{"learner_ref": "s1", "answer": {}, "a~/b": 1}')
    assert set(flaws(reply)) == {
        ("/answer", "unknown-key"),
        ("/answers", "missing"),
        ("/a~0~1b", "unknown-key"),
        ("/exercise", "missing"),
    }


def test_a_key_that_is_no_text_spoils_the_whole_body(client: FlaskClient, token: dict[str, str]) -> None:
    reply = post(client, token, '{"exercise": "and-gate", "learner_ref": "s1", "answers": {}, "\\ud800": 1}')
    assert [pointer for pointer, _ in flaws(reply)] == [""]


def test_a_body_that_is_no_object_is_refused(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for body in ["[]", "null", "1", '"a"', "NaN", "true"]:
        with subtests.test(body=body):
            assert [pointer for pointer, _ in flaws(post(client, token, body))] == [""]


def test_an_unknown_exercise_is_not_found(client: FlaskClient, token: dict[str, str]) -> None:
    body = '{"exercise": "no-such", "learner_ref": "s", "answers": {"x": "y"}}'
    replies = [
        post(client, token, body),
        client.post("/api/v1/exercises/no-such/check", json={"answers": {}}, headers=token),
        client.get("/api/v1/exercises/no-such", headers=token),
    ]
    assert [reply.status_code for reply in replies] == [404] * 3
    assert all(reply.json["type"].endswith("#unknown-exercise") for reply in replies)


TAKES_FILES = "/api/v1/submissions"


def test_only_json_in_utf_8_is_read(client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests) -> None:
    for place in PLACES:
        for content_type, status in [
            ("text/plain", 415),
            ("", 415),
            ("application/x-www-form-urlencoded", 422 if place == TAKES_FILES else 415),
            ("multipart/form-data; boundary=x", 422 if place == TAKES_FILES else 415),
            ("application/jsonx", 415),
            ("application/json; charset=utf-16", 415),
            ("application/json; charset=UTF-8", 422),
            ("APPLICATION/JSON", 422),
        ]:
            with subtests.test(place=place, content_type=content_type, status=status):
                reply: Any = client.post(place, data=b"{}", content_type=content_type, headers=token)
                assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")


def test_a_compressed_body_is_not_read(client: FlaskClient, token: dict[str, str]) -> None:
    headers = token | {"Content-Encoding": "gzip"}
    as_json: Any = client.post(TAKES_FILES, json={}, headers=headers)
    as_form: Any = client.post(TAKES_FILES, data={}, content_type="multipart/form-data; boundary=x", headers=headers)
    assert (as_json.status_code, as_form.status_code) == (415, 415)


def test_a_body_over_a_mebibyte_is_too_large(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for place in PLACES:
        with subtests.test(place=place):
            headers = token | {"Content-Type": "application/json"}
            reply: Any = client.post(place, data=b" " * ((1 << 20) + 1), headers=headers)
            assert (reply.status_code, reply.mimetype) == (413, "application/problem+json")


class Endless:
    """A body in chunks that never ends; tells how much of it was read."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "read it all"
        self.taken += size
        return b" " * size

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def test_a_body_without_a_length_is_read_only_up_to_the_limit(client: FlaskClient, token: dict[str, str]) -> None:
    body = Endless()
    reply: Any = client.post(
        "/api/v1/submissions",
        headers=token | {"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert reply.status_code == 413
    assert body.taken <= (1 << 20) + (1 << 16)


def test_what_is_no_json_is_a_bad_request(
    client: FlaskClient, token: dict[str, str], subtests: pytest.Subtests
) -> None:
    for body in [b"{", b"\xff", b'{"a":1,"a":2}', b"[" * 100_000]:
        with subtests.test(body=body):
            reply = post(client, token, body)
            assert (reply.status_code, reply.mimetype) == (400, "application/problem+json")


def test_a_query_where_none_is_asked_for_is_refused(client: FlaskClient, token: dict[str, str]) -> None:
    reply: Any = client.get("/api/v1/exercises?page=2", headers=token)
    assert reply.status_code == 422
    assert reply.json["errors"][0]["parameter"] == "page"
