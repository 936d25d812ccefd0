"""Numbers as people type them: rounded to significant digits or to decimals, or cut off."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import TypeAlias

Typed: TypeAlias = Callable[[float], str]
"""From a value to what is typed."""


def significant(digits: int) -> Typed:
    """Rounded to so many significant digits; zeros at the end are left out, as a calculator does."""
    return lambda value: f"{value:.{digits}g}"


def decimals(digits: int) -> Typed:
    """Rounded to so many decimals, zeros at the end included."""
    return lambda value: f"{value:.{digits}f}" if abs(value) < 1e15 else f"{value:.{digits}g}"


def cut_off(digits: int) -> Typed:
    """So many significant digits, the rest left out instead of rounded."""

    def typed(value: float) -> str:
        exact = Decimal(repr(value))
        unit = Decimal(1).scaleb(exact.adjusted() - digits + 1)
        return f"{exact.quantize(unit, ROUND_DOWN):g}" if value else "0"

    return typed
