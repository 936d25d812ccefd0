"""The form of an exercise: its fields, as a table where possible, their errors, and where it is sent.

It is independent of the current person, so that a preview can show it too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from uuid import uuid4

from flask import request, url_for
from flask_babel import lazy_gettext

from grader.catalog.load import LoadedExercise
from grader.engine.notation import Kind, Quantity, symbol
from grader.judging.answers import Entry
from grader.judging.errors import AnswerProblem
from grader.judging.exercise import Exercise, Field, FieldKind, Part
from grader.services.accounts.authentication import SignedIn
from grader.web.i18n import LANGUAGES, reading_language
from grader.web.pages.figure.drawing import Figure, figure_of
from grader.web.pages.formatting import label_of, titled
from grader.web.upload import Upload
from grader.weightfiles.limits import MOST_BYTES

NONCE = "_form"
"""The only name in the form that is not a field; fields never begin with an underscore."""


NO_UPLOADS: Mapping[str, Upload] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FormField:
    """One field; `variables` are the names that a formula may use, empty for a number."""

    name: str
    label: str
    text: str
    problem: str | None
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """The fields of one part, and the file field that may replace them."""

    id: str
    title: str
    points: float
    inputs: tuple[FormField, ...]
    upload: FormField | None = None


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One line of the error summary; `label` is None if it concerns no field."""

    field: str
    label: str | None
    detail: str


def entries_of(form: Mapping[str, str]) -> dict[str, Entry]:
    """Return the typed text by field; blank fields are left out as unanswered."""
    return {name: Entry(text) for name, text in form.items() if name != NONCE and text.strip()}


def client_ref(
    user_id: int, slug: str, form: Mapping[str, str], uploads: Mapping[str, Upload] = NO_UPLOADS
) -> str | None:
    """Return a name for this submission of the form, so that a second click finds the first one's submission.

    The name includes the typed answers: a form from the browser's history has the same nonce, but with changes it is a
    new submission. Without a nonce (from a program), each request counts.
    """
    nonce = form.get(NONCE)
    if not nonce:
        return None
    typed = sorted((name, text) for name, text in form.items() if name != NONCE)
    typed += sorted((name, upload.sha256) for name, upload in uploads.items())
    return "form:" + sha256(repr((user_id, slug, nonce, typed)).encode()).hexdigest()


def field_groups(
    exercise: Exercise, typed: Mapping[str, Entry], problems: Iterable[AnswerProblem] = ()
) -> tuple[FieldGroup, ...]:
    """Return the fields with their typed text."""
    details = {problem.field: _detail_of(problem) for problem in problems}
    return tuple(
        FieldGroup(
            part.id, titled(part), part.points, tuple(_form_fields(part, typed, details)), _upload_field(part, details)
        )
        for part in exercise.parts
    )


def form_problems(exercise: Exercise, problems: Iterable[AnswerProblem]) -> tuple[FormProblem, ...]:
    """Return the summary above the form."""
    labels = {field.name: label_of(field) for field in exercise.fields}
    return tuple(FormProblem(problem.field, labels.get(problem.field), _detail_of(problem)) for problem in problems)


def _detail_of(problem: AnswerProblem) -> str:
    return problem.in_language(reading_language()).detail


def _form_fields(part: Part, typed: Mapping[str, Entry], details: Mapping[str, str]) -> Iterator[FormField]:
    return (_form_field(field, typed, details) for field in part.fields if field.name != part.upload)


def _upload_field(part: Part, details: Mapping[str, str]) -> FormField | None:
    """Return the file field; a browser never fills it in again."""
    return FormField(part.upload, part.upload, "", details.get(part.upload), ()) if part.upload else None


def _form_field(field: Field, typed: Mapping[str, Entry], details: Mapping[str, str]) -> FormField:
    entry = typed.get(field.name)
    return FormField(
        field.name, label_of(field), "" if entry is None else entry.text, details.get(field.name), field.variables
    )


QUANTITY_WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.NET: lazy_gettext("Net input"),
        Kind.ACTIVATION: lazy_gettext("Output"),
        Kind.ERROR: lazy_gettext("Error"),
        Kind.ERROR_SLOPE: lazy_gettext("Slope of the error"),
        Kind.SLOPE: lazy_gettext("Slope"),
        Kind.DELTA: lazy_gettext("Delta"),
    }
)
"""Headings of columns if rows are nodes."""

LEAST_ROWS = 2
"""The least numbers of rows and columns for a table."""


@dataclass(frozen=True, slots=True)
class GridHeading:
    """A heading of a column or row: a word or LaTeX; `points` if the part consists of exactly this."""

    word: str | None = None
    label: str | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class GridLine:
    """One row; `given` are the values of the data row, or of the node's inputs."""

    heading: GridHeading
    given: tuple[float, ...]
    cells: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class GridBlock:
    """Rows of one part, with its title; without a title if parts are rows or columns."""

    title: str | None
    points: float | None
    lines: tuple[GridLine, ...]


@dataclass(frozen=True, slots=True)
class AnswerGrid:
    """The whole form as a table.

    Attributes:
        given: LaTeX of the given values of each row.
        columns: above the cells.
        blocks: the rows.
    """

    given: tuple[str, ...]
    columns: tuple[GridHeading, ...]
    blocks: tuple[GridBlock, ...]


@dataclass(frozen=True, slots=True)
class _GridCell:
    row: str
    column: str


def answer_grid_of(exercise: Exercise, groups: Sequence[FieldGroup]) -> AnswerGrid | None:
    """Return the form as a table if it has a number for every row and column; else None."""
    cells = _cells(exercise)
    rows, columns = _in_order(cell.row for cell in cells.values()), _in_order(cell.column for cell in cells.values())
    whole = len(set(cells.values())) == len(cells) == len(exercise.fields) == len(rows) * len(columns)
    if not whole or min(len(rows), len(columns)) < LEAST_ROWS or exercise.uploads:
        return None
    inputs = {cells[entry.name]: entry for group in groups for entry in group.inputs}
    lines = {
        row: GridLine(
            _row_heading(exercise, row), _given(exercise, row), tuple(inputs[_GridCell(row, c)] for c in columns)
        )
        for row in rows
    }
    heads = {column: _column_heading(exercise, cells, column) for column in columns}
    return _by_parts(exercise, groups, cells, lines, heads)


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _cells(exercise: Exercise) -> dict[str, _GridCell]:
    """Return the place of each numeric field, at a node or in a row of an epoch."""
    numbers = {field.name for field in exercise.fields if field.kind is FieldKind.NUMBER}
    asked = [quantity for quantity in exercise.graph if quantity.name in numbers and quantity.name in exercise.asked]
    if exercise.epoch:
        return _in_rows(exercise)
    return {q.name: _GridCell(q.at, q.kind) for q in asked if q.kind in QUANTITY_WORDS and not q.after_step}


def _in_rows(exercise: Exercise) -> dict[str, _GridCell]:
    """Assign places in an epoch, which computes the same once per row, by counting occurrences."""
    count: dict[str, int] = {}
    found: dict[str, _GridCell] = {}
    for quantity in exercise.graph.computed:
        column = quantity.at if quantity.kind is Kind.UPDATE else str(quantity.kind)
        count[column] = count.get(column, 0) + 1
        if quantity.name in exercise.asked:
            found[quantity.name] = _GridCell(str(count[column]), column)
    return found


def _row_heading(exercise: Exercise, row: str) -> GridHeading:
    return GridHeading(label=None if exercise.epoch else symbol(row), word=row if exercise.epoch else None)


def _column_heading(exercise: Exercise, cells: Mapping[str, _GridCell], column: str) -> GridHeading:
    quantity: Quantity = next(exercise.graph[name] for name, cell in cells.items() if cell.column == column)
    return (
        GridHeading(label=symbol(quantity.at))
        if quantity.kind is Kind.UPDATE
        else GridHeading(word=QUANTITY_WORDS[quantity.kind])
    )


def _given(exercise: Exercise, row: str) -> tuple[float, ...]:
    if not exercise.epoch:
        return ()
    inputs, target = exercise.epoch[int(row) - 1]
    return (*inputs.values(), target)


def _given_labels(exercise: Exercise) -> tuple[str, ...]:
    return (*(symbol(name) for name in exercise.network.inputs), symbol("t")) if exercise.epoch else ()


def _by_parts(
    exercise: Exercise,
    groups: Sequence[FieldGroup],
    cells: Mapping[str, _GridCell],
    lines: dict[str, GridLine],
    columns: dict[str, GridHeading],
) -> AnswerGrid | None:
    """Place titles and points of the parts: before rows, above columns, or over several rows."""
    rows_of = {group.id: _in_order(cells[entry.name].row for entry in group.inputs) for group in groups}
    columns_of = {group.id: _in_order(cells[entry.name].column for entry in group.inputs) for group in groups}
    given, heads = _given_labels(exercise), tuple(columns.values())
    if all(len(rows) == 1 for rows in rows_of.values()):
        titled = tuple(
            replace(lines[rows_of[group.id][0]], heading=GridHeading(word=group.title, points=group.points))
            for group in groups
        )
        return AnswerGrid(given, heads, (GridBlock(None, None, titled),)) if len(titled) == len(lines) else None
    if all(len(found) == 1 for found in columns_of.values()) and len(groups) == len(columns):
        titles = {columns_of[group.id][0]: GridHeading(word=group.title, points=group.points) for group in groups}
        return AnswerGrid(
            given, tuple(titles[column] for column in columns), (GridBlock(None, None, tuple(lines.values())),)
        )
    if sum(map(len, rows_of.values())) != len(lines):
        return None
    blocks = tuple(
        GridBlock(group.title, group.points, tuple(lines[row] for row in rows_of[group.id])) for group in groups
    )
    return AnswerGrid(given, heads, blocks)


@dataclass(frozen=True, slots=True)
class StatementLanguage:
    """The statement's language, and its other languages: tag and name."""

    language: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """Everything on the page except where it is sent.

    Attributes:
        published: with the values of the person who answers.
        figure: its network.
        groups: the fields by part, with the typed text.
        grid: the same as a table, if possible.
        problems: what could not be read.
        reading: the language of the statement.
        redrawn_at: when the values were redrawn, if they were.
    """

    published: LoadedExercise
    figure: Figure
    groups: tuple[FieldGroup, ...]
    grid: AnswerGrid | None
    problems: tuple[FormProblem, ...]
    reading: StatementLanguage
    redrawn_at: datetime | None = None

    @property
    def kinds(self) -> frozenset[FieldKind]:
        """The kinds of fields."""
        return frozenset(field.kind for field in self.published.exercise.fields)


def answer_sheet_of(
    published: LoadedExercise,
    reading: StatementLanguage,
    typed: Mapping[str, Entry],
    problems: Iterable[AnswerProblem] = (),
    *,
    redrawn_at: datetime | None = None,
) -> AnswerSheet:
    """Lay out an exercise.

    Args:
        published: with the values of the person who answers.
        reading: the language of the statement.
        typed: the content of the fields.
        problems: what could not be read.
        redrawn_at: when the values were redrawn, if they were.
    """
    problems = tuple(problems)
    groups = field_groups(published.exercise, typed, problems)
    return AnswerSheet(
        published=published,
        figure=figure_of(published.exercise),
        groups=groups,
        grid=answer_grid_of(published.exercise, groups),
        problems=form_problems(published.exercise, problems),
        reading=reading,
        redrawn_at=redrawn_at,
    )


def statement_language_of(published: LoadedExercise, wanted: str) -> StatementLanguage:
    """Return the statement's language: the wanted one if it exists, else English; and the other languages."""
    spoken = published.spoken(wanted)
    others = ((tag, LANGUAGES[tag].name) for tag in published.statements if tag in LANGUAGES and tag != spoken)
    return StatementLanguage(spoken, tuple(others))


Texts = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the page's form and scripts need to send answers without losing any.

    Attributes:
        action: the URL of the form.
        draft: the URL of the draft.
        key: the key in the browser's storage, for when the server cannot be reached.
        sign_in: the URL for signing in and coming back.
        word: the label of the button.
        saved_at: when the draft in the fields was saved; None without one.
        nonce: of this form, so that it is submitted once.
        most_bytes: of a file.
    """

    action: str
    draft: str
    key: str
    sign_in: str
    word: str
    saved_at: datetime | None
    nonce: str
    most_bytes: int = MOST_BYTES


def delivery_of(
    who: SignedIn, place: str, addresses: tuple[str, str], word: str, saved_at: datetime | None
) -> Delivery:
    """Return where this person's answers are sent.

    Args:
        who: the person.
        place: the name under which the draft is stored.
        addresses: of the form, and of the draft.
        word: the label of the button.
        saved_at: when the draft in the fields was saved.
    """
    action, draft = addresses
    return Delivery(
        action=action,
        draft=draft,
        key=f"draft:{who.id}:{place}",
        sign_in=url_for("pages.sign_in", next=request.path),
        word=word,
        saved_at=saved_at,
        nonce=uuid4().hex,
    )
