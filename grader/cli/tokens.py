from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.cli.db import database
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token, revoke_token_by_number, valid_tokens
from grader.vocabulary import WEB_CLIENT


@click.group()
def tokens() -> None:
    """Manage bearer tokens for API clients."""


@tokens.command()
@click.argument("name")
@click.option(
    "--client", default=None, help="Client whose submissions the token can access, such as the name of an LMS."
)
@click.option("--student", default=None, metavar="EMAIL", help="Student whose submissions the token can access.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=[Scope.SUBMIT.value, Scope.READ.value],
    show_default=True,
    help="Scope of the token; can be repeated.",
)
@click.option(
    "--days", type=click.IntRange(min=1), default=365, show_default=True, help="Lifetime of the token in days."
)
def create(name: str, client: str | None, student: str | None, scopes: tuple[str, ...], days: int) -> None:
    """Create a token and print it: it is shown only now."""
    if (client is None) == (student is None):
        raise click.UsageError("Give either --client or --student: whose submissions the token can access.")
    request = TokenRequest(name, client or WEB_CLIENT, scopes, timedelta(days=days), email=student)
    with database() as sessions:
        secret = create_token(sessions, request, datetime.now(UTC))
    click.echo(secret.plain)


@tokens.command("list")
def list_() -> None:
    """List the valid tokens, with the numbers for revoking them."""
    table = Table("number", "name", "client", "student", "scopes", "expires")
    with database() as sessions, sessions() as session:
        for token in valid_tokens(session, datetime.now(UTC)):
            expires = f"{token.expires_at:%Y-%m-%d}"
            row = (str(token.id), token.name, token.client, token.email or "", " ".join(token.scopes), expires)
            table.add_row(*map(escape, row))
    Console().print(table)


@tokens.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Revoke a token; NUMBER is the one shown by `tokens list`."""
    with database() as sessions:
        revoke_token_by_number(sessions, number, datetime.now(UTC))
    click.echo(f"Token {number} revoked.")
