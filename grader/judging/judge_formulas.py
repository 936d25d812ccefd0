"""Judging formulas: compared at sample points in their domain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import sha256

import numpy as np

from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.cut import following, loose_end
from grader.engine.graph import Graph
from grader.engine.mistakes import MistakeRewrite
from grader.engine.names import Array
from grader.engine.network import Network
from grader.engine.notation import Kind, Quantity, label
from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise, Field, FormulaTask, computed_at
from grader.judging.follow_through import Mask
from grader.judging.judge_quantities import FieldResults, describe_mistake
from grader.judging.reading.expression import evaluate, to_latex
from grader.judging.reading.parser import Formula
from grader.judging.report import FieldReport
from grader.judging.sign_convention import ENOUGH_DELTAS, NOTE
from grader.judging.verdict import Verdict
from grader.messages.message import Message, figure

POINTS = 64
"""Two formulas that agree at this many points are considered equal."""

CELLS = 1000
"""Sample values are the centres of this many cells: few digits to show, and never a round number such as 0."""

INSET = 0.05
"""The share of an activation's range left out at both ends: outputs there are saturated."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval."""

    low: float
    high: float


def default_interval(network: Network, quantity: Quantity) -> Interval:
    """Return the default range of a variable: outputs and targets inside their activation's range."""
    if quantity.name == network.learning_rate:
        return Interval(INSET, 1.0 - INSET)
    activation = _activation(network, quantity)
    if activation is None:
        return Interval(-1.0, 1.0)
    row = ACTIVATIONS["logistic" if activation == SOFTMAX else activation]
    low, high = max(row.low, -1.0), min(row.high, 1.0)
    inset = INSET * (high - low)
    return Interval(low + inset, high - inset)


def values_in(interval: Interval, seed: str) -> Array:
    """Return values in an interval, shape (POINTS,): equal for equal seeds, on every machine and with every NumPy."""
    cells = [int.from_bytes(sha256(f"{seed} {k}".encode()).digest()[:8]) % CELLS for k in range(POINTS)]
    return interval.low + (interval.high - interval.low) * (np.array(cells) + 0.5) / CELLS


def sample_point(network: Network, graph: Graph) -> dict[str, float]:
    """Return a value for everything that is given; targets add up to 1, as softmax needs."""
    targets = dict.fromkeys(network.targets(), 1.0 / len(network.outputs))
    others = {name: float(values_in(default_interval(network, graph[name]), name)[0]) for name in graph.given}
    return others | targets


def _activation(network: Network, quantity: Quantity) -> str | None:
    """Return the activation of the node whose output or target a quantity is."""
    for layer, node in network.nodes():
        is_output = quantity.kind is Kind.ACTIVATION and quantity.at == node.name
        if is_output or quantity.name == network.naming.target(node.name):
            return layer.function(node)
    return None


CLOSE = 1e-9
"""Two formulas agree at a point within this share of the value …"""

NOISE = 1e-12
"""… plus the effect of the order of operations, as a share of the largest value."""

SOUND = 0.5
"""The least share of the points at which a formula must be defined to be compared."""


@dataclass(frozen=True)
class WrongFormula:
    """What mistakes make of a formula.

    Attributes:
        mistakes: ids, one tuple per row.
        values: shape (rows, POINTS).
    """

    mistakes: tuple[tuple[str, ...], ...]
    values: Array

    def explaining(self, found: Array) -> tuple[tuple[str, ...], ...]:
        """Return the mistakes that give exactly these values, in the order of the table."""
        return tuple(self.mistakes[k] for k in np.flatnonzero(agrees(found, self.values)).tolist())


@dataclass(frozen=True, eq=False)
class FormulaKey:
    """One asked formula.

    Attributes:
        exercise: its exercise.
        name: of the field and the quantity.
        points: its variables with their values, shape (POINTS,).
    """

    exercise: Exercise
    name: str
    points: Mapping[str, Array]

    @cached_property
    def given(self) -> Mapping[str, Array]:
        """The given values that it may contain as numbers."""
        return {given.name: np.asarray(given.value) for given in self.exercise.givens}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """LaTeX of its variables."""
        return {name: label(self.exercise.network, self.exercise.graph[name]) for name in self.points}

    @cached_property
    def kind(self) -> Kind:
        """The kind of the quantity."""
        return self.exercise.graph[self.name].kind

    @cached_property
    def free(self) -> Mapping[str, Array]:
        """The independent variables: a mistake changes those that follow from others."""
        bound = following(self.exercise.graph, self.points)
        return {name: values for name, values in self.points.items() if name not in bound}

    @cached_property
    def right(self) -> Array:
        """The correct values, shape (POINTS,)."""
        return computed_at(self.exercise.graph, self.name, self.free, self.given)

    @cached_property
    def turned(self) -> Array:
        """The correct values if node deltas have the opposite sign, in the formula and as its result."""
        graph = self.exercise.graph
        points = {n: -value if graph[n].kind is Kind.DELTA else value for n, value in self.points.items()}
        values = computed_at(graph, self.name, points, self.given)
        return -values if self.kind is Kind.DELTA else values

    @cached_property
    def depends_on_sign(self) -> bool:
        """Whether the sign of node deltas makes a difference."""
        return not agrees(self.turned, self.right)

    @cached_property
    def takes_either_sign(self) -> bool:
        """Whether it can be written with a node delta, or with what that delta follows from."""
        return any(self.exercise.graph[name].kind is Kind.DELTA for name in self.points.keys() - self.free.keys())

    @cached_property
    def mirrored(self) -> Array:
        """The correct values with a lost sign of the gradient: negated, or stepped in the opposite direction."""
        if self.kind is not Kind.UPDATE:
            return -self.right
        before = self.exercise.graph[self.name].parents[0]
        return 2.0 * {**self.given, **self.points}[before] - self.right

    @cached_property
    def singles(self) -> WrongFormula:
        """The values of each mistake."""
        return self._wrong(self.exercise.single_mistakes.ways)

    @cached_property
    def pairs(self) -> WrongFormula:
        """The values of every pair of mistakes."""
        return self._wrong(self.exercise.mistake_pairs.ways)

    def _wrong(self, ways: Iterable[MistakeRewrite]) -> WrongFormula:
        rows = [
            (way.mistakes, computed_at(way.graph, self.name, self.free, self.given))
            for way in ways
            if loose_end(way.graph, self.name, self.free, self.given) is None
        ]
        rows = [(mistakes, values) for mistakes, values in rows if not agrees(values, self.right)]
        values = np.array([values for _, values in rows]).reshape(len(rows), len(self.right))
        return WrongFormula(tuple(mistakes for mistakes, _ in rows), values)


def agrees(found: Array, wanted: Array) -> Mask:
    """Return whether formulas are equal by their values along the last axis, wherever the wanted one is defined."""
    sound = np.isfinite(wanted)
    return np.asarray((apart(found, wanted) == 0).all(axis=-1) & (sound.mean(axis=-1) >= SOUND))


def apart(found: Array, wanted: Array) -> Mask:
    """Return the points at which the wanted formula is defined and the given one is not, or differs."""
    sound = np.isfinite(wanted)
    with np.errstate(all="ignore"):
        largest = np.max(np.abs(wanted), axis=-1, keepdims=True, where=sound, initial=0.0)
        near = np.abs(found - wanted) <= CLOSE * np.abs(wanted) + NOISE * largest
    return np.asarray(sound & ~near)


STEPS = frozenset({Kind.GRADIENT, Kind.UPDATE})
"""Kinds whose sign tells whether the node deltas before them use the opposite sign."""

EVIDENCE = Message("judged.formula-agrees", points=POINTS)


def judge_formulas(exercise: Exercise, answers: ReadAnswers) -> FieldResults:
    """Return the results of one submission's formulas; empty if none is asked for."""
    keys = formula_keys(exercise)
    formulas = {name: formula for name, formula in answers.formulas.items() if name in keys}
    found = {name: _values(keys[name], formula) for name, formula in formulas.items()}
    turned = _turned(keys, found)
    fields: dict[str, FieldReport] = {}
    for field in exercise.fields:
        if field.name in found:
            values = keys[field.name].right if field.name in turned else found[field.name]
            fields[field.name] = _judge(keys[field.name], field, formulas[field.name], values)
        elif field.name in keys:
            fields[field.name] = _plain(exercise, field, Verdict.MISSING)
    return FieldResults(fields, (NOTE,) if turned else ())


@lru_cache(maxsize=64)
def formula_keys(exercise: Exercise) -> Mapping[str, FormulaKey]:
    """Return what every asked formula of an exercise is compared with, by field."""
    tasks = [part.task for part in exercise.parts if isinstance(part.task, FormulaTask)]
    return {name: FormulaKey(exercise, name, points) for task in tasks for name, points in task.points.items()}


def _values(key: FormulaKey, formula: Formula) -> Array:
    return np.broadcast_to(evaluate(formula.expression, key.points), key.right.shape)


def _turned(keys: Mapping[str, FormulaKey], found: Mapping[str, Array]) -> frozenset[str]:
    """Return the formulas that are correct with node deltas of the opposite sign, if that was done throughout.

    At least two formulas, among them a node delta, or a node delta next to a correct gradient or update; none that is
    correct only with the usual sign; and no gradient or update that loses its sign without containing a delta, which
    would be a mistake rather than a convention.
    """
    affected = {name: values for name, values in found.items() if keys[name].depends_on_sign}
    turned = frozenset(name for name, values in affected.items() if agrees(values, keys[name].turned))
    steps = {name: values for name, values in found.items() if keys[name].kind in STEPS and name not in affected}
    confirmed = any(agrees(values, keys[name].right) for name, values in steps.items())
    if len(turned) < ENOUGH_DELTAS - confirmed or all(keys[name].kind is not Kind.DELTA for name in turned):
        return frozenset()
    mixed = any(
        agrees(values, keys[name].right) and not keys[name].takes_either_sign for name, values in affected.items()
    )
    lost = any(agrees(values, keys[name].mirrored) for name, values in steps.items())
    return frozenset() if mixed or lost else turned


def _judge(key: FormulaKey, field: Field, formula: Formula, found: Array) -> FieldReport:
    """Return the report of a formula; `found` are its values."""
    echo = to_latex(formula.expression, key.labels)
    if agrees(found, key.right):
        return replace(_plain(key.exercise, field, Verdict.CORRECT), echo=echo)
    explaining = key.singles.explaining(found) or key.pairs.explaining(found)
    if explaining:
        first, *others = dict.fromkeys(explaining)
        mistake = describe_mistake(first, ["+".join(other) for other in others], EVIDENCE)
        return replace(_plain(key.exercise, field, Verdict.MISTAKEN), mistake=mistake, echo=echo)
    return replace(_plain(key.exercise, field, Verdict.WRONG), note=_where(key, found), echo=echo)


def _plain(exercise: Exercise, field: Field, verdict: Verdict) -> FieldReport:
    return FieldReport(verdict, field.points * exercise.credit[verdict], field.points)


def _where(key: FormulaKey, found: Array) -> Message:
    """Return a point at which the formula is wrong, for the student to try; never the correct value there."""
    off = apart(found, key.right)
    with_value = off & np.isfinite(found)
    k = int(np.argmax(with_value if with_value.any() else off))
    point = tuple(Message("value", name=name, value=figure(values[k])) for name, values in key.points.items())
    if not with_value.any():
        return Message("judged.no-value", point=point)
    return Message("judged.other-value", point=point, given=figure(found[k]))
