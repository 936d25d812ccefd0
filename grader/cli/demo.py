from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click
from rich.progress import Progress

from grader.addresses import sign_in_address
from grader.catalog.load import load_catalog
from grader.cli.console import warn_of_unknown_settings
from grader.demo.crowd import CrowdSize, fill_crowd
from grader.demo.fill import INSTRUCTOR, Ground, Tell, fill
from grader.devserver.errors import readable_faults
from grader.services.accounts.tokens import create_sign_in_link
from grader.services.grading.drain import drain
from grader.settings import load
from grader.store.database import connect

LINK_LIFETIME = timedelta(days=1)
TITLE = "Introduction to Deep Learning"


@click.group()
def demo() -> None:
    """An imaginary course."""


@demo.command()
@click.option("--students", type=click.IntRange(1, 5000), default=200, show_default=True, help="Number of students.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed; the same seed gives the same class.")
@click.option("--title", default=TITLE, show_default=True, help="Title of the course.")
def seed(students: int, seed: int, title: str) -> None:
    """Create a course with imaginary students, assignments and graded submissions, for trying out every page.

    Each run creates another course with the same people. The server may be running.
    """
    warn_of_unknown_settings()
    settings = load()
    sessions, now = connect(settings.database_url, pooled=settings.database_pooled), datetime.now(UTC)
    secret = settings.secret_key.get_secret_value()
    catalog = load_catalog(settings.exercises_dir)
    with readable_faults(), _progress() as tell:
        ground = Ground(sessions, catalog, settings.exercises_dir, secret, now, tell)
        filled = fill(ground, title, students, seed)
        while not drain(sessions, catalog, lambda: datetime.now(UTC)).is_finished:
            pass
        people = (INSTRUCTOR.email, filled.students[0])
        links = [create_sign_in_link(sessions, email, now, LINK_LIFETIME).plain for email in people]
    sessions.kw["bind"].dispose()
    click.echo(
        f"{title}: {students} students, {len(filled.assignments)} assignments, {filled.submissions} submissions."
    )
    for email, link in zip(people, links, strict=True):
        click.echo(f"  {email}  {sign_in_address(settings.address, link)}")


@demo.command("fill")
@click.option("--courses", type=click.IntRange(1, 10_000), default=200, show_default=True, help="Number of courses.")
@click.option(
    "--students",
    type=click.IntRange(1, 1_000_000),
    default=20_000,
    show_default=True,
    help="Number of students in all courses together.",
)
@click.option(
    "--submissions",
    type=click.IntRange(0, 50_000_000),
    default=100_000,
    show_default=True,
    help="Number of submissions.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed; the same seed gives the same history.")
def fill_database(courses: int, students: int, submissions: int, seed: int) -> None:
    """Fill the database with years of other people's courses and graded submissions, for measuring pages.

    Each run adds as many again. Do not run it on a database with real courses: there is no command to undo it.
    """
    warn_of_unknown_settings()
    settings, now = load(), datetime.now(UTC)
    sessions, secret = (
        connect(settings.database_url, pooled=settings.database_pooled),
        settings.secret_key.get_secret_value(),
    )
    size = CrowdSize(courses, max(students, courses), submissions)
    with readable_faults(), _progress() as tell:
        catalog = load_catalog(settings.exercises_dir)
        fill_crowd(Ground(sessions, catalog, settings.exercises_dir, secret, now, tell), size, seed)
    sessions.kw["bind"].dispose()
    click.echo(f"{size.courses} courses, {size.students} students, {size.submissions} submissions.")


@contextmanager
def _progress() -> Iterator[Tell]:
    with Progress(transient=True) as bar:
        tasks: dict[str, object] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)  # type: ignore[arg-type]  # rich's own integer type

        yield tell
