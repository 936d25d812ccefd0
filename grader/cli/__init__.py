"""The command line, `grader`: loads commands on demand, and prints our errors in one line."""

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

import click


class CommandPlace(NamedTuple):
    """The place of a command, and its line in the list of commands."""

    module: str
    attribute: str
    help: str


class Commands(click.Group):
    """Commands by name, loaded lazily: `grader --help` loads none of them and `grader grade` no web server."""

    def __init__(self, name: str, help: str, commands: Mapping[str, CommandPlace]) -> None:  # noqa: A002 - click's name
        super().__init__(name=name, help=help)
        self._places = commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return a command, loaded now, or None if there is none with that name."""
        place = self._places.get(cmd_name)
        if place is None:
            return None
        command = getattr(import_module(place.module), place.attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in sorted(self._places.items())])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; errors that people can act on are printed in one line without a traceback."""
        from grader.judging.errors import GraderError  # noqa: PLC0415 - `--help` does not need it

        try:
            return super().invoke(ctx)
        except GraderError as error:
            raise click.ClickException(error.detail) from error


main = Commands(
    "grader",
    "Grade neural-network exercises.",
    {
        "db": CommandPlace("grader.cli.db", "db", "Manage the database."),
        "demo": CommandPlace("grader.cli.demo", "demo", "Create demonstration data."),
        "exercises": CommandPlace("grader.cli.exercises", "exercises", "List, show and check exercises."),
        "grade": CommandPlace("grader.cli.grade", "grade", "Grade a file of answers locally, without a server."),
        "tokens": CommandPlace("grader.cli.tokens", "tokens", "Manage bearer tokens for API clients."),
        "up": CommandPlace("grader.cli.up", "up", "Run all services on this machine until interrupted."),
        "users": CommandPlace("grader.cli.users", "users", "Manage user accounts."),
    },
)
"""The module of each command, and its line in the list of commands; only the called command is imported."""
