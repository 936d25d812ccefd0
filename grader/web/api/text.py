"""The kinds of text that a request may hold."""

import re
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


def decimal(value: object) -> object:
    """Let through only plain digits; without it 1_0, +1 and 1.0 would be numbers too."""
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise PydanticCustomError("int-parsing", "This is not a whole number.")
    return value
