"""The command line: `grader`."""

import click


@click.group()
def main() -> None:
    """Grade neural-network exercises."""
