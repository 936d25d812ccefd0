"""Server times of the pages that show a whole class: 1,000 students, 20,000 submissions to one assignment.

The class is made in a PostgreSQL of the measurement's own, and the pages are asked for as a browser does, without
the network between. `first` is what a process answers that knows nothing of the class yet; `changed` after one more
grading came; `again` while nothing is new, and `304` where the browser says what it knows.
"""

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from class_of_many import Made, Size, make_class
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grader.devserver.binaries import find_binaries
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes
from grader.devserver.state import server_account, temporary_state
from grader.services.accounts.tokens import create_sign_in_link
from grader.settings import Settings
from grader.store.migrate import upgrade
from grader.store.submission_tables import Grading, Submission
from grader.store.tables import User
from grader.web.app import create_app, spare_the_collector
from grader.web.dependencies import WebServices, wire

EXERCISES = Path(__file__).resolve().parents[1] / "exercises"
SLUG = "backprop-2-2-2"
SIZE = Size(1_000, 20_000)
ROUNDS = 5
TARGETS = {"dashboard": 200.0, "submissions": 200.0, "gradebook": 200.0, "one student": 200.0, "student's page": 50.0}
"""Milliseconds that must not be passed, by page."""


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds until the reply, and those of them in which the server's own process was busy."""

    wall: float
    busy: float


def main() -> None:
    """Make the class, ask for each page, print medians."""
    state, processes = temporary_state(server_account()), Processes()
    try:
        postgres = Postgres.prepare(state, find_binaries(state.account), durable=False)
        postgres.start(processes, state.root / "postgres.log")
        url = postgres.url("postgres").replace("postgresql://", "postgresql+psycopg://")
        upgrade(url)
        settings = Settings(
            database_url=url,
            redis_url="redis://127.0.0.1:1/0",
            secret_key=SecretStr("a secret of the measurement alone"),
            exercises_dir=EXERCISES,
        )
        measure(wire(settings))
    finally:
        processes.stop_all()
        shutil.rmtree(state.root)


def measure(services: WebServices) -> None:
    """Print what each page takes."""
    made = make_class(services.sessions, services.catalog.find(SLUG), SIZE)
    print(
        f"{SIZE.students} students, {SIZE.submissions} submissions; milliseconds (of them busy in Python), medians of {ROUNDS}"
    )
    base = f"/assignments/{made.assignment_id}"
    pages = {
        "dashboard": (made.instructor_id, f"{base}/dashboard"),
        "submissions": (made.instructor_id, f"{base}/submissions?field=delta_h1&verdict=mistaken&of=first"),
        "gradebook": (made.instructor_id, f"/courses/{made.course_id}/grid"),
        "one student": (made.instructor_id, f"{base}/students/{made.students[0]}"),
        "student's page": (made.students[0], base),
    }
    for name, (user_id, page) in pages.items():
        found = {
            "first": _median(lambda user=user_id: _browser(services, user), page),
            "changed": _median(_changing(services, made, _browser(services, user_id)), page),
            "again": _median(_same(_browser(services, user_id)), page),
        }
        words = ", ".join(f"{what} {took.wall:.0f} ({took.busy:.0f})" for what, took in found.items())
        verdict = "ok" if max(took.wall for took in found.values()) <= TARGETS[name] else "TOO SLOW"
        print(f"{name:15} {words} (at most {TARGETS[name]:.0f}) {verdict}")
    _not_modified(services, made, pages["dashboard"][1])


def _median(browser: Callable[[], FlaskClient], page: str) -> Took:
    took = []
    for _ in range(ROUNDS):
        client = browser()
        spare_the_collector()
        start, busy = time.perf_counter(), time.process_time()
        reply = client.get(page)
        took.append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - busy)))
        assert reply.status_code == 200, (page, reply.status_code)  # noqa: S101, PLR2004 - a measurement of an error page is none
    return Took(*(statistics.median(column) for column in zip(*took, strict=True)))


def _browser(services: WebServices, user_id: int) -> FlaskClient:
    """Return a signed-in client, in a process with compiled templates and nothing of the class in its caches."""
    app = create_app(wire(services.settings))
    client = app.test_client()
    with services.sessions() as session:
        email = session.scalars(select(User.email).where(User.id == user_id)).one()
    link = create_sign_in_link(services.sessions, email, datetime.now(UTC), timedelta(minutes=5))
    client.post(f"/sign-in/link/{link.plain}")
    for name in app.jinja_env.list_templates(["html"]):
        app.jinja_env.get_template(name)
    return client


def _same(client: FlaskClient) -> Callable[[], FlaskClient]:
    return lambda: client


def _changing(services: WebServices, made: Made, client: FlaskClient) -> Callable[[], FlaskClient]:
    def change() -> FlaskClient:
        with services.sessions.begin() as session:
            _touch(session, made)
        return client

    return change


def _touch(session: Session, made: Made) -> None:
    """What a grading that was just stored does to the page: one counts that did not before."""
    one = select(Submission.id).where(Submission.assignment_id == made.assignment_id).order_by(Submission.id).limit(1)
    grading = session.execute(select(Grading).where(Grading.submission_id == one.scalar_subquery())).scalars().first()
    if grading is not None:
        session.execute(update(Grading).where(Grading.id == grading.id).values(counts=not grading.counts))


def _not_modified(services: WebServices, made: Made, page: str) -> None:
    client = _browser(services, made.instructor_id)
    tag = client.get(page).headers["ETag"]
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(page, headers={"If-None-Match": tag})
        took.append(1000 * (time.perf_counter() - start))
    print(f"dashboard       304 {statistics.median(took):.0f}")


if __name__ == "__main__":
    main()
