"""The top of the command line: loads a command when it is asked for, and says our errors in one line."""

from collections.abc import Mapping
from importlib import import_module

import click

from grader.checking.errors import GraderError


class Commands(click.Group):
    """Commands by name, each where it stands as `module:attribute`, so that `grader grade` loads no web server."""

    def __init__(self, name: str, help: str, commands: Mapping[str, str]) -> None:  # noqa: A002 - click calls it so
        super().__init__(name=name, help=help)
        self._places = commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return a command, loaded now, or None where there is none of that name."""
        place = self._places.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is no command")
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error that people can act on is one line without a traceback."""
        try:
            return super().invoke(ctx)
        except GraderError as error:
            raise click.ClickException(error.detail) from error
