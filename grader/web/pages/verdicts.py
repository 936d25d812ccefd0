"""How a verdict is shown: a word, a shape and a colour, in this order of importance, and everywhere the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.checking.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict as people see it; `style` is the class that colours it."""

    shape: str
    word: str
    style: str


BADGES: Mapping[Verdict, Badge] = MappingProxyType(
    {
        Verdict.CORRECT: Badge("✓", "correct", "correct"),
        Verdict.FOLLOWS: Badge("↳", "follows", "follows"),
        Verdict.IMPRECISE: Badge("≈", "too few digits", "imprecise"),
        Verdict.MISTAKEN: Badge("✗", "known mistake", "wrong"),
        Verdict.WRONG: Badge("✗", "wrong", "wrong"),
        Verdict.MISSING: Badge("\N{EN DASH}", "blank", "missing"),
    }
)
WRONG_FIRST = Badge("✗", "wrong first", "wrong")
