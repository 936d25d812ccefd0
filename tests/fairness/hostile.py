"""Hostile sheets: anything that can be typed into the fields, from nonsense to near misses."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from grader.engine.mistakes import single_ways
from grader.judging.exercise import Exercise
from tests.fairness.chain import Paper, Texts, worked
from tests.fairness.digits import Typed, cut_off, decimals, significant
from tests.fairness.hand import by_hand
from tests.fairness.procedures import PROCEDURES
from tests.fairness.strategies import old_weight, typed_fields

MOST_MISTAKES = 60
"""Sheets with a mistake that are kept at hand for an exercise."""


@dataclass(frozen=True)
class Spot:
    """One field that is being filled in.

    Attributes:
        exercise: what it belongs to.
        name: of the field.
        texts: what stands in the fields before it.
        mistaken: sheets that plausible mistakes give.
        chance: the source of all choices.
    """

    exercise: Exercise
    name: str
    texts: Texts
    mistaken: Sequence[Texts]
    chance: random.Random

    @property
    def right(self) -> float:
        """The right value; 1 where there is no single one."""
        return float(self.exercise.reference[self.name]) if self.name in self.exercise.asked else 1.0


Source: TypeAlias = Callable[[Spot], str]
"""What is typed into one field; nothing where it stays blank."""


def _constant(text: str) -> Source:
    return lambda _: text


def _digits(spot: Spot) -> Typed:
    return spot.chance.choice((significant, significant, decimals, cut_off))(
        spot.chance.choice((1, 2, 3, 4, 5, 6, 9, 12))
    )


def _neighbour(spot: Spot) -> str:
    return spot.chance.choice(list(spot.texts.values()) or ["1"])


def _plausible(spot: Spot) -> str:
    return spot.chance.choice(spot.mistaken).get(spot.name, "") if spot.mistaken else ""


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "0": _constant("0"),
        "0.000": _constant("0.000"),
        "1": _constant("1"),
        "-1": _constant("-1"),
        "1e-9": _constant("1e-9"),
        "-1e-9": _constant("-1e-9"),
        "1e300": _constant("1e300"),
        "-1e300": _constant("-1e300"),
        "1e-300": _constant("1e-300"),
        "blank": _constant(""),
        "fraction": lambda spot: f"{spot.chance.randint(-9, 9)}/{spot.chance.randint(1, 9)}",
        "anything": lambda spot: _digits(spot)(spot.chance.uniform(-2, 2)),
        "old": lambda spot: f"{old_weight(spot.exercise, spot.name, spot.chance.choice((0.05, 1.0))):.6g}",
        "right": lambda spot: _digits(spot)(spot.right),
        "all digits": lambda spot: repr(spot.right),
        "nearly right": lambda spot: _digits(spot)(spot.right * (1 + spot.chance.gauss(0, 1e-3))),
        "negative": lambda spot: _digits(spot)(-spot.right),
        "neighbour": _neighbour,
        "plausible": _plausible,
    }
)
"""By name, so that a sheet can say what it is made of."""


def hostile_sheets(exercise: Exercise, wanted: int) -> Iterator[Texts]:
    """So many sheets, each from one to five sources, mostly with right or plausible values among them."""
    mistaken = plausible_sheets(exercise)
    for number in range(wanted):
        chance = random.Random(f"{exercise.slug}, hostile sheet {number}")  # noqa: S311 - no secret
        names = chance.sample(list(SOURCES), chance.randint(1, 4))
        if chance.random() < 0.6:
            names += [chance.choice(("right", "plausible", "blank"))] * chance.randint(1, 6)
        kept = chance.sample(mistaken, min(len(mistaken), chance.randint(1, 3)))
        texts: Texts = {}
        for name in typed_fields(exercise):
            texts[name] = SOURCES[chance.choice(names)](Spot(exercise, name, texts, kept, chance))
        yield texts


def plausible_sheets(exercise: Exercise) -> list[Texts]:
    """What mistakes give, by the engine's table and by procedures of our own, with several digits."""
    if not exercise.asked:
        return []
    chance = random.Random(f"{exercise.slug}, plausible")  # noqa: S311 - no secret
    found = [
        worked(exercise, way.graph, Paper(exercise, significant(chance.choice((4, 6, 9)))))
        for way in single_ways(exercise.network, exercise.graph)
    ]
    if not exercise.epoch:
        found += [
            by_hand(exercise, Paper(exercise, significant(chance.choice((4, 6, 9)))), procedure)
            for procedure in PROCEDURES.values()
        ]
    chance.shuffle(found)
    return found[:MOST_MISTAKES]
