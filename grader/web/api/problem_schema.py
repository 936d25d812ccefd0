"""Problems as the OpenAPI document describes them; grader.web.problem makes them."""

from pydantic import BaseModel, Field


class FlawOut(BaseModel):
    """One place of the request that is off."""

    code: str = Field(description="For programs: unreadable, unknown-field, wrong-type, too-long, missing …")
    detail: str = Field(description="For people: one sentence.")
    pointer: str | None = Field(default=None, description="JSON pointer (RFC 6901) into the body.")
    field: str | None = Field(default=None, description="The field of the exercise, where an answer is off.")
    parameter: str | None = Field(default=None, description="The query parameter.")
    header: str | None = Field(default=None, description="The header.")


class ProblemOut(BaseModel):
    """An error in the form of RFC 9457 (application/problem+json)."""

    type: str = Field(description="Where /api/docs explains this kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[FlawOut] = Field(default=[], description="Every place that is off, all at once.")
    incident: str | None = Field(default=None, description="Under this id the server's log tells more.")
