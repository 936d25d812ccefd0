"""Right sheets: the reference rounded or cut off, and chains that are rounded at each step."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from grader.judging.exercise import Exercise
from tests.fairness.chain import Paper, Texts, worked
from tests.fairness.digits import Typed, cut_off, decimals, significant
from tests.fairness.honest import DIGITS


def right_sheets(exercise: Exercise) -> Iterator[tuple[str, int, Texts]]:
    """How it was written, with how many digits, and what is typed."""
    for digits in DIGITS if exercise.asked else ():
        yield "rounded", digits, from_reference(exercise, significant(digits))
        yield "cut off", digits, from_reference(exercise, cut_off(digits))
        yield "decimals", digits, from_reference(exercise, decimals(digits))
        yield "chain", digits, worked(exercise, exercise.graph, Paper(exercise, significant(digits)))
        yield "chain of decimals", digits, worked(exercise, exercise.graph, Paper(exercise, decimals(digits)))


def from_reference(exercise: Exercise, typed: Typed) -> Texts:
    """Every computed field as the reference has it."""
    return {name: typed(float(exercise.reference[name])) for name in exercise.asked}


FORMS: Mapping[str, str] = MappingProxyType(
    {
        "rounded": "the reference, significant digits",
        "cut off": "the reference, cut off after so many digits",
        "decimals": "the reference, so many decimals",
        "chain": "significant digits, going on from what was written",
        "chain of decimals": "decimals, going on from what was written",
    }
)
"""What each way of writing means."""
