"""Consistency of an exercise's definition, and its problems, worded for the author."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from grader.catalog.format import ExerciseIn, PartIn, RangeIn
from grader.engine.build import without_gradient
from grader.engine.graph import Graph
from grader.engine.network import CROSS_ENTROPY, Network
from grader.engine.notation import Kind
from grader.judging.errors import GraderError
from grader.judging.exercise import Range, Vary


@dataclass(frozen=True, slots=True, order=True)
class ExerciseProblem:
    """One problem.

    Attributes:
        file: relative to the exercises directory.
        key: place in the file, dotted (`network.layers.0.weights`); "" for the whole file.
        reason: what is wrong and what would be right.
    """

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        """Return one line: file, key, reason."""
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class ExerciseErrors(GraderError):
    """Exercises that cannot be served, with all problems found."""

    def __init__(self, problems: tuple[ExerciseProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class Complaints:
    """Problems of one file, collected so that an author sees all of them at once."""

    file: str
    found: list[ExerciseProblem] = field(default_factory=list)

    def add(self, key: str, reason: str) -> None:
        """Add a problem."""
        self.found.append(ExerciseProblem(self.file, key, reason))

    def settle(self) -> None:
        """Raise ExerciseErrors if there are problems."""
        if self.found:
            raise ExerciseErrors(tuple(self.found))


def not_computed(name: str, network: Network, graph: Graph) -> str:
    """Return why a quantity is not in the graph, with similar names."""
    near = get_close_matches(name, [quantity.name for quantity in graph.computed], n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    if held := _held_bias(name, network):
        return f"{name} is not computed: with train_biases = false, {held} keeps its value"
    flat = without_gradient(network)
    if flat and network.loss:
        return f"{name} is not computed: node {flat[0]} has a step, which has no gradient{hint}"
    if not network.loss:
        return f"{name} is not computed: without network.loss there is only the forward pass{hint}"
    if not network.learning_rate:
        return f"{name} is not computed: without network.learning_rate nothing is updated{hint}"
    return f"{name} is not computed by this network{hint}"


def _held_bias(name: str, network: Network) -> str | None:
    """Return the bias whose updated value a name stands for, if biases are not trained."""
    if network.trains_biases or not network.learning_rate:
        return None
    return next(
        (b for b in network.biases if name == network.naming.update(b) or re.fullmatch(rf"{b}_\d+", name)), None
    )


def near(name: str, names: Sequence[str]) -> str:
    """Return the end of a sentence that suggests the one similar name, if any."""
    found = get_close_matches(name, names, n=1)
    return f"; did you mean {found[0]}?" if found else ""


OF_TRAINING = (
    "rows", "data", "within", "loss_below", "accuracy", "bounds", "integers", "answer", "orientation",
)  # fmt: skip
"""Keys of a part about trained weights."""

WHOLE = 1e-9
"""How far the sum of a softmax layer's targets may differ from 1."""


def check_coherence(raw: ExerciseIn, network: Network, graph: Graph, complaints: Complaints) -> None:
    """Report keys that would be ignored silently, and inconsistent weights and targets."""
    for k, part in enumerate(raw.parts):
        _check_keys(part, f"parts.{k}", complaints)
        _check_others(raw, part, f"parts.{k}.train", complaints)
    _check_shares(network, raw.values, complaints)
    if raw.vary is not None and all(part.formulas for part in raw.parts):
        complaints.add("vary", "there is nothing to draw where only formulas are asked; they hold for all values")
    for name, own in raw.tolerance.fields.items():
        if own.of_change is not None and name in graph and graph[name].kind is not Kind.UPDATE:
            complaints.add(f"tolerance.fields.{name}.of_change", "is for updated weights; this is none")


def _check_keys(part: PartIn, key: str, complaints: Complaints) -> None:
    for name in OF_TRAINING:
        if part.train is None and name in part.model_fields_set:
            complaints.add(f"{key}.{name}", "belongs to `train`; what is computed is compared with its reference")


def _check_others(raw: ExerciseIn, part: PartIn, key: str, complaints: Complaints) -> None:
    """Check values: weights are evaluated part by part, so what another part asks to train has no value here."""
    found = {name for other in raw.parts for name in _listed(other)} - {*raw.values, *_listed(part)}
    for name in sorted(found if part.train else ()):
        complaints.add(key, f"{name} is to be found in another part; weights that are tried together need one part")


def _listed(part: PartIn) -> list[str]:
    return part.train if isinstance(part.train, list) else []


def _check_shares(network: Network, values: Mapping[str, float], complaints: Complaints) -> None:
    if network.loss != CROSS_ENTROPY or not network.targets() or not values.keys() >= set(network.targets()):
        return
    whole = math.fsum(values[name] for name in network.targets())
    if abs(whole - 1.0) > WHOLE:
        complaints.add("values", f"the targets of a softmax layer must add up to 1; these add up to {whole:g}")


MOST = 1_000_000
"""The most values in a range."""


def vary_of(raw: ExerciseIn, values: Mapping[str, float], complaints: Complaints) -> Vary | None:
    """Return what is drawn; reports impossible ranges."""
    if raw.vary is None:
        return None
    ranges: dict[str, Range] = {}
    for name, span in raw.vary.values.items():
        key = f"vary.values.{name}"
        if name not in values:
            complaints.add(key, "is no given value; what is drawn replaces the printed value, so give that too")
        reason = _reason(span)
        if reason:
            complaints.add(key, reason)
        else:
            ranges[name] = _range(span)
    return Vary(ranges, raw.vary.margin, raw.vary.saturation)


def _reason(span: RangeIn) -> str | None:
    bounds = (span.low, span.high, span.step)
    if span.choices is not None:
        return "gives both choices and a range" if any(bound is not None for bound in bounds) else None
    if span.low is None or span.high is None or span.step is None:
        return "needs `from`, `to` and `step`, or `choices`"
    if span.low > span.high:
        return "`from` is greater than `to`"
    return f"has more than {MOST} values; take a larger step" if (span.high - span.low) / span.step >= MOST else None


def _range(span: RangeIn) -> Range:
    if span.choices is not None:
        return Range(count=len(span.choices), choices=tuple(span.choices))
    low, high, step = (Decimal(str(bound)) for bound in (span.low, span.high, span.step))
    return Range(low, step, int((high - low) / step) + 1)
