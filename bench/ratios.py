"""Ratios with their bounds: judged, printed, and written to var/bench.json."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "var" / "bench.json"
NOT_BUILT = "not built yet"
_WHOLE = 100


class Bound(StrEnum):
    """On which side of its limit a ratio must be."""

    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure and what it must be.

    Attributes:
        name: unique in a run.
        ratio: the figure; None if what it measures does not exist yet, which fails.
        must: the limit, which itself is allowed.
        bound: whether the figure must be at least or at most that.
        unit: x for a ratio of two measurements.
    """

    name: str
    ratio: float | None
    must: float
    bound: Bound
    unit: str = "x"

    @property
    def is_met(self) -> bool:
        """Whether the figure is on the right side of its limit; one that is not a number is on none."""
        if self.ratio is None:
            return False
        return self.ratio >= self.must if self.bound is Bound.LEAST else self.ratio <= self.must


def least(name: str, ratio: float | None, must: float, unit: str = "x") -> Ratio:
    """Return a ratio that must not be smaller than its limit."""
    return Ratio(name, ratio, must, Bound.LEAST, unit)


def most(name: str, ratio: float | None, must: float, unit: str = "x") -> Ratio:
    """Return a ratio that must not be larger than its limit."""
    return Ratio(name, ratio, must, Bound.MOST, unit)


def table(ratios: Sequence[Ratio]) -> str:
    """Return a line for each ratio, with its limit and whether it is met."""
    width = max((len(one.name) for one in ratios), default=0)
    return "\n".join(f"{one.name:<{width}}  {_figures(one)}" for one in ratios)


def _figures(one: Ratio) -> str:
    found = NOT_BUILT if one.ratio is None else f"{short(one.ratio)} {one.unit}"
    return f"{found:>13}  at {one.bound} {short(one.must)} {one.unit}  {'ok' if one.is_met else 'FAILED'}"


def short(figure: float) -> str:
    """Return a figure with as many digits as are worth reading."""
    return f"{figure:,.0f}" if abs(figure) >= _WHOLE else f"{figure:.3g}"


def conclude(ratios: Sequence[Ratio], path: Path = FILE) -> int:
    """Print all ratios, write them, and return the command's exit code: 1 if any of them fails."""
    print(f"\n{table(ratios)}", flush=True)
    write(ratios, path)
    return int(not all(one.is_met for one in ratios))


def write(ratios: Iterable[Ratio], path: Path = FILE) -> None:
    """Write all ratios as JSON, by name.

    Raises:
        ValueError: two have the same name, or one is not a finite number.
    """
    rows: dict[str, dict[str, float | str | None]] = {}
    for one in ratios:
        if one.name in rows:
            raise ValueError(f"two ratios are called {one.name!r}")
        rows[one.name] = {"ratio": one.ratio, "must": one.must, "bound": one.bound.value, "unit": one.unit}
    text = json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
