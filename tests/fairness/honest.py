"""Honest sheets: worked through by hand with a slip or two, or by a wrong procedure, always going on from own values."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.judging.exercise import Exercise
from tests.fairness.chain import Paper, Slip, Texts, worked
from tests.fairness.digits import Typed, decimals, significant
from tests.fairness.hand import by_hand
from tests.fairness.procedures import PROCEDURES

DIGITS = (4, 5, 6, 9, 12)
ROUNDINGS: Mapping[str, Typed] = MappingProxyType(
    {f"{digits} digits": significant(digits) for digits in DIGITS}
    | {f"{digits} decimals": decimals(digits) for digits in DIGITS}
)
MOST_SLIPS = 3


@dataclass(frozen=True)
class HonestSheet:
    """One sheet.

    Attributes:
        key: the same for the same sheet in every run.
        kind: what happened in it.
        texts: what was typed.
        whole: what was written on paper, of which `texts` may be a part.
    """

    key: str
    kind: str
    texts: Texts
    whole: Texts


def digits_swapped(value: float, chance: random.Random) -> float:
    """Two neighbouring digits in each other's place: 0.3775 becomes 0.7375."""
    mantissa, _, exponent = f"{value:.8e}".partition("e")
    digits = list(mantissa.lstrip("-").replace(".", ""))
    places = [k for k in range(4) if digits[k] != digits[k + 1]] or [0]
    k = chance.choice(places)
    digits[k], digits[k + 1] = digits[k + 1], digits[k]
    found = float(f"{digits[0]}.{''.join(digits[1:])}e{exponent}")
    return -found if value < 0 else found


def sign_lost(value: float, _: random.Random) -> float:
    """The other sign."""
    return -value


def factor_of_ten(value: float, chance: random.Random) -> float:
    """The decimal point one place off."""
    return value * chance.choice((0.1, 10.0))


def badly_computed(value: float, chance: random.Random) -> float:
    """Off by 5 to 30 percent."""
    return value * (1.0 + chance.choice((-1, 1)) * chance.uniform(0.05, 0.3))


SLIPS = MappingProxyType(
    {
        "digits swapped": digits_swapped,
        "sign lost": sign_lost,
        "factor of ten": factor_of_ten,
        "badly computed": badly_computed,
    }
)


def honest_sheets(exercise: Exercise) -> Iterator[HonestSheet]:
    """All kinds of an exercise that asks for computed quantities; none where it asks for anything else."""
    if exercise.asked:
        yield from slipped(exercise)
        yield from carried(exercise)


def slipped(exercise: Exercise) -> Iterator[HonestSheet]:
    """Right but for one to three slips; everything later is computed on from them."""
    for count in range(1, MOST_SLIPS + 1):
        for sort in SLIPS:
            for rounding, typed in ROUNDINGS.items():
                key = f"{exercise.slug}/{count} x {sort}/{rounding}"
                chance = random.Random(key)  # noqa: S311 - slips by chance, no secrets
                names = chance.sample(exercise.computed_order, min(count, len(exercise.computed_order)))
                slips = {name: _slip(sort, chance) for name in names}
                texts = worked(exercise, exercise.graph, Paper(exercise, typed, slips))
                yield from _whole_and_half(HonestSheet(key, f"{count} x {sort}", texts, texts))


def carried(exercise: Exercise) -> Iterator[HonestSheet]:
    """One wrong procedure, in one layer or in all; only where it changes what is typed."""
    if exercise.epoch:
        return
    for rounding, typed in ROUNDINGS.items():
        seen = [by_hand(exercise, Paper(exercise, typed))]
        for name, procedure in PROCEDURES.items():
            key = f"{exercise.slug}/{name}/{rounding}"
            layer = random.Random(key).randrange(len(exercise.network.layers))  # noqa: S311 - no secret
            for scope, only in {"everywhere": None, "one layer": layer}.items():
                texts = by_hand(exercise, Paper(exercise, typed), procedure, only)
                if texts not in seen:
                    seen.append(texts)
                    yield from _whole_and_half(HonestSheet(f"{key}/{scope}", f"{name}, {scope}", texts, texts))


def _slip(sort: str, chance: random.Random) -> Slip:
    return lambda value: SLIPS[sort](value, chance)


def _whole_and_half(sheet: HonestSheet) -> Iterator[HonestSheet]:
    """The sheet, and the same with half of it blank."""
    yield sheet
    key = f"{sheet.key}/half blank"
    chance = random.Random(key)  # noqa: S311 - no secret
    kept = set(chance.sample(list(sheet.texts), (len(sheet.texts) + 1) // 2))
    texts = {name: text for name, text in sheet.texts.items() if name in kept}
    yield HonestSheet(key, f"{sheet.kind}, half blank", texts, sheet.whole)
