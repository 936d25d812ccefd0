"""Whole numbers in a body or a query, exact whatever their length or exponent."""

import re
from decimal import Decimal, InvalidOperation
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
    number = _decimal(value.text)
    if not number.is_finite() or number != number.to_integral_value():
        raise PydanticCustomError("int-parsing", "This is not a whole number.")
    return int(max(Decimal(-1), min(number, Decimal(LARGEST + 1))))


def whole_text(value: object) -> object:
    """A whole number in a query: plain digits, at most with a minus; without this 1_0, +1 and 1.0 would be read too."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"-?[0-9]+", value):
        raise PydanticCustomError("int-parsing", "This is not a whole number.")
    return whole(Numeral(value))


def _decimal(text: str) -> Decimal:
    """The number exactly; NaN where its exponent is beyond what a Decimal holds."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


AssignmentSent = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(whole)]
AssignmentAsked = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(whole_text)]
