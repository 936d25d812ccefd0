"""Every page and every list of the API, for one class beside ever more history of other people.

    python bench/history.py [SUBMISSIONS ...] [--plans WORD]

The same class of a hundred is visited in a database with 0, 100,000, ... submissions of others. What a page costs
is counted in shared buffers of its statements, which are free of the machine's noise, and in its CPU time. The last
size is judged against the first, at which the planner may use indexes and nested loops only: it would read tables
of a few pages as a whole, which says nothing about the same statement beside others. More than 1.5 times the buffers,
more statements, or a scan of a table that grows make the measurement fail. `--plans` prints the plans of the pages whose name contains the word.
"""

import argparse
import json
import shutil
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from class_of_a_hundred import LMS, SLUG, VisitedClass, make_visited_class
from explained import explained
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import event

from grader.demo.crowd import CrowdSize, fill_crowd
from grader.demo.fill import Ground
from grader.devserver.binaries import find_binaries
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes
from grader.devserver.state import server_account, temporary_state
from grader.services.accounts.tokens import create_sign_in_link
from grader.services.grading.drain import drain
from grader.settings import Settings
from grader.store.database import analyze
from grader.store.migrate import upgrade
from grader.web.api.blueprint import OPERATIONS
from grader.web.app import create_app
from grader.web.auth import Access
from grader.web.dependencies import WebServices, wire
from grader.web.pages.instructor.export_tables import TABLES
from grader.web.pages.routes import ROUTES

EXERCISES = Path(__file__).resolve().parents[1] / "exercises"
MOST: Final = 1.5
FREE: Final = 12
"""Buffers that any page may need in addition, besides one for each look-up: indexes of larger tables are deeper."""
SCANNED: Final = 2_000
"""Rows of a growing table that a statement may scan: those of the class itself, which a plan may prefer to an index."""
ROUNDS: Final = 5

WHO: Final = {
    Access.ANYONE: "student",
    Access.SIGNED_IN: "student",
    Access.SITE_INSTRUCTOR: "instructor",
    Access.COURSE_STAFF_ANYWHERE: "instructor",
    Access.ADMINISTRATOR: "administrator",
    Access.MEMBER: "student",
    Access.STAFF: "instructor",
    Access.COURSE_INSTRUCTOR: "instructor",
}
TWICE: Final = ("/", "/courses", "/courses/<int:course_id>", "/submissions/<uuid:submission_id>")
"""Pages that are others for staff."""

LEFT_OUT: Final = {
    "/assets/<version>/<name>": "a file; asks the database for nothing",
    "/sign-in/link/<token>": "its link can be used once",
    "/sign-in/openid": "leads to another site",
    "/sign-in/openid/back": "comes from another site",
    "/instructor/exercises/<slug>/submissions.csv": "contains every submission to the exercise, so it grows with them",
}

OF_OTHERS: Final = {
    "/api/v1/results (web)": "a page of other learners' results",
    "/api/v1/submissions (web)": "a page of other learners' submissions",
    "/admin/audit (administrator)": "a page of entries about other courses",
    f"/instructor/exercises/{SLUG} (instructor)": "a page of all who practise, of the class or not",
}
"""Pages whose rows are those of others as soon as there are any: judged against the second size."""

ALLOWED: Final = {
    "/api/v1/assignments (web)": "lists every assignment of every course, as the API promises to this token",
    "/admin/people (administrator)": "says how many accounts there are",
}
"""Pages that may grow with the number of courses or people, each with its reason."""
KINDS: Final = (*TABLES, "json")
QUERIES: Final = {
    "/submissions": ("", f"?exercise={SLUG}", "?learner_ref=pupil-1"),
    "/results": ("", "?updated_since=2020-01-01T00:00:00Z&limit=50"),
}
"""Queries with which the LMS asks for a list of the API."""

ASKED_BY: Final = {
    "/assignments/<int:assignment_id>/mark": ("student",),
    "/assignments/<int:assignment_id>/marks": ("web",),
    "/submissions/<uuid:submission_id>": ("student", "web"),
    "/results": (LMS, "web"),
}
"""Whose token can ask, where not everybody's can."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One page, and who asks for it: a person or a client of the API."""

    who: str
    address: str
    is_api: bool = False
    body: str | None = None

    @property
    def name(self) -> str:
        """Its name in the table."""
        verb = "POST " if self.body else ""
        return f"{verb}{self.address} ({self.who})"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a visit costs: statements, buffers, milliseconds of CPU of the web, look-ups, scans of growing tables."""

    statements: int
    buffers: int
    cpu: float
    lookups: int
    scanned: dict[str, int]


def main() -> None:
    """Make the class, visit it at every size, print the table, judge it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[0, 100_000])
    parser.add_argument("--plans")
    asked = parser.parse_args()
    state, processes = temporary_state(server_account()), Processes()
    try:
        postgres = Postgres.prepare(state, find_binaries(state.account), durable=False)
        postgres.start(processes, state.root / "postgres.log")
        url = postgres.url("postgres").replace("postgresql://", "postgresql+psycopg://")
        upgrade(url)
        secret = SecretStr("a secret of the measurement alone")
        settings = Settings(
            database_url=url, redis_url="redis://127.0.0.1:1/0", secret_key=secret, exercises_dir=EXERCISES
        )
        costs = measure(wire(settings), sorted(asked.sizes), asked.plans)
    finally:
        processes.stop_all()
        shutil.rmtree(state.root)
    sys.exit(bool(judged(costs)))


def measure(services: WebServices, sizes: list[int], plans: str | None) -> dict[int, dict[str, Cost]]:
    """Return costs by size and visit."""
    visited, costs, stored = make_visited_class(services, EXERCISES), {}, 0
    for number, size in enumerate(sizes):
        start = time.monotonic()
        if size > stored:
            secret = services.settings.secret_key.get_secret_value()
            ground = Ground(services.sessions, services.catalog, EXERCISES, secret, datetime.now(UTC), lambda *_: None)
            fill_crowd(ground, CrowdSize(submissions=size - stored), number)
        else:
            analyze(services.sessions)
        print(f"{size} submissions of others after {time.monotonic() - start:.0f} s", flush=True)
        stored = size
        costs[size] = visit_all(services, visited, plans, LARGE if number == 0 else ())
    return costs


def visits(visited: VisitedClass) -> list[Visit]:
    """Return every page and every list, none left out but those with a reason."""
    pages = []
    for route in ROUTES:
        if route.method != "GET" or route.rule in LEFT_OUT:
            continue
        rules = [route.rule.replace("<kind>", kind) for kind in KINDS] if "<kind>" in route.rule else [route.rule]
        people = (WHO[route.access], "instructor") if route.rule in TWICE else (WHO[route.access],)
        pages += [Visit(who, visited.address(rule)) for rule in rules for who in people]
    lists = [
        Visit(who, f"/api/v1{visited.address(operation.path)}{query}", is_api=True)
        for operation in OPERATIONS
        if operation.method == "GET"
        for who in ASKED_BY.get(operation.path, ("student", LMS, "web"))
        for query in (QUERIES.get(operation.path, ("",)) if who == LMS else ("",))
    ]
    posted = json.dumps({"exercise": SLUG, "learner_ref": "pupil-2", "answers": {}})
    return [*pages, *lists, Visit(LMS, "/api/v1/submissions", is_api=True, body=posted)]


LARGE: Final = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
"""Plans that only small tables get; switched off for the reference."""


def visit_all(
    services: WebServices, visited: VisitedClass, plans: str | None = None, without: tuple[str, ...] = ()
) -> dict[str, Cost]:
    """Visit everything with a process that knows nothing of the class yet, without these ways of planning."""
    costs = {}
    for visit in visits(visited):
        app = create_app(fresh := wire(services.settings))
        event.listen(fresh.sessions.kw["bind"], "connect", partial(_forbid, without))
        client = app.test_client()
        headers = {"Authorization": f"Bearer {visited.tokens[visit.who]}"} if visit.is_api else {}
        if not visit.is_api:
            _sign_in(fresh, client, visited.people[visit.who])
        with explained(fresh.sessions.kw["bind"]) as found:
            _ask(client, visit, headers)
        took = []
        for _ in range(ROUNDS):
            start = time.process_time()
            _ask(client, visit, headers)
            took.append(1000 * (time.process_time() - start))
        costs[visit.name] = Cost(
            len(found.buffers), sum(found.buffers), statistics.median(took), found.lookups, found.scanned
        )
        drain(fresh.sessions, fresh.catalog, fresh.clock)
        if plans is not None and plans in visit.name:
            for statement, plan in found.plans:
                print(statement, json.dumps(plan, indent=1))
        fresh.sessions.kw["bind"].dispose()
    return costs


def _forbid(plans: tuple[str, ...], connection: Any, _record: object) -> None:
    for plan in plans:
        connection.execute(f"SET {plan} = off")
    connection.commit()


def _sign_in(services: WebServices, client: FlaskClient, email: str) -> None:
    link = create_sign_in_link(services.sessions, email, datetime.now(UTC), timedelta(minutes=5))
    client.post(f"/sign-in/link/{link.plain}")


def _ask(client: FlaskClient, visit: Visit, headers: dict[str, str]) -> None:
    if visit.body is None:
        reply = client.get(visit.address, headers=headers)
    else:
        reply = client.post(visit.address, data=visit.body, headers=headers, content_type="application/json")
    if reply.status_code >= 400:  # noqa: PLR2004 - a measurement of an error page is none
        raise RuntimeError(f"{visit.name}: {reply.status_code} {reply.text[:300]}")


def judged(costs: dict[int, dict[str, Cost]]) -> int:
    """Print the table; return how many visits grow."""
    sizes, bad = sorted(costs), 0
    first, last = costs[sizes[0]], costs[sizes[-1]]
    print(f"{'page':90} {'statements':>12} " + " ".join(f"{size:>10}" for size in sizes) + "   CPU ms")
    for name, at_first in sorted(first.items(), key=lambda pair: -last[pair[0]].buffers):
        before, after = (costs[sizes[min(1, len(sizes) - 1)]][name] if name in OF_OTHERS else at_first), last[name]
        scans = {table: rows for table, rows in after.scanned.items() if rows > SCANNED}
        grows = (
            after.buffers > MOST * before.buffers + FREE + after.lookups
            or after.statements > before.statements
            or scans
        )
        grows = grows and name not in ALLOWED
        bad += bool(grows)
        buffers = " ".join(f"{costs[size][name].buffers:10}" for size in sizes)
        said = f" GROWS {scans or ''}" if grows else ""
        print(
            f"{name[:90]:90} {before.statements:5} {after.statements:6} {buffers} {before.cpu:6.1f} {after.cpu:6.1f}{said}"
        )
    print(f"{len(first)} visits, {bad} grow")
    return bad


if __name__ == "__main__":
    main()
