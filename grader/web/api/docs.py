"""A readable page of the same document, without anybody else's script."""

from typing import Any

from flask import render_template

from grader.web.errors import HTTP, STATUS
from grader.web.problem import OWN, Meaning


def problems() -> list[Meaning]:
    """Give every kind of problem that has a name, by status."""
    kinds = {meaning.slug: meaning for meaning in (*STATUS.values(), *HTTP.values(), *OWN.values())}
    return sorted(kinds.values(), key=lambda meaning: (meaning.status, meaning.slug))


def page(told: dict[str, Any]) -> str:
    """Show the document to a person."""
    operations = [
        (method.upper(), told["servers"][0]["url"] + path, operation)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    return render_template(
        "api_docs.html", operations=operations, schemas=told["components"]["schemas"], problems=problems()
    )
