"""Values of a chosen seed: for whoever tries an exercise out, never for a learner."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from grader.catalog.load import Published
from grader.services.principal import Principal
from grader.services.vary import SEED_BITS, OwnValues, values_of_seed
from grader.web.api.numbers import whole, whole_text
from grader.web.problem import ProblemError

LARGEST = 2**SEED_BITS - 1
WORDS = "Take the given values of this seed instead of the learner's own; not for a student's own token."
Bounds = Field(ge=0, le=LARGEST)
SeedSent = Annotated[int, Bounds, BeforeValidator(whole)]
SeedAsked = Annotated[int, Bounds, BeforeValidator(whole_text)]


def chosen(caller: Principal, published: Published, seed: int) -> OwnValues | None:
    """Give the values of a seed; None where nothing is drawn.

    Raises:
        ProblemError: 403 for a student's own token: a learner answers what was drawn for the learner.
    """
    if caller.learner_ref is not None:
        detail = "A student's own token can't choose a seed: a learner's values are drawn once."
        raise ProblemError("seed-refused", detail)
    return values_of_seed(published, seed)
