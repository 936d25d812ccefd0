"""Templates are indented for those who write them; what is sent is not."""

import re

from jinja2.ext import Extension

INDENTED = re.compile(r"(?m)^[ \t]+")


class Unindented(Extension):
    """Takes the indentation off a template before it is compiled: a fifth of a long page.

    What is put into a template keeps its own, so that code in a statement stays as it is.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - as Jinja calls it
        """The template without the spaces that its lines begin with."""
        return INDENTED.sub("", source)
