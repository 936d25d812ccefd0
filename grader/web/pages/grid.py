"""Exercises that are tables: rows of the data or nodes, columns of quantities, a field in every cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from flask_babel import lazy_gettext as _

from grader.checking.exercise import Exercise, FieldKind
from grader.engine.notation import symbol
from grader.engine.quantities import Kind, Quantity
from grader.web.pages.form import Group, Input

WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.NET: _("Net input"),
        Kind.ACTIVATION: _("Output"),
        Kind.ERROR: _("Error"),
        Kind.ERROR_SLOPE: _("Slope of the error"),
        Kind.SLOPE: _("Slope"),
        Kind.DELTA: _("Delta"),
    }
)
"""What the columns are called where rows are nodes."""

LEAST = 2
"""Rows and columns of what is worth a table."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column or before a row: a word or LaTeX; `points` where the part is just this."""

    word: str | None = None
    label: str | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row; `given` are the values of the data's row, or of the node's inputs."""

    heading: Heading
    given: tuple[float, ...]
    cells: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one part, with its title; without where parts are rows or columns."""

    title: str | None
    points: float | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole form as a table.

    Attributes:
        given: LaTeX of what each row is given.
        columns: above the cells.
        blocks: the rows.
    """

    given: tuple[str, ...]
    columns: tuple[Heading, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    row: str
    column: str


def grid_of(exercise: Exercise, groups: Sequence[Group]) -> Grid | None:
    """The form as a table, where its fields are one: a number for every row and column; else None."""
    cells = _cells(exercise)
    rows, columns = _in_order(cell.row for cell in cells.values()), _in_order(cell.column for cell in cells.values())
    whole = len(set(cells.values())) == len(cells) == len(exercise.fields) == len(rows) * len(columns)
    if not whole or min(len(rows), len(columns)) < LEAST or exercise.uploads:
        return None
    inputs = {cells[entry.name]: entry for group in groups for entry in group.inputs}
    lines = {
        row: Line(_row_heading(exercise, row), _given(exercise, row), tuple(inputs[_Cell(row, c)] for c in columns))
        for row in rows
    }
    heads = {column: _column_heading(exercise, cells, column) for column in columns}
    return _by_parts(exercise, groups, cells, lines, heads)


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _cells(exercise: Exercise) -> dict[str, _Cell]:
    """The place of each field that is a number of the graph, at a node or in a row of an epoch."""
    numbers = {field.name for field in exercise.fields if field.kind is FieldKind.NUMBER}
    asked = [quantity for quantity in exercise.graph if quantity.name in numbers and quantity.name in exercise.asked]
    if exercise.epoch:
        return _in_rows(exercise)
    return {q.name: _Cell(q.at, q.kind) for q in asked if q.kind in WORDS and not q.after_step}


def _in_rows(exercise: Exercise) -> dict[str, _Cell]:
    """An epoch computes the same once a row: which row it is, is how often it has come before."""
    count: dict[str, int] = {}
    found: dict[str, _Cell] = {}
    for quantity in exercise.graph.computed:
        column = quantity.at if quantity.kind is Kind.UPDATE else str(quantity.kind)
        count[column] = count.get(column, 0) + 1
        if quantity.name in exercise.asked:
            found[quantity.name] = _Cell(str(count[column]), column)
    return found


def _row_heading(exercise: Exercise, row: str) -> Heading:
    return Heading(label=None if exercise.epoch else symbol(row), word=row if exercise.epoch else None)


def _column_heading(exercise: Exercise, cells: Mapping[str, _Cell], column: str) -> Heading:
    quantity: Quantity = next(exercise.graph[name] for name, cell in cells.items() if cell.column == column)
    return Heading(label=symbol(quantity.at)) if quantity.kind is Kind.UPDATE else Heading(word=WORDS[quantity.kind])


def _given(exercise: Exercise, row: str) -> tuple[float, ...]:
    if not exercise.epoch:
        return ()
    inputs, target = exercise.epoch[int(row) - 1]
    return (*inputs.values(), target)


def _given_labels(exercise: Exercise) -> tuple[str, ...]:
    return (*(symbol(name) for name in exercise.network.inputs), symbol("t")) if exercise.epoch else ()


def _by_parts(
    exercise: Exercise,
    groups: Sequence[Group],
    cells: Mapping[str, _Cell],
    lines: dict[str, Line],
    columns: dict[str, Heading],
) -> Grid | None:
    """Put the titles and points of the parts where they belong: before rows, above columns, or over several rows."""
    rows_of = {group.id: _in_order(cells[entry.name].row for entry in group.inputs) for group in groups}
    columns_of = {group.id: _in_order(cells[entry.name].column for entry in group.inputs) for group in groups}
    given, heads = _given_labels(exercise), tuple(columns.values())
    if all(len(rows) == 1 for rows in rows_of.values()):
        titled = tuple(
            replace(lines[rows_of[group.id][0]], heading=Heading(word=group.title, points=group.points))
            for group in groups
        )
        return Grid(given, heads, (Block(None, None, titled),)) if len(titled) == len(lines) else None
    if all(len(found) == 1 for found in columns_of.values()) and len(groups) == len(columns):
        titles = {columns_of[group.id][0]: Heading(word=group.title, points=group.points) for group in groups}
        return Grid(given, tuple(titles[column] for column in columns), (Block(None, None, tuple(lines.values())),))
    if sum(map(len, rows_of.values())) != len(lines):
        return None
    blocks = tuple(Block(group.title, group.points, tuple(lines[row] for row in rows_of[group.id])) for group in groups)
    return Grid(given, heads, blocks)
