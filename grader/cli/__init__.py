"""The command line: `grader`."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import click

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "exercises": "grader.cli.exercises:exercises",
        "grade": "grader.cli.grade:grade",
    }
)
"""Where each command is found. Only the one that is called is imported: `exercises check` needs no web."""


class Commands(click.Group):
    """A group that imports a command when it is wanted."""

    def list_commands(self, _: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Import one."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is no command")
        return command


@click.group(cls=Commands)
def main() -> None:
    """Grade neural-network exercises."""
