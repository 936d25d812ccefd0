"""What a client sent, held against the type that a handler asks for."""

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from grader.web.errors import pointer
from grader.web.problem import Flaw, ProblemError

MOST_FLAWS = 100
NAMES = {"extra_forbidden": ("unknown-key", "This is not asked for."), "missing": ("missing", "This is needed.")}

Model = TypeVar("Model", bound=BaseModel)


def body_as(kind: type[Model], value: Any) -> Model:
    """Give the body as the type; raises ProblemError (422) with a pointer to every place that is off."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise _invalid(_of_body(item) for item in error.errors()) from None


def query_as(kind: type[Model]) -> Model:
    """Give the query as the type; raises ProblemError (422) naming every parameter that is off."""
    given = request.args.to_dict(flat=False)
    repeated = [
        Flaw("repeated", "Give this only once.", parameter=_cut(name)) for name, all_ in given.items() if all_[1:]
    ]
    if repeated:
        raise _invalid(repeated)
    try:
        return kind.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise _invalid(_of_query(item) for item in error.errors()) from None


def refuse_query() -> None:
    """Refuse any query where none is asked for; a misspelt parameter must not be passed over in silence."""
    if request.args:
        flaws = [Flaw("unknown-key", "This is not asked for.", parameter=name[:100]) for name in request.args]
        raise _invalid(flaws)


def _invalid(flaws: Iterable[Flaw]) -> ProblemError:
    shown = tuple(flaws)[:MOST_FLAWS]
    places = ", ".join(place for flaw in shown if (place := flaw.pointer or flaw.parameter))
    return ProblemError("invalid", f"The request is not as described at: {places or 'the whole body'}.", shown)


def _of_body(item: Any) -> Flaw:
    code, detail = NAMES.get(item["type"], (item["type"].replace("_", "-"), item["msg"]))
    return Flaw(code, detail, pointer=pointer(*(_cut(step) for step in item["loc"])))


def _of_query(item: Any) -> Flaw:
    code, detail = NAMES.get(item["type"], (item["type"].replace("_", "-"), item["msg"]))
    return Flaw(code, detail, parameter=_cut(item["loc"][0]))


def _cut(step: object) -> str:
    """Cut a name from outside to what may be repeated in a reply."""
    return str(step).encode("ascii", "backslashreplace").decode()[:100]
