"""Values of a chosen seed: for whoever tries an exercise out, never for a learner."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from grader.catalog.load import Published
from grader.services.principal import Principal
from grader.services.vary import SEED_BITS, OwnValues, values_of_seed
from grader.web.api.reading import Numeral
from grader.web.api.text import decimal
from grader.web.problem import ProblemError

LARGEST = 2**SEED_BITS - 1


def _whole(value: object) -> object:
    """A JSON number that is whole, however it is written; what is out of bounds is left to the bounds."""
    if not isinstance(value, Numeral):
        return value
    number = Decimal(value.text)
    if not number.is_finite() or number != number.to_integral_value():
        raise PydanticCustomError("int-parsing", "This is not a whole number.")
    return int(max(Decimal(-1), min(number, Decimal(LARGEST + 1))))


WORDS = "Take the given values of this seed instead of the learner's own; not for a student's own token."
Bounds = Field(ge=0, le=LARGEST)
SeedSent = Annotated[int, Bounds, BeforeValidator(_whole)]
SeedAsked = Annotated[int, Bounds, BeforeValidator(decimal)]


def chosen(caller: Principal, published: Published, seed: int) -> OwnValues | None:
    """Give the values of a seed; None where nothing is drawn.

    Raises:
        ProblemError: 403 for a student's own token: a learner answers what was drawn for the learner.
    """
    if caller.learner_ref is not None:
        detail = "A student's own token can't choose a seed: a learner's values are drawn once."
        raise ProblemError("seed-refused", detail)
    return values_of_seed(published, seed)
