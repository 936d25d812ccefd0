from datetime import UTC, datetime, timedelta
from typing import IO

import click

from grader.addresses import sign_in_address
from grader.catalog.load import load_catalog
from grader.cli.db import database
from grader.messages.message import Message
from grader.services.accounts import administration
from grader.services.accounts.administration import Act, change_role, create_person
from grader.services.accounts.authentication import operator
from grader.services.accounts.registration import Person, normal_email
from grader.services.accounts.tokens import create_sign_in_link
from grader.services.errors import UnknownUser
from grader.services.privacy.data_export import personal_data
from grader.services.privacy.erasure import Extent, erase_person
from grader.settings import load_listening, load_local
from grader.store import accounts
from grader.store.database import Sessions
from grader.vocabulary import Role


@click.group()
def users() -> None:
    """Manage people's accounts."""


hours = click.option(
    "--link-hours", type=click.IntRange(min=1), default=24, show_default=True, help="Lifetime of the link."
)


@users.command()
@click.argument("email")
@click.option("--name", default="", help="Displayed name (default: the e-mail address).")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.STUDENT.value, show_default=True)
@click.option("--password", is_flag=True, help="Prompt for a password; without one the user signs in with links.")
@hours
def create(email: str, name: str, role: str, *, password: bool, link_hours: int) -> None:
    """Register a user and print a one-time sign-in link, to be confirmed by the button on its page."""
    typed = click.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None
    with database() as sessions:
        create_person(sessions, Person(email, name, Role(role), typed), _act())
    _print_link(email, link_hours)


@users.command()
@click.argument("email")
@hours
def link(email: str, link_hours: int) -> None:
    """Print a new one-time sign-in link for a user, to be confirmed by the button on its page."""
    _print_link(email, link_hours)


@users.command()
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]), metavar="ROLE")
def role(email: str, role: str) -> None:
    """Make a user a student, an instructor or an administrator."""
    with database() as sessions:
        change_role(sessions, _number(sessions, email), Role(role), _act())
    click.echo(f"{email} is {role} now.")


@users.command()
@click.argument("email")
def disable(email: str) -> None:
    """Disable an account immediately; submissions and marks stay."""
    with database() as sessions:
        administration.disable(sessions, _number(sessions, email), _act())
    click.echo(f"{email} is disabled.")


@users.command()
@click.argument("email")
def enable(email: str) -> None:
    """Re-enable a disabled account."""
    with database() as sessions:
        administration.enable(sessions, _number(sessions, email), _act())
    click.echo(f"{email} is enabled.")


@users.command()
@click.argument("email")
@click.option(
    "--output", type=click.File("w", encoding="utf-8"), default="-", help="Output file (default: standard output)."
)
def export(email: str, output: IO[str]) -> None:
    """Write everything stored about a user as JSON."""
    catalog = load_catalog(load_local().exercises_dir)
    with database() as sessions:
        user_id = _number(sessions, email)
        with sessions() as session:
            output.writelines(personal_data(session, catalog, user_id, datetime.now(UTC)))


@users.command()
@click.argument("email")
@click.option("--keep-work", is_flag=True, help="Keep submissions and marks, without personal data.")
@click.option("--confirm", prompt="Repeat the e-mail address", help="E-mail address as confirmation (default: prompt).")
def erase(email: str, confirm: str, *, keep_work: bool) -> None:
    """Erase a user's data for good."""
    extent = Extent.ANONYMISE if keep_work else Extent.ERASE
    with database() as sessions:
        erase_person(sessions, _number(sessions, email), confirm, extent, _act())
    click.echo(
        "The data is erased. Submissions and marks are kept without a name." if keep_work else "The data is erased."
    )


def _act() -> Act:
    return Act(operator(), datetime.now(UTC))


def _number(sessions: Sessions, email: str) -> int:
    with sessions() as session:
        user_id = accounts.user_id_of(session, normal_email(email))
    if user_id is None:
        raise UnknownUser(Message("refused.unknown-user", email=email))
    return user_id


def _print_link(email: str, hours: int) -> None:
    with database() as sessions:
        secret = create_sign_in_link(sessions, email, datetime.now(UTC), timedelta(hours=hours))
    click.echo(sign_in_address(load_listening().address, secret.plain))
