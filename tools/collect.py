"""Collects what a version returns for a database, as input of `tools.compare`.

Run it with the code of the version in question, 1c36558 or later: once on a database of the old version, and once on a
copy of it that was upgraded. It signs in and submits, so the databases should be copies. NEW is this checkout:

    cd OLD && PYTHONPATH=.:NEW python -m tools.collect postgresql://…/old EXERCISES ADDRESSES.json OLD.json
    cd NEW && python -m tools.collect postgresql://…/new EXERCISES ADDRESSES.json NEW.json

The first run writes the addresses that the second one visits. Both take the exercises of the old version.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import click
import psycopg
from click.testing import CliRunner
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from pydantic import SecretStr

from tools.shown import PageReader

NOW = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
API = "/api/v1"
LANGUAGES = ("en", "vi")
MOST_OF_A_KIND = 14
MOST_PAGES = 260
WIDE = 3000
STARTS = (
    "/", "/courses", "/exercises", "/submissions", "/account", "/account/password", "/account/data", "/instructor",
    "/admin/people", "/admin/audit", "/courses/new", "/courses/join", "/forgot", "/sign-in", "/api/docs", "/nothing",
)  # fmt: skip
HEADERS = frozenset({"Content-Type", "Location", "Retry-After", "Content-Language", "WWW-Authenticate", "Allow"})
VARYING = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+|(?<==)[^&]*|(?<=/exercises/)[a-z0-9-]+")
MEMBER = (
    "SELECT email FROM users JOIN enrolments ON user_id = id WHERE enrolments.role = {} ORDER BY id OFFSET {} LIMIT 1"
)
PEOPLE = {
    "administrator": SQL("SELECT email FROM users WHERE role = {} ORDER BY id LIMIT 1").format("administrator"),
    "instructor": SQL(MEMBER).format("instructor", 0),
    "assistant": SQL(MEMBER).format("assistant", 0),
    "student": SQL(MEMBER).format("student", 0),
    "other": SQL(MEMBER).format("student", 1),
}
REFUSED: tuple[tuple[str, str, dict[str, str] | None], ...] = (
    ("GET", "/nothing", None), ("DELETE", "/account", None), ("GET", "/sign-in/link/none", None),
    ("POST", "/sign-in", {"email": "nobody@example.org", "password": "no"}), ("POST", "/sign-in/link/none", {}),
    ("POST", "/forgot", {"email": "no"}), ("POST", "/courses/join", {"code": "nope"}),
    ("POST", "/courses/new", {"title": "", "time_zone": "Nowhere"}), ("GET", "/assignments/99999", None),
    ("POST", "/assignments/1", {"w1": "x"}), ("POST", "/assignments/1/allowances", {"user_id": "3", "extra_attempts": "x"}),
    ("POST", "/assignments/1/regrades", {}), ("POST", "/assignments/1/students/3/mark", {"points": "9999"}),
    ("POST", "/assignments/1/students/3/message", {"text": ""}), ("POST", "/account", {"name": "", "time_zone": "Nowhere"}),
    ("POST", "/account/password", {"password": "1"}), ("POST", "/admin/people", {"email": "no", "name": ""}),
    ("POST", "/admin/people/9999/disable", {}), ("POST", "/exercises/and-gate", {"w1": "abc", "w2": "1,2,3"}),
)  # fmt: skip
REFUSED_BY_API: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/exercises/none", {}), ("GET", "/none", {}), ("DELETE", "/exercises", {}),
    ("GET", "/submissions/00000000-0000-4000-8000-000000000000", {}), ("GET", "/submissions?cursor=zzz", {}),
    ("GET", "/submissions?limit=0", {}), ("GET", "/submissions?none=1", {}),
    ("POST", "/submissions", {"data": "x", "headers": {"Content-Type": "text/plain"}}),
    ("POST", "/submissions", {"data": "{", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/submissions", {"json": {}}),
    ("POST", "/submissions", {"json": {"exercise": "and-gate", "learner_ref": " a ", "answers": {}}}),
    ("POST", "/submissions", {"json": {"exercise": "and-gate", "learner_ref": "x", "answers": {"w1": "abc", "none": "1"}}}),
    ("POST", "/submissions", {"json": {"exercise": "and-gate", "answers": {}, "assignment": 99999, "strange": 1}}),
)  # fmt: skip
COMMANDS = (
    "users link nobody@example.org", "users disable nobody@example.org", "users create no --name X", "nothing",
    "exercises list --exercises {}",
)  # fmt: skip


def place(*places: str) -> Any:
    """Return the first `module:name` that exists in this version; older places come first."""
    for one in places:
        module, _, name = one.partition(":")
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError):
            continue
    raise ImportError(f"none of {places} exists")


class Version:
    """The application of this version, on one database."""

    def __init__(self, url: str, exercises: Path) -> None:
        self.url, self.exercises = url, exercises
        self.catalog = place("grader.catalog.load:load_catalog")(exercises)
        self.sessions = place("grader.store.engine:connect", "grader.store.database:connect")(url)
        settings = place("grader.settings:Settings")(
            database_url=url, redis_url="redis://127.0.0.1:1/0", secret_key=SecretStr("s" * 40), exercises_dir=exercises
        )
        services = place("grader.web.wiring:WebServices", "grader.web.dependencies:WebServices")
        self.app = place("grader.web.app:create_app")(
            services(settings, self.sessions, self.catalog, lambda: None, lambda: NOW)
        )
        limits = import_module("grader.web.limits")
        for name in {"limiter", "per_process"} & vars(limits).keys():
            getattr(limits, name).enabled = False

    def browser(self, email: str | None) -> Any:
        """Return a client that is signed in, or signed out without an address."""
        client = self.app.test_client()
        if email:
            create = place("grader.services.issue:create_link", "grader.services.accounts.tokens:create_sign_in_link")
            link = create(self.sessions, email, NOW, timedelta(hours=1)).plain
            client.post(f"/sign-in/link/{link}")
        return client

    def bearer(self, client: str, email: str | None = None) -> dict[str, str]:
        """Return the header of a token with all scopes."""
        create = place("grader.services.issue:create_token", "grader.services.accounts.tokens:create_token")
        request = place("grader.services.issue:TokenRequest", "grader.services.accounts.tokens:TokenRequest")
        scopes = place("grader.services.principal:Scope", "grader.services.accounts.authentication:Scope")
        token = create(self.sessions, request("t", client, tuple(scopes), timedelta(hours=9), email), NOW)
        return {"Authorization": f"Bearer {token.plain}"}


def stored_rows(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        tables = {
            row["tablename"]: connection.execute(
                SQL("SELECT * FROM {}").format(Identifier(row["tablename"]))
            ).fetchall()
            for row in names
        }
    return {name: sorted(map(_plain_row, rows), key=_order) for name, rows in tables.items()}


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}


def _order(row: Mapping[str, Any]) -> str:
    return json.dumps([row.get("id"), row], sort_keys=True, default=str)


def people(url: str) -> dict[str, str | None]:
    """Return an address for each role, and none for a visitor."""
    with psycopg.connect(url) as connection:
        found = {who: connection.execute(query).fetchone() for who, query in PEOPLE.items()}
    return {**{who: row[0] for who, row in found.items() if row}, "nobody": None}


def sentences() -> tuple[dict[str, dict[str, str]], dict[str, list[str]]]:
    """Return the message templates in both languages, and the names of their values."""
    table = place("grader.sayings.table:SENTENCES", "grader.messages.message:SENTENCES")
    template = place("grader.sayings.template:Template", "grader.messages.language:Template")
    if isinstance(next(iter(table.values())), str):
        vietnamese = place("grader.adapters.catalogues:translations")("vi")
        table = {key: {"en": text, "vi": vietnamese.pgettext(key, text)} for key, text in table.items()}
    said = {key: dict(texts) for key, texts in table.items()}
    return said, {key: sorted(template.of(texts["en"]).names) for key, texts in said.items()}


def rejudged(version: Version, rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the report of each stored submission as this version judges it."""
    read = place("grader.checking.answers:read", "grader.judging.answers:read_answers")
    entries_of = place("grader.checking.answers:entries_from_json", "grader.judging.answers:entries_from_json")
    variant = place("grader.checking.variant:variant", "grader.judging.variants:variant")
    judge = place("grader.checking.judge:judge", "grader.judging.judge:judge")
    files = {row["sha256"]: bytes.fromhex(row["content"]) for row in rows["blobs"]}
    reports = {}
    for row in rows["submissions"]:
        exercise = variant(version.catalog.find(row["slug"]).exercise, row["givens"])
        answers = read(exercise, entries_of(row["answers"]), files)
        reports[str(row["id"])] = judge(exercise, [answers])[0].to_json()
    return reports


def of_api(version: Version, rows: Mapping[str, list[dict[str, Any]]], email: str) -> dict[str, Any]:
    """Return the responses of the API to all questions about assignments, exercises, results and submissions."""
    clients = {row["id"]: row["name"] for row in rows["clients"]}
    paths = ["/assignments", "/exercises", "/results?limit=100", "/submissions?limit=100"]
    paths += [f"/assignments/{row['id']}/marks" for row in rows["assignments"]]
    paths += [f"/exercises/{published.slug}" for published in version.catalog]
    found = {}
    for who, client in [
        ("student", version.bearer("web", email)),
        *((name, version.bearer(name)) for name in clients.values()),
    ]:
        own = [f"/submissions/{row['id']}" for row in rows["submissions"] if clients[row["client_id"]] == who]
        for path in [*paths, *own]:
            found[f"{who} GET {API}{path}"] = _replied(version.app.test_client().get(API + path, headers=client))
    return found


def _replied(response: Any) -> dict[str, Any]:
    body = response.get_json() if response.mimetype.endswith("json") else PageReader.read(response.text)["texts"]
    headers = {name: value for name, value in response.headers.items() if name in HEADERS}
    return {"status": response.status_code, "headers": headers, "body": body}


def pages(version: Version, who: Mapping[str, str | None], addresses: Path) -> dict[str, Any]:
    """Return every page that each person reaches, in both languages."""
    browsers = {name: version.browser(email) for name, email in who.items()}
    if not addresses.exists():
        found = {name: list(_reached(browser)) for name, browser in browsers.items()}
        addresses.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return {
        f"{language} {name} {path}": _page(browsers[name].get(path, headers={"Accept-Language": language}))
        for language in LANGUAGES
        for name, paths in json.loads(addresses.read_text(encoding="utf-8")).items()
        for path in paths
    }


def _reached(browser: Any) -> Iterator[str]:
    """Yield addresses from page to page, some of each kind."""
    queue, kinds, seen = list(STARTS), Counter[str](), set[str]()
    while queue and len(seen) < MOST_PAGES:
        path = queue.pop(0)
        kind = VARYING.sub("*", path)
        if path not in seen and kinds[kind] < MOST_OF_A_KIND:
            seen.add(path)
            kinds[kind] += 1
            yield path
            queue += _links(path, browser.get(path))


def _links(path: str, response: Any) -> Iterator[str]:
    links = PageReader.read(response.text)["links"] if response.mimetype == "text/html" else []
    for link in [*(link for link in links if link.startswith("href ")), *filter(None, [response.location])]:
        to = urlsplit(urljoin(f"http://localhost{path}", link.removeprefix("href ")))
        if to.netloc == "localhost" and not to.path.startswith("/assets"):
            yield to.path + (f"?{to.query}" if to.query else "")


def _page(response: Any) -> dict[str, Any]:
    page = {"status": response.status_code, "type": response.mimetype, "location": response.location}
    if response.mimetype == "text/html":
        return {**page, **PageReader.read(response.text)}
    return {**page, "body": response.text} if response.mimetype == "text/csv" else page


def refusals(version: Version, who: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the responses to invalid requests, of pages in both languages and of the API."""
    found = {}
    for name, email in who.items():
        browser = version.browser(email)
        for language in LANGUAGES:
            for method, path, data in REFUSED:
                reply = browser.open(path, method=method, data=data, headers={"Accept-Language": language})
                found[f"{language} page {name} {method} {path}"] = _replied(reply)
    bearer = version.bearer("lms")
    for number, (method, path, more) in enumerate(REFUSED_BY_API):
        asked = {**more, "headers": {**bearer, **more.get("headers", {})}}
        found[f"en api {number} {method} {path}"] = _replied(
            version.app.test_client().open(API + path, method=method, **asked)
        )
    return found


def command_line(version: Version) -> dict[str, list[str]]:
    """Return the help of every command, and the output of some, cell by cell."""
    top = import_module("grader.cli").main
    environment = {"DATABASE_URL": version.url, "SECRET_KEY": "s" * 40, "COLUMNS": str(WIDE), "TERM": "dumb"}
    calls = [[*words, "--help"] for words in _commands(top, [])]
    calls += [command.format(version.exercises).split() for command in COMMANDS]
    for folder in sorted(path for path in version.exercises.iterdir() if path.is_dir()):
        calls += [["exercises", "check", folder.name, "--exercises", str(version.exercises)]]
        calls += [
            ["grade", "--exercises", str(version.exercises), folder.name, str(answers)]
            for answers in sorted(folder.glob("answers/*/*.toml"))
        ]
    found = {}
    for words in calls:
        shown = CliRunner().invoke(
            top, words, prog_name="grader", env=environment, terminal_width=WIDE, max_content_width=WIDE
        )
        is_help = words[-1] == "--help"
        name = " ".join(["grader", *words[:-1]] if is_help else ["$ grader", *words])
        name = name.replace(str(version.exercises), "exercises")
        cells = [cell for line in shown.output.splitlines() for cell in re.split("[\u2500-\u257f]+|  +", line)]
        found[name] = [str(shown.exit_code), *(" ".join(cell.split()) for cell in cells if cell.strip())]
    return found


def _commands(command: click.Command, words: list[str]) -> Iterator[list[str]]:
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _commands(below, [*words, name])


def mails() -> dict[str, dict[str, str]]:
    """Return the e-mail with a link, in both languages."""
    write = place("grader.services.letters:reset_letter", "grader.services.accounts.password_reset:reset_email")
    reader = place("grader.services.letters:Reader", "grader.services.accounts.password_reset:EmailReader")
    is_old = write.__name__ == "reset_letter"
    found = {}
    for language in LANGUAGES:
        spoken = language if is_old else place("grader.adapters.catalogues:language_of")(language)
        mail = write(reader("a@example.org", "Ada", spoken), "https://grader.example.org/x", 4, NOW)
        found[language] = {"subject": mail.subject, "text": mail.text}
    return found


def main() -> None:
    """Collect everything, and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="the database, a copy")
    for name in ("exercises", "addresses", "output"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    rows, who = stored_rows(asked.url), people(asked.url)
    version = Version(asked.url, asked.exercises.resolve())
    said, keys = sentences()
    found = {
        "rows": rows,
        "sentences": said,
        "keys": keys,
        "rejudged": rejudged(version, rows),
        "openapi": version.app.test_client().get(f"{API}/openapi.json").get_json(),
        "api": of_api(version, rows, who["student"] or ""),
        "pages": pages(version, who, asked.addresses),
        "bad": refusals(version, who),
        "cli": command_line(version),
        "mails": mails(),
    }
    asked.output.write_text(json.dumps(found, ensure_ascii=False, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
