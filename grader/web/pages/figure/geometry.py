"""Boxes and lines: all that placing labels needs of geometry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle around a middle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.x - self.width / 2

    @property
    def top(self) -> float:
        """Where it begins, from above."""
        return self.y - self.height / 2

    def meets(self, other: "Box") -> bool:
        """Whether the two have more than an edge in common."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line between two points."""

    x1: float
    y1: float
    x2: float
    y2: float

    def at(self, share: float) -> tuple[float, float]:
        """The point that lies this share of the way from its beginning to its end."""
        return self.x1 + share * (self.x2 - self.x1), self.y1 + share * (self.y2 - self.y1)

    def crosses(self, box: Box) -> bool:
        """Whether it runs through a box (Liang and Barsky's clipping)."""
        first, last = 0.0, 1.0
        spans = (
            (self.x1, self.x2 - self.x1, box.left, box.left + box.width),
            (self.y1, self.y2 - self.y1, box.top, box.top + box.height),
        )
        for start, run, low, high in spans:
            if run == 0:
                if not low < start < high:
                    return False
                continue
            enter, leave = sorted(((low - start) / run, (high - start) / run))
            first, last = max(first, enter), min(last, leave)
        return first < last
