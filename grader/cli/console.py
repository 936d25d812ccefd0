"""Where commands print."""

from rich.console import Console


def console() -> Console:
    """A console that prints text as it is: a title such as "f on [a, b]" is no markup."""
    return Console(markup=False, emoji=False, highlight=False)
