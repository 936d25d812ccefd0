from datetime import UTC, datetime, timedelta

import click

from grader.addresses import sign_in_address
from grader.cli.database import database
from grader.services.issue import create_link
from grader.services.register import Person, register
from grader.settings import load_listening
from grader.store.users import Role


@click.group()
def users() -> None:
    """People who sign in."""


hours = click.option(
    "--link-hours", type=click.IntRange(min=1), default=24, show_default=True, help="How long the link works."
)


@users.command()
@click.argument("email")
@click.option("--name", default="", help="What others see; the e-mail where left out.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.STUDENT.value, show_default=True)
@click.option("--password", is_flag=True, help="Ask for a password; without one the user signs in by links.")
@hours
def create(email: str, name: str, role: str, *, password: bool, link_hours: int) -> None:
    """Register a user and print a link that signs in, once."""
    typed = click.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None
    with database() as sessions:
        register(sessions, Person(email, name, Role(role), typed), datetime.now(UTC))
    _print_link(email, link_hours)


@users.command()
@click.argument("email")
@hours
def link(email: str, link_hours: int) -> None:
    """Print a new link that signs this user in, once."""
    _print_link(email, link_hours)


def _print_link(email: str, hours: int) -> None:
    with database() as sessions:
        secret = create_link(sessions, email, datetime.now(UTC), timedelta(hours=hours))
    click.echo(sign_in_address(load_listening().address, secret.plain))
