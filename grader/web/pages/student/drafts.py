"""Drafts on the server, written and read by the page's scripts."""

from typing import Annotated

from flask import Response, jsonify, request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from grader.catalog.load import LoadedExercise
from grader.services.assignments.assignments import find_assignment
from grader.services.submissions import drafts
from grader.services.submissions.drafts import DraftKey
from grader.web.auth import person
from grader.web.dependencies import web_services
from grader.web.problem import ProblemError

MOST_BYTES = 64 << 10
LONGEST = 4000
"""Characters of one field: more than any accepted formula."""


Text = Annotated[str, StringConstraints(max_length=LONGEST)]


class DraftIn(BaseModel):
    """The text of every field, and for fields changed on this page their earlier text in the draft (`base`)."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Text]
    base: dict[str, Text] = Field(default_factory=dict)


def draft(slug: str) -> Response:
    """Return the draft of an exercise."""
    web_services().catalog.find(slug)
    return _found(drafts.at_exercise(person().id, slug))


def keep_draft(slug: str) -> Response:
    """Store the draft of an exercise."""
    published = web_services().catalog.find(slug)
    return _kept(drafts.at_exercise(person().id, slug), published)


def assignment_draft(assignment_id: int) -> Response:
    """Return the draft at an assignment."""
    _of_assignment(assignment_id)
    return _found(drafts.at_assignment(person().id, assignment_id))


def keep_assignment_draft(assignment_id: int) -> Response:
    """Store the draft at an assignment, even if it has closed in the meantime: nothing typed is lost."""
    published = _of_assignment(assignment_id)
    return _kept(drafts.at_assignment(person().id, assignment_id), published)


def _of_assignment(assignment_id: int) -> LoadedExercise:
    services = web_services()
    with services.sessions() as session:
        return services.catalog.find(find_assignment(session, assignment_id).slug)


def _found(key: DraftKey) -> Response:
    with web_services().sessions() as session:
        found = drafts.find_draft(session, key)
    if found is None:
        return jsonify(saved_at=None, answers={})
    return jsonify(saved_at=found.saved_at.isoformat(), answers=dict(found.answers))


def _kept(key: DraftKey, published: LoadedExercise) -> Response:
    services = web_services()
    sent = _read()
    asked = set(published.exercise.field_names) - set(published.exercise.uploads)
    typed = {name: text for name, text in sent.answers.items() if name in asked}
    now = services.clock()
    kept = drafts.save_draft(services.sessions, key, typed, now, sent.base)
    return jsonify(saved_at=now.isoformat(), answers=dict(kept.answers), conflicts=dict(kept.conflicts))


def _read() -> DraftIn:
    if request.mimetype != "application/json":
        raise ProblemError("wrong-content-type", _("Send drafts as JSON."))
    if (request.content_length or 0) > MOST_BYTES:
        raise ProblemError("too-large", _("A draft can have at most %(most)s bytes.", most=MOST_BYTES))
    try:
        return DraftIn.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ProblemError("invalid", _("Invalid draft: %(reason)s.", reason=first["msg"])) from None
