"""What of an exercise is drawn for each learner."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """Values that a given value may take: decimals from `low` in steps, or a list of choices."""

    low: Decimal = Decimal(0)
    step: Decimal = Decimal(0)
    count: int = 0
    choices: tuple[float, ...] = ()

    def at(self, index: int) -> float:
        """One of them; a step of 0.05 gives 0.15 and not 0.15000000000000002."""
        return self.choices[index] if self.choices else float(self.low + index * self.step)


@dataclass(frozen=True, slots=True)
class Vary:
    """What is drawn for each learner, and what a variant must keep clear of.

    Attributes:
        ranges: per given value.
        margin: no net input of a step or sign lies nearer to 0.
        saturation: no output of a smooth bounded unit lies nearer to its bounds, as a share of their distance.
    """

    ranges: Mapping[str, Range]
    margin: float
    saturation: float
