"""Files, bodies, headers and formulas that no honest person sends: each is refused with a sentence, or does nothing."""

import io
import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from grader.catalog.load import Catalog
from grader.judging.answers import Entry, problems_at_gate, read_answers
from grader.judging.judge import judge
from grader.judging.verdict import Verdict
from grader.store.submission_tables import Submission
from tests.fixtures.languages import VIETNAMESE
from tests.fixtures.two_courses import SLUG, fill_in
from tests.security.conftest import Site
from tests.security.hostile_files import KINDS, NAMES, PLAIN, TRAP
from tests.security.test_roles import ask, routes

pytestmark = pytest.mark.long

TAKES_FILE: Final = "dense-two-moons"
READ_AND_WRONG: Final = {
    "zip with a way up",
    "zip with an absolute path",
    "zip with backslashes",
    "JSON of numbers whose products overflow",
}
"""Arrays whose names mean nothing, and numbers that are none of the network's: read, and judged."""


def send_form(site: Site, who: str, address: str, **fields: Any) -> TestResponse:
    """Send a form with files; written by ourselves, since the client would leave a temporary file open."""
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return ask(site, who, "POST", address, data=body, content_type=kind)


def send_file(site: Site, content: bytes, name: str) -> TestResponse:
    file = FileStorage(io.BytesIO(content), name)
    return send_form(site, "lms", "/api/v1/submissions", exercise=TAKES_FILE, learner_ref="mallory", weights=file)


def test_each_hostile_file_is_refused_with_a_sentence(catalog: Catalog) -> None:
    """At once where a look at its beginning is enough, else when it is judged; and nothing in it runs."""
    exercise, entries = catalog.find(TAKES_FILE).exercise, {"weights": Entry("w", file="0")}
    assert len(KINDS) > 47
    silent = []
    for kind, build in KINDS.items():
        contents = {"0": build()}
        problems = problems_at_gate(exercise, entries, contents)
        if problems:
            sentences = [problem.in_language(VIETNAMESE).detail for problem in problems]
        else:
            (report,) = judge(exercise, [read_answers(exercise, entries, contents)])
            sentences = [] if report.unusable_file is None else [report.unusable_file.in_language(VIETNAMESE)]
            assert all(one.verdict is not Verdict.CORRECT for one in report.fields.values()), kind
        silent += [] if sentences and all(sentences) else [kind]
    assert set(silent) <= READ_AND_WRONG
    assert not Path(TRAP).exists()


def test_each_hostile_file_is_taken_or_refused_by_the_service(site: Site) -> None:
    """As an answer it is stored whole or not at all; as a list of people it changes nothing."""
    roster = f"/courses/{site.courses.own.course_id}/people/import"
    for kind, build in KINDS.items():
        content = build()
        reply = send_file(site, content, "w.pt")
        assert reply.status_code in {202, 413, 422}, (kind, reply.text)
        assert site.has_changed() == (reply.status_code == HTTPStatus.ACCEPTED), kind
        site.restore()
        file = FileStorage(io.BytesIO(content), "people.csv")
        reply = send_form(site, "colleague", roster, file=file, domain="own.example")
        assert reply.status_code in {200, 413, 422}, (kind, reply.text)
        assert not site.has_changed(), kind


def test_the_name_of_a_file_is_text_and_nothing_else(site: Site) -> None:
    content = json.dumps(PLAIN).encode()
    for name in NAMES:
        file = FileStorage(io.BytesIO(content), name)
        reply = send_form(site, "outsider", f"/exercises/{TAKES_FILE}", weights=file)
        assert reply.status_code in {303, 422}, (name, reply.text)
        if reply.status_code == HTTPStatus.SEE_OTHER:
            page = ask(site, "outsider", "GET", reply.location).text
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "\u202e" not in page
        site.restore()


FORMULAS: Final = (
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "9**9**9**9**9",
    "9^9^9^9^9",
    "exp(exp(exp(exp(100))))",
    "1/0",
    "0/0",
    "(" * 5000,
    "(" * 90 + "1" + ")" * 90,
    "exp(" * 300 + "x" + ")" * 300,
    "-" * 5000 + "1",
    "1" + "+1" * 5000,
    "a" * 10_000,
    "1e999999999999999999999",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\\input{/etc/passwd}",
    "\\href{javascript:alert(1)}{x}",
    "=HYPERLINK(1)",
    "1;DROP TABLE submissions",
    "\0",
    "\u202e1+1",
    "ｅｘｐ(1)",  # noqa: RUF001 - letters of full width
    "NaN",
    "Infinity",
    "lambda: 1",
)


def test_no_formula_does_more_than_being_read(site: Site, catalog: Catalog) -> None:
    names = catalog.find("delta-rule").exercise.field_names
    for formula in FORMULAS:
        answers = dict.fromkeys(names, formula)
        reply: Any = ask(site, "lms", "POST", "/api/v1/exercises/delta-rule/check", json={"answers": answers})
        assert reply.status_code in {200, 422}, (formula, reply.text)
        if reply.status_code == HTTPStatus.OK:
            assert reply.json["score"]["given"] == 0, formula
        page = ask(site, "outsider", "POST", "/exercises/delta-rule", data=answers | {"x": "1"})
        assert page.status_code in {200, 303, 413, 422}, formula
        assert "<script>alert" not in page.text
        site.restore()


DEEP: Final = 100_000
BODIES: Final = {
    "nothing": (b"", "application/json"),
    "no JSON": (b"<x/>", "application/json"),
    "JSON of 100,000 levels": (b'{"answers": ' + b"[" * DEEP, "application/json"),
    "objects of 100,000 levels": (b'{"answers": ' + b'{"a":' * DEEP, "application/json"),
    "a number of 100,000 digits": (b'{"answers": {"w0": ' + b"9" * DEEP + b"}}", "application/json"),
    "JSON in UTF-16": ('{"answers": {}}'.encode("utf-16"), "application/json"),
    "JSON after a mark": (b'\xef\xbb\xbf{"answers": {}}', "application/json"),
    "JSON with a zero byte": (b'{"answers": {}}\0', "application/json"),
    "half of a letter": (b'{"answers": {"w0": "\xc3"}}', "application/json"),
    "a name twice": (b'{"answers": {}, "answers": {}}', "application/json"),
    "two documents": (b'{"answers": {}}{"answers": {}}', "application/json"),
    "XML": (b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>', "application/xml"),
    "a pickle": (b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.", "application/octet-stream"),
    "YAML": (b"!!python/object/apply:os.system [id]", "application/yaml"),
    "a form without a boundary": (b"--x\r\n\r\n", "multipart/form-data"),
    "a form with an endless boundary": (b"--x", "multipart/form-data; boundary=" + "x" * 5000),
    "a form that does not end": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', "multipart/form-data; boundary=x"),
    "a part without a name": (b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    "a part with a header of a mebibyte": (
        b"--x\r\nX-A: " + b"a" * (1 << 20) + b"\r\n\r\nb\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "a form of 2,000 parts": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 2000 + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "a form of 100,000 fields": (b"&".join(b"a%d=1" % number for number in range(100_000)), "application/x-www-form-urlencoded"),
    "escapes that are none": (b"exercise=%zz&answers=%", "application/x-www-form-urlencoded"),
    "a packed body": (b"\x1f\x8b\x08\0\0\0\0\0", "application/json"),
    "a charset that is none": (b"{}", "application/json; charset=rot13"),
}  # fmt: skip


def targets(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield method, address and sender of each route that takes a body, with things of the sender."""
    things = site.courses.own.values()
    for _, method, rule in routes(site):
        if method != "GET" and rule != "/sign-out":
            yield (
                method,
                fill_in(rule, things | {"slug": "and-gate"}),
                "lms" if rule.startswith("/api/") else "outsider",
            )
    for rule in ("/courses/<course_id>/people/import", "/courses/<course_id>/settings"):
        yield "POST", fill_in(rule, things), "colleague"


@pytest.mark.parametrize("kind", BODIES)
def test_no_body_is_a_fault_of_ours(site: Site, kind: str) -> None:
    body, content_type = BODIES[kind]
    some = [
        target
        for number, target in enumerate(targets(site))
        if "/api/" in target[1] or "draft" in target[1] or number % 6 == len(kind) % 6
    ]
    assert len(some) > 6
    for method, address, who in some:
        headers = {"Content-Encoding": "gzip"} if kind == "a packed body" else {}
        reply = ask(site, who, method, address, data=body, content_type=content_type, headers=headers)
        assert reply.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (address, reply.text[:300])
        assert "Traceback" not in reply.text
        if address.startswith("/api/"):
            assert reply.status_code >= HTTPStatus.BAD_REQUEST, address
            assert reply.mimetype == "application/problem+json"
            assert len(reply.data) < 20_000
            assert not site.has_changed()
        site.restore()


EVIL: Final = "evil.example"
HEADERS: Final = (
    {"Host": EVIL},
    {"Host": f"{EVIL}:99999"},
    {"Host": f"localhost@{EVIL}"},
    {"Host": f"localhost/{EVIL}"},
    {"Host": "[::1"},
    {"Host": ""},
    {"Host": "x" * 5000},
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-For": f"127.0.0.1, {EVIL}", "X-Real-Ip": "127.0.0.1"},
    {"X-Forwarded-Proto": "javascript", "X-Forwarded-Prefix": f"//{EVIL}"},
    {"Forwarded": f"for=127.0.0.1;host={EVIL};proto=https"},
    {"X-Original-Url": "/admin/people", "X-Rewrite-Url": "/admin/people"},
    {"X-Http-Method-Override": "DELETE", "X-Method-Override": "PUT"},
    {"X-User": "root@root.example", "Remote-User": "root@root.example"},
    {"Cookie": "nn_grader_session=" + "x" * 8000},
    {"Cookie": "; ".join(f"a{number}=1" for number in range(3000))},
    {"Cookie": 'nn_grader_session="\\303\\251'},
    {"Cookie": "nn_grader_session; nn_grader_session=; =; ;;"},
    {"Authorization": "Bearer " + "x" * 100_000},
    {"Authorization": "Basic OnJvb3Q="},
    {"Authorization": 'Digest username="root"'},
    {"Accept-Language": ",".join(f"x{number};q=0.{number}" for number in range(3000))},
    {"Accept-Language": "../../../etc/passwd"},
    {"Accept-Language": "vi;q=nan,en;q=-1,*;q=1e999"},
    {"Accept": "text/html;q=abc,*/*;q=" + "9" * 5000},
    {"Accept-Encoding": "gzip;q=1e999, br, x" * 500},
    {"If-None-Match": '"' + "x" * 5000, "If-Modified-Since": "yesterday"},
    {"Range": "bytes=" + ",".join(f"{number}-" for number in range(2000))},
    {"Prefer": "wait=" + "9" * 5000},
    {"Prefer": "wait=0," * 3000},
    {"Idempotency-Key": "x" * 10_000},
    {"Idempotency-Key": "\x7f\x80"},
    {"X-Request-Id": "x\ty"},
    {"Origin": "http://" + "x" * 5000},
    {"Origin": "http://[", "Sec-Fetch-Site": ""},
    {"Referer": f"http://{EVIL}/?" + "x" * 5000},
    {"Referer": "http://["},
    {"User-Agent": "x" * 60_000},
    {"User-Agent": "\xc3\x28<script>"},
    {"Content-Length": "-1"},
    {"Content-Length": "1e3"},
    {"Content-Length": "99999999999999999999"},
    {"Content-Type": "multipart/form-data; boundary=" + ";" * 5000},
    {"Content-Type": "x" * 5000},
)
VISITED: Final = (
    ("anonymous", "GET", "/sign-in?next=/courses"),
    ("outsider", "GET", "/"),
    ("colleague", "GET", "/courses/<course_id>"),
    ("anonymous", "POST", "/forgot"),
    ("lms", "GET", f"/api/v1/exercises/{SLUG}"),
    ("lms", "POST", "/api/v1/submissions"),
)


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers)))
def test_no_header_is_a_fault_of_ours_or_leads_elsewhere(site: Site, headers: dict[str, str]) -> None:
    for who, method, rule in VISITED:
        address = fill_in(rule, site.courses.own.values())
        sent = {
            f"HTTP_{name.upper().replace('-', '_')}".replace("HTTP_CONTENT_", "CONTENT_"): value
            for name, value in headers.items()
        }
        reply = ask(site, who, method, address, environ_overrides=sent)
        assert reply.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (address, reply.text[:300])
        assert EVIL not in reply.text + "".join(f"{name}{value}" for name, value in reply.headers)
        assert "root.example" not in reply.text
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        site.restore()


def test_an_answer_sent_amid_all_that_is_stored_as_it_was_sent(site: Site) -> None:
    body = {"exercise": "and-gate", "learner_ref": "honest", "answers": {"w0": "1"}}
    for build in (KINDS["zip bomb"], KINDS["JSON of 100,000 levels"]):
        send_file(site, build(), "w.npz")
    reply: Any = ask(site, "lms", "POST", "/api/v1/submissions", json=body)
    with site.database.sessions() as session:
        stored = session.scalars(select(Submission.answers).where(Submission.id == reply.json["id"])).one()
    assert stored == {"w0": "1"}
