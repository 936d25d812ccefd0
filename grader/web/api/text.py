"""The kinds of text that a request may hold."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from grader.services.learner_key import LONGEST_REFERENCE, usable_reference


def _usable(ref: str) -> str:
    if not usable_reference(ref):
        raise PydanticCustomError("unusable-reference", "A reference has visible characters only, no spaces around it.")
    return ref


Slug = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REFERENCE), AfterValidator(_usable)]
