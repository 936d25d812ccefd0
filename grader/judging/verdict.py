"""Verdicts on a field."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """The verdict on one field; unreadable answers get none, because they are rejected on submission.

    `undecided`: the typed digits fit both the correct value and a mistake's.
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
"""Default share of a field's points for each verdict."""


def with_undecided(
    credit: Mapping[Verdict, float], usual: Mapping[Verdict, float] = DEFAULT_CREDIT
) -> dict[Verdict, float]:
    """Return the credit of every verdict.

    Args:
        credit: given shares; one for imprecise alone also applies to undecided.
        usual: the defaults.
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
"""A letter for each verdict, for counting tens of thousands of them."""
