"""Draw docs/images/architecture.svg from the import graph: `python -m tools.picture`, run by `make picture`.

Rows are the layers of the import contract in pyproject.toml, boxes are packages with their rooms (subpackages) and modules.
An arrow is an import between two packages that no chain of other arrows implies: the transitive reduction of all imports.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

import grimp

CHECKOUT = Path(__file__).resolve().parents[1]
PICTURE = CHECKOUT / "docs" / "images" / "architecture.svg"

CAPTIONS = {
    "cli": "the command line",
    "worker": "background tasks (Celery)",
    "devserver": "everything on one machine, for make run",
    "web": "pages and REST (Flask)",
    "demo": "an imaginary course",
    "adapters": "other servers: queue, mail, single sign-on",
    "settings": "the only reader of the environment",
    "logs": "JSON lines without personal data",
    "addresses": "URLs of servers and links",
    "services": "use cases; know neither Flask nor Celery",
    "store": "tables and queries",
    "catalog": "exercise folders",
    "analytics": "pure statistics",
    "vocabulary": "roles, states and purposes shared by all layers above",
    "judging": "answers against the graph, pure",
    "engine": "networks as graphs, pure",
    "weightfiles": "readers of weight files, pure",
    "messages": "every sentence of a report under its key, pure",
}

MARGIN, GAP, BETWEEN, TRACK, LANE = 16, 20, 14, 9, 14
"""Pixels: around the picture, between rows, between boxes of a row, between parallel arrows below a row and beside it."""

WIDTH, LEAST_SHARE = 900, 0.28
"""The width of a row in pixels, and the least share of it that a box may have."""

INSIDE, TITLE, LINE, CHARACTER = 12, 26, 24, 6.7
"""Inside a box: the margin, the heights of its title and of a line of names, the width of a character of a name."""

HEAD = 6
"""The length of an arrow's head."""

STYLE = """\
text { font: 11px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #24292f }
.title { font: 600 15px system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
.caption { font: 12px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #57606a }
.ground { fill: #ffffff } .box { fill: #f3f5f8; stroke: #8c959f } .room { fill: #ffffff; stroke: #0969da }
.module { fill: #57606a } .arrow { fill: none; stroke: #57606a; stroke-width: 1.3 } .head { fill: #57606a }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .caption, .module { fill: #9ea7b3 } .ground { fill: #0d1117 } .box { fill: #161b22; stroke: #6e7681 }
.room { fill: #0d1117; stroke: #58a6ff } .arrow { stroke: #9ea7b3 } .head { fill: #9ea7b3 }
}"""

Edge = tuple[str, str]
Name = tuple[str, bool]
"""A name inside a package, and whether it is a room."""


@dataclass(frozen=True, slots=True)
class Box:
    """A package in its row, in pixels from the upper left corner."""

    row: int
    x: float
    y: float
    width: float
    height: float
    sides: frozenset[str]
    """On which sides it has no neighbour."""

    @property
    def right(self) -> float:
        """The x of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Lane:
    """A vertical line beside the rows, which all long arrows to one target share on one side."""

    target: str
    side: str
    first: int
    last: int


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(draw(), encoding="utf-8")


def draw() -> str:
    """Return the picture as SVG; the same code gives the same text."""
    graph = grimp.build_graph("grader", "worker", cache_dir=None)
    rows, edges = _rows(), sorted(_reduced(_imports(graph)))
    names = {name: list(_names(graph, name)) for row in rows for name in row}
    return Drawing(rows, edges, names).text()


def _rows() -> list[list[str]]:
    """Return the layers from the top, each as its packages; the worker, which no package imports, stands in the first."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in contracts["contracts"] if contract["id"] == "layers")
    rows = [[name.strip() for name in layer.split("|")] for layer in layers]
    return [[*rows[0], "worker"], *rows[1:]]


def _path(package: str) -> str:
    return package if package == "worker" else f"grader.{package}"


def _package(module: str) -> str:
    return module.split(".")[1] if module.startswith("grader.") else module.split(".", maxsplit=1)[0]


def _imports(graph: grimp.ImportGraph) -> set[Edge]:
    """Return which package imports which."""
    found = {
        (_package(module), _package(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    return {edge for edge in found if edge[0] != edge[1]}


def _reduced(edges: set[Edge]) -> set[Edge]:
    """Return the edges of an acyclic graph that no longer path implies."""
    after: dict[str, set[str]] = {}
    for source, target in edges:
        after.setdefault(source, set()).add(target)

    def reached(start: str) -> set[str]:
        direct = after.get(start, set())
        return direct.union(*(reached(target) for target in direct))

    return {
        (source, target)
        for source, target in edges
        if all(target not in reached(via) for via in after[source] - {target})
    }


def _names(graph: grimp.ImportGraph, package: str) -> Iterator[Name]:
    """Yield the names inside a package, each with whether it is a room: rooms first, with the rooms inside them."""
    names = sorted(graph.find_children(_path(package))) if graph.find_children(_path(package)) else []
    for name in names:
        if inner := graph.find_children(name):
            yield name.rsplit(".", 1)[1], True
            yield from ((".".join(room.split(".")[-2:]), True) for room in sorted(inner) if graph.find_children(room))
    yield from ((name.rsplit(".", 1)[1], False) for name in names if not graph.find_children(name) and "__" not in name)


@dataclass(frozen=True)
class Drawing:
    """The rows of packages, the arrows between them, and the names inside each package."""

    rows: list[list[str]]
    edges: list[Edge]
    names: dict[str, list[Name]]

    def text(self) -> str:
        """Return the SVG."""
        width = self.left + WIDTH + MARGIN + LANE * (1 + max(self.lanes["right"].values(), default=-1))
        height = max(box.bottom for box in self.boxes.values()) + MARGIN
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
                "<title>Layers of nn-grader from the command line down to the pure core, with arrows for imports</title>",
                f"<style>\n{STYLE}\n</style>",
                f'<rect class="ground" width="{width:g}" height="{height:g}" rx="6"/>',
                *(part for edge in self.edges for part in self._arrow(*edge)),
                *(part for name, box in self.boxes.items() for part in self._box(name, box)),
                "</svg>\n",
            ]
        )

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each package."""
        return {name: row for row, names in enumerate(self.rows) for name in names}

    @cached_property
    def long(self) -> dict[Edge, str]:
        """The arrows that pass a row, each with the side on which it does: one that is open to both ends, if possible."""
        long = [(source, target) for source, target in self.edges if self.row_of[target] > self.row_of[source] + 1]
        sides = {}
        for source, target in long:
            open_to_target = self._sides(target)
            sides[source, target] = max(self._sides(source) & open_to_target or open_to_target)
        return sides

    def _sides(self, name: str) -> frozenset[str]:
        row = self.rows[self.row_of[name]]
        return frozenset(side for side, end in (("left", row[0]), ("right", row[-1])) if end == name)

    @cached_property
    def lanes(self) -> dict[str, dict[str, int]]:
        """The place of each target's lane on each side, counted from the boxes; lanes of disjoint rows share a place."""
        lanes = {
            Lane(target, side, min(self.row_of[source] for source in self._sources(target, side)), self.row_of[target])
            for (_, target), side in self.long.items()
        }
        placed: dict[Lane, int] = {}
        for lane in sorted(lanes, key=lambda lane: (lane.last - lane.first, lane.target)):
            taken = {
                place
                for other, place in placed.items()
                if other.side == lane.side and other.first < lane.last and lane.first < other.last
            }
            placed[lane] = min(set(range(len(lanes))) - taken)
        return {
            side: {lane.target: place for lane, place in placed.items() if lane.side == side}
            for side in ("left", "right")
        }

    def _sources(self, target: str, side: str) -> list[str]:
        return [source for (source, to), chosen in self.long.items() if (to, chosen) == (target, side)]

    @cached_property
    def left(self) -> float:
        """The x of the left edge of all rows."""
        return MARGIN + LANE * (1 + max(self.lanes["left"].values(), default=-1))

    def _lane_x(self, target: str, side: str) -> float:
        offset = LANE * (1 + self.lanes[side][target])
        return self.left - offset if side == "left" else self.left + WIDTH + offset

    @cached_property
    def below(self) -> dict[int, list[Edge]]:
        """Return the arrows that need a track of their own below each row: long ones with no free side at their source."""
        tracks: dict[int, list[Edge]] = {}
        for (source, target), side in self.long.items():
            if side not in self._sides(source):
                tracks.setdefault(self.row_of[source], []).append((source, target))
        return tracks

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """Where each package stands."""
        boxes: dict[str, Box] = {}
        y: float = MARGIN
        for row, names in enumerate(self.rows):
            widths = self._widths(names)
            height = max(INSIDE + TITLE + LINE * len(list(_lines(self.names[name], widths[name]))) for name in names)
            x = self.left
            for name in names:
                boxes[name] = Box(row, x, y, widths[name], height, self._sides(name))
                x += widths[name] + BETWEEN
            y += height + GAP + TRACK * len(self.below.get(row, []))
        return boxes

    def _widths(self, names: Sequence[str]) -> dict[str, float]:
        """Share a row by the length of the names in each package."""
        room = WIDTH - BETWEEN * (len(names) - 1)
        lengths = {name: 1 + sum(len(label) + 3 for label, _ in self.names[name]) for name in names}
        shares = {name: max(LEAST_SHARE, length / sum(lengths.values())) for name, length in lengths.items()}
        return {name: round(room * share / sum(shares.values())) for name, share in shares.items()}

    def _arrow(self, source: str, target: str) -> Iterator[str]:
        """Yield the line of an arrow and its head."""
        start, end = self.boxes[source], self.boxes[target]
        if (side := self.long.get((source, target))) is None:
            x = (max(start.x, end.x) + min(start.right, end.right)) / 2
            yield _line([(x, start.bottom), (x, end.y)], source, target)
            yield f'<path class="head" d="M{x:g} {end.y:g}l-4 -{HEAD}h8z"/>'
            return
        lane, edge, inward = self._lane_x(target, side), *((end.x, 1) if side == "left" else (end.right, -1))
        y = end.y + end.height / 3
        yield _line([*self._way_to_lane(source, target, lane), (lane, y), (edge, y)], source, target)
        yield f'<path class="head" d="M{edge:g} {y:g}l{-HEAD * inward} -4v8z"/>'

    def _way_to_lane(self, source: str, target: str, lane: float) -> list[tuple[float, float]]:
        """Return the points from a box to a lane: straight from its open side, else by a track below its row."""
        box, side = self.boxes[source], self.long[source, target]
        if side in box.sides:
            others = [to for (other, to), chosen in self.long.items() if (other, chosen) == (source, side)]
            y = box.y + box.height * (0.5 + 0.5 * (1 + others.index(target)) / (1 + len(others)))
            return [(box.x if side == "left" else box.right, y), (lane, y)]
        place = self.below[box.row].index((source, target))
        y = box.bottom + GAP / 2 + TRACK * place
        x = box.x + 20 + 12 * place if side == "left" else box.right - 20 - 12 * place
        return [(x, box.bottom), (x, y), (lane, y)]

    def _box(self, name: str, box: Box) -> Iterator[str]:
        """Yield the box of a package: title, caption, rooms in boxes of their own, modules as words."""
        yield f'<rect class="box" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="5"/>'
        x, y = box.x + INSIDE, box.y + 22
        title = f'<tspan class="title">{name}</tspan> <tspan class="caption" dx="4">{escape(CAPTIONS[name])}</tspan>'
        yield f'<text x="{x:g}" y="{y:g}">{title}</text>'
        for number, line in enumerate(_lines(self.names[name], box.width)):
            for offset, (label, is_room) in line:
                left, base = x + offset, y + 24 + LINE * number
                if is_room:
                    width = _width((label, True))
                    yield f'<rect class="room" x="{left:g}" y="{base - 14:g}" width="{width:g}" height="19" rx="3"/>'
                kind, indent = ("", 6) if is_room else (' class="module"', 0)
                yield f'<text{kind} x="{left + indent:g}" y="{base:g}">{escape(label)}</text>'


def _line(points: Sequence[tuple[float, float]], source: str, target: str) -> str:
    """Return a line through points that says on hover what it joins."""
    way = "L".join(f"{x:g} {y:g}" for x, y in points)
    return f'<path class="arrow" d="M{way}"><title>{source} imports {target}</title></path>'


def _width(name: Name) -> float:
    """Return how wide a name is, with the box of a room."""
    label, is_room = name
    return round(len(label) * CHARACTER + (12 if is_room else 0))


def _lines(names: Sequence[Name], width: float) -> Iterator[list[tuple[float, Name]]]:
    """Yield names line by line, each with its distance from the left edge of the lines."""
    line: list[tuple[float, Name]] = []
    x: float = 0
    for name in names:
        if line and x + _width(name) > width - 2 * INSIDE:
            yield line
            line, x = [], 0
        line.append((x, name))
        x += _width(name) + 10
    if line:
        yield line


if __name__ == "__main__":
    main()
