"""What can be said of one field."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """One word per field; unreadable is no verdict but refused at the gate.

    `undecided`: the digits typed fit the right value, and what a mistake gives as well.
    """

    CORRECT = "correct"
    FOLLOWS = "follows"
    IMPRECISE = "imprecise"
    UNDECIDED = "undecided"
    MISTAKEN = "mistaken"
    WRONG = "wrong"
    MISSING = "missing"


DEFAULT_CREDIT: Mapping[Verdict, float] = MappingProxyType(
    {
        Verdict.CORRECT: 1.0,
        Verdict.FOLLOWS: 1.0,
        Verdict.IMPRECISE: 0.5,
        Verdict.UNDECIDED: 0.5,
        Verdict.MISTAKEN: 0.0,
        Verdict.WRONG: 0.0,
        Verdict.MISSING: 0.0,
    }
)
"""Share of a field's points that a verdict earns, unless the exercise says otherwise."""


def with_undecided(
    credit: Mapping[Verdict, float], usual: Mapping[Verdict, float] = DEFAULT_CREDIT
) -> dict[Verdict, float]:
    """Return the credit of every verdict.

    Args:
        credit: what is said; where it says something of imprecise alone, it holds for undecided too.
        usual: what holds where nothing is said.
    """
    said = dict(credit)
    if Verdict.IMPRECISE in said:
        said.setdefault(Verdict.UNDECIDED, said[Verdict.IMPRECISE])
    return {**usual, **said}


LETTERS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.CORRECT: "c",
        Verdict.FOLLOWS: "f",
        Verdict.IMPRECISE: "i",
        Verdict.UNDECIDED: "u",
        Verdict.MISTAKEN: "m",
        Verdict.WRONG: "w",
        Verdict.MISSING: "-",
    }
)
"""A letter for each, for those who count verdicts by the ten thousand."""
