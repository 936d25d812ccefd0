"""An exercise for judging: parts, fields, given values, ranges of variants."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.engine.cut import cut
from grader.engine.ensemble import Ensemble, pair_ensemble, single_ensemble
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.network import Network
from grader.engine.notation import Kind
from grader.judging.tolerance import BORDER, Tolerance, Tolerances, closed
from grader.judging.verdict import Verdict
from grader.judging.weights.task import WeightsTask


@dataclass(frozen=True, slots=True)
class Range:
    """The possible values of a given value: decimals from `low` in steps, or a list of choices."""

    low: Decimal = Decimal(0)
    step: Decimal = Decimal(0)
    count: int = 0
    choices: tuple[float, ...] = ()

    def at(self, index: int) -> float:
        """Return one of them; a step of 0.05 gives 0.15 instead of 0.15000000000000002."""
        return self.choices[index] if self.choices else float(self.low + index * self.step)


@dataclass(frozen=True, slots=True)
class Vary:
    """What is drawn for each learner, and conditions on variants.

    Attributes:
        ranges: for each given value.
        margin: the least distance of any net input of a step or sign from 0.
        saturation: the least distance of any output of a smooth bounded unit from its bounds, as a share of their
            range.
    """

    ranges: Mapping[str, Range]
    margin: float
    saturation: float


@dataclass(frozen=True)
class FormulaTask:
    """Sample points for comparing formulas.

    Attributes:
        points: for each field the values of its variables, shape (POINTS,).
    """

    points: Mapping[str, Mapping[str, Array]]


def computed_at(graph: Graph, name: str, points: Mapping[str, Array], values: Mapping[str, Array]) -> Array:
    """Evaluate a quantity as a function of its variables.

    Args:
        graph: all quantities.
        name: the quantity.
        points: values of the variables, shape (n,).
        values: given values, shape ().

    Returns:
        Shape (n,); never a warning.
    """
    found = cut(graph, name, points).evaluate({**values, **points})[name]
    return np.broadcast_to(found, np.broadcast_shapes(*(np.shape(value) for value in points.values())))


Task: TypeAlias = WeightsTask | FormulaTask
"""How the fields of a part are judged together: one type per kind of part that does not consist of graph quantities."""


class FieldKind(StrEnum):
    """What is to be typed."""

    NUMBER = "number"
    FORMULA = "formula"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        name: ASCII, also the name in forms and JSON; for computed fields the name of the quantity.
        label: LaTeX.
        points: for a correct answer.
        tolerance: of the answer; unused for trained weights and formulas.
        kind: what is to be typed.
        variables: the names that a formula may use.
    """

    name: str
    label: str
    points: float
    tolerance: Tolerance
    kind: FieldKind = FieldKind.NUMBER
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that are asked together.

    Attributes:
        id: unique in the exercise.
        title: the heading above them.
        fields: in order of computation.
        task: how they are judged together, if they are not quantities of the graph.
        upload: name of the file field that may replace all of them, if any; in a part that accepts only a file, its
            only field.
        titles: the title in languages other than English.
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    task: Task | None = None
    upload: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)

    def title_in(self, language: str) -> str:
        """Return the title in a language; in English if there is none."""
        return self.titles.get(language, self.title)

    @property
    def points(self) -> float:
        """The points of the part, rounded like scores, so that full marks equal the maximum."""
        return round(math.fsum(field.points for field in self.fields), 9)


@dataclass(frozen=True, slots=True)
class Given:
    """A value given by the statement."""

    name: str
    label: str
    value: float


@dataclass(frozen=True, eq=False)
class Exercise:
    """Everything that judging needs; derived values are computed once, on first use.

    Attributes:
        slug: name of the folder.
        title: in English.
        parts: in page order.
        givens: in the order of the network.
        network: as declared.
        graph: the quantities of computed fields.
        vary: what is drawn for each learner, if anything.
        epoch: the rows of an epoch computed by hand, if the graph is one.
        credit: share of a field's points for each verdict.
        titles: the title in languages other than English.
    """

    slug: str
    title: str
    parts: tuple[Part, ...]
    givens: tuple[Given, ...]
    network: Network
    graph: Graph
    credit: Mapping[Verdict, float]
    vary: Vary | None = None
    epoch: tuple[tuple[Mapping[str, float], float], ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    def title_in(self, language: str) -> str:
        """Return the title in a language; in English if there is none."""
        return self.titles.get(language, self.title)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All fields in page order."""
        return tuple(field for part in self.parts for field in part.fields)

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def uploads(self) -> tuple[str, ...]:
        """Names of the file fields."""
        return tuple(part.upload for part in self.parts if part.upload)

    @cached_property
    def asked(self) -> Mapping[str, Field]:
        """The computed fields by name, in order of computation."""
        fields = {field.name: field for part in self.parts if part.task is None for field in part.fields}
        return {name: fields[name] for name in self.graph.quantities if name in fields}

    @cached_property
    def computed_order(self) -> tuple[str, ...]:
        """Names of the computed fields, parents before children."""
        return tuple(self.asked)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """Names of the fields that are quantities of the graph, as numbers or formulas, parents before children."""
        formulas = {field.name for field in self.fields if field.kind is FieldKind.FORMULA}
        return tuple(name for name in self.graph.quantities if name in self.asked or name in formulas)

    @cached_property
    def reference(self) -> Mapping[str, Array]:
        """Every quantity for the given values, shape ()."""
        return self.graph.evaluate({given.name: np.asarray(given.value) for given in self.givens})

    @property
    def single_mistakes(self) -> Ensemble:
        """Every possible single mistake."""
        return single_ensemble(self.network, self.graph)

    @property
    def mistake_pairs(self) -> Ensemble:
        """Every possible pair of mistakes."""
        return pair_ensemble(self.network, self.graph)

    def before(self, name: str) -> str | None:
        """Return the weight that an update started from; None for all other quantities."""
        quantity = self.graph[name]
        return quantity.parents[0] if quantity.kind is Kind.UPDATE else None

    def told(self, name: str) -> tuple[str, str]:
        """Return the reference of a computed field and its accepted deviation, formatted for authors."""
        return f"{float(self.reference[name]):.12g}", f"{float(self.width(name)):.3g}"

    def width(self, name: str) -> Array:
        """Return the accepted deviation from the reference of a computed field."""
        weight = self.before(name)
        return self.asked[name].tolerance.width(self.reference[name], self.reference[weight] if weight else 0.0)

    def nearest(self, name: str, entered: tuple[str, ...]) -> tuple[str, ...]:
        """Return the entered quantities from which one follows, directly or through blank quantities."""
        return _nearest(self.graph, name, entered)

    @cached_property
    def references(self) -> Array:
        """The references of the computed fields, shape (fields,)."""
        return np.array([float(self.reference[name]) for name in self.computed_order])

    @cached_property
    def tolerances(self) -> Tolerances:
        """The tolerances of the computed fields, one column each."""
        return Tolerances.of([field.tolerance for field in self.asked.values()])

    @cached_property
    def digits_asked(self) -> Array:
        """Significant digits that a tolerance requires, shape (fields,): four for the default of 2e-4."""
        with np.errstate(all="ignore"):
            share = 2.0 * self.widths / np.abs(self.references)
            digits = np.floor(-np.log10(share)) + 1.0
        return np.where(np.isfinite(digits), np.maximum(digits, 1.0), 1.0)

    @cached_property
    def widths(self) -> Array:
        """The accepted deviations from the references, same shape."""
        return np.array([float(self.width(name)) for name in self.computed_order])

    @cached_property
    def edges(self) -> Array:
        """The same, with the limits themselves included."""
        return closed(self.widths, self.references)

    def exactness(self, typed: Array, half_units: Array, columns: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return where an entry cannot be a rounding of the correct value and is therefore taken literally.

        A repeated old weight is always taken literally, and so is 0.

        Args:
            typed: entries, shape (cells,).
            half_units: of the same.
            columns: the index of each among the computed fields.
        """
        off = np.abs(self.references[columns] - typed)
        return np.asarray((off > BORDER * half_units) | (typed == 0) | self.updates[columns])

    @cached_property
    def updates(self) -> NDArray[np.bool_]:
        """Which of the computed fields are updated weights, shape (fields,)."""
        return np.array([self.before(name) is not None for name in self.computed_order])

    @cached_property
    def max_points(self) -> float:
        """The points of the whole exercise."""
        return round(math.fsum(field.points for field in self.fields), 9)


@lru_cache(maxsize=4096)
def _nearest(graph: Graph, name: str, entered: tuple[str, ...]) -> tuple[str, ...]:
    """Find them; kept because a class leaves the same fields blank."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(reversed(graph[name].parents))
    while waiting:
        parent = waiting.pop()
        if parent in seen:
            continue
        seen.add(parent)
        if parent in entered:
            found[parent] = None
        else:
            waiting.extend(reversed(graph[parent].parents))
    return tuple(found)
