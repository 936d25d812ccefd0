"""Pages of other parts that a course leads to, where there are such."""

from typing import Any

from flask import current_app, url_for

from grader.services.assignment import Assignment


def place(rule: str, **values: Any) -> str | None:
    """The address of the page of this rule; None where there is none."""
    for found in current_app.url_map.iter_rules():
        if found.rule == rule and "GET" in (found.methods or ()):
            return url_for(found.endpoint, **values)
    return None


def of_assignment(rule: str, assignment: Assignment) -> str | None:
    """The address of a page below an assignment."""
    return place(rule, assignment_id=assignment.id)


def preview(slug: str) -> str:
    """The address at which an instructor looks at an exercise before it is set."""
    return place("/instructor/exercises/<slug>/preview", slug=slug) or url_for("pages.answer", slug=slug)
