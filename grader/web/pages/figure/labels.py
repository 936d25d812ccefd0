"""Labels on the lines between nodes: none on another, none on a node, few on other lines."""

from collections.abc import Sequence

from grader.web.pages.figure.geometry import Box, Line

SHARES = tuple(0.14 + 0.03 * k for k in range(25))
"""Where along its line a label may stand: 0.14 … 0.86."""

LINE, MIDDLE = 1.0, 0.6
"""What it costs that another line runs through a label, and that the label is away from the middle."""

SWEEPS = 4
CLEAR = 2.0
"""Room around a label that stays free."""


def place_labels(lines: Sequence[Line], width: float, height: float, taken: Sequence[Box]) -> tuple[Box, ...] | None:
    """A place for one label on each line; None where that can't be done without one covering another.

    Args:
        lines: in any order.
        width: of every label.
        height: of every label.
        taken: nodes and what else must stay free.
    """
    offers = [_offers(line, lines, (width, height), taken) for line in lines]
    chosen: list[Box | None] = [None] * len(lines)
    # Those with the fewest places choose first; then all choose again, knowing the others.
    order = sorted(range(len(lines)), key=lambda k: len(offers[k]))
    for _ in range(SWEEPS):
        for k in order:
            others = [box for j, box in enumerate(chosen) if j != k and box is not None]
            chosen[k] = next((box for box in offers[k] if not any(map(box.meets, others))), None)
    found = tuple(box for box in chosen if box is not None)
    return found if len(found) == len(lines) else None


def _offers(line: Line, lines: Sequence[Line], size: tuple[float, float], taken: Sequence[Box]) -> list[Box]:
    """The places that a label may have on its line, the best first."""
    offers: list[tuple[float, Box]] = []
    for share in SHARES:
        box = Box(*line.at(share), size[0] + CLEAR, size[1] + CLEAR)
        if not any(map(box.meets, taken)):
            through = sum(other.crosses(box) for other in lines if other is not line)
            offers.append((LINE * through + MIDDLE * abs(share - 1 / 2), box))
    return [box for _, box in sorted(offers, key=lambda offer: offer[0])]
