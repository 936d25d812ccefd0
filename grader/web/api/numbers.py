"""Whole numbers in a body."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from grader.web.api.reading import Numeral

LARGEST = 2**63 - 1
"""What PostgreSQL's bigint holds."""


def whole(value: object) -> object:
    """A JSON number that is whole, however it is written; what is out of bounds is left to the bounds."""
    if not isinstance(value, Numeral):
        return value
    number = Decimal(value.text)
    if not number.is_finite() or number != number.to_integral_value():
        raise PydanticCustomError("int-parsing", "This is not a whole number.")
    return int(max(Decimal(-1), min(number, Decimal(LARGEST + 1))))


AssignmentSent = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(whole)]
