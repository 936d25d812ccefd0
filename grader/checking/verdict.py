"""What can be said of one field."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """One word per field; unreadable is no verdict but refused at the gate."""

    CORRECT = "correct"
    FOLLOWS = "follows"
    IMPRECISE = "imprecise"
    MISTAKEN = "mistaken"
    WRONG = "wrong"
    MISSING = "missing"


DEFAULT_CREDIT: Mapping[Verdict, float] = MappingProxyType(
    {
        Verdict.CORRECT: 1.0,
        Verdict.FOLLOWS: 1.0,
        Verdict.IMPRECISE: 0.5,
        Verdict.MISTAKEN: 0.0,
        Verdict.WRONG: 0.0,
        Verdict.MISSING: 0.0,
    }
)
"""Share of a field's points that a verdict earns, unless the exercise says otherwise."""


LETTERS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.CORRECT: "c",
        Verdict.FOLLOWS: "f",
        Verdict.IMPRECISE: "i",
        Verdict.MISTAKEN: "m",
        Verdict.WRONG: "w",
        Verdict.MISSING: "-",
    }
)
"""A letter for each, for those who count verdicts by the ten thousand."""
