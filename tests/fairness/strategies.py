"""Filling an exercise in without knowing anything: constants, a guess for each kind of field, old values, mixtures."""

import random
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from grader.engine.notation import Kind
from grader.engine.rules import WeightedSum
from grader.judging.exercise import Exercise, FieldKind
from tests.fairness.chain import Texts

Strategy: TypeAlias = Callable[[Exercise, random.Random], Texts]
"""What is typed into an exercise; whatever is random comes from the argument."""

TINY_BY_KIND = MappingProxyType(
    {Kind.NET: "1e-9", Kind.ACTIVATION: "0.5", Kind.ERROR: "1e-9", Kind.TOTAL_ERROR: "1e-9", Kind.SLOPE: "0.25"}
)
LIVELY_BY_KIND = MappingProxyType(
    {Kind.NET: "0", Kind.ACTIVATION: "0.5", Kind.SLOPE: "0.25", Kind.DELTA: "0.1", Kind.ERROR_SLOPE: "0.5"}
)
HALVING = 0.5
FAR_OFF = 30.0
"""A net input at which a logistic node gives 1, as far as anybody can tell."""


def constant(text: str) -> Strategy:
    """The same in every field."""
    return lambda exercise, _: dict.fromkeys(typed_fields(exercise), text)


def by_kind(guesses: Mapping[Kind, str], other: str) -> Strategy:
    """One guess for each kind of field."""
    return lambda exercise, _: {name: guesses.get(kind, other) for name, kind in kinds(exercise)}


def one_digit_by_kind(exercise: Exercise, chance: random.Random) -> Texts:
    """A random number of one digit for each kind of field."""
    guesses = {kind: f"0.{chance.randint(1, 9)}" for kind in Kind}
    return {name: guesses[kind] for name, kind in kinds(exercise)}


def halving(exercise: Exercise, _: random.Random) -> Texts:
    """1, 0.5, 0.25, … down the page."""
    return {name: f"{HALVING**k:.4g}" for k, name in enumerate(typed_fields(exercise))}


def saturating(sign: int, out: str, other: str) -> Strategy:
    """Nets so far off that their nodes give 0 or 1, each another one; the outputs that belong to them, old weights."""
    guesses = {Kind.ACTIVATION: out, Kind.FACTOR: out}

    def strategy(exercise: Exercise, _: random.Random) -> Texts:
        found = {}
        for k, (name, kind) in enumerate(kinds(exercise)):
            net = f"{sign * (FAR_OFF + k * 1.3717):.4f}"
            rest = f"{old_weight(exercise, name, 0.0):.6g}" if kind is Kind.UPDATE else guesses.get(kind, other)
            found[name] = net if kind is Kind.NET else rest
        return found

    return strategy


def nets_as_biases(*, outputs: bool) -> Strategy:
    """Each net input is its bias, as if nothing came in; so is each output if said so; 1 everywhere else."""

    def strategy(exercise: Exercise, _: random.Random) -> Texts:
        found = {}
        for name, kind in kinds(exercise):
            net = exercise.graph[name].parents[0] if outputs and kind is Kind.ACTIVATION else name
            found[name] = f"{_bias(exercise, net):.6g}"
        return found

    return strategy


def _bias(exercise: Exercise, net: str) -> float:
    """The bias that is added to a net input; 1 for what is no net input, or has none."""
    rule = exercise.graph[net].rule if net in exercise.graph else None
    if not isinstance(rule, WeightedSum):
        return 1.0
    biases = exercise.graph[net].parents[2 * rule.terms :]
    return float(exercise.reference[biases[0]]) if biases else 1.0


def old_values(exercise: Exercise, chance: random.Random) -> Texts:
    """What is given: old weights for updates, an input for everything else."""
    inputs = [g.value for g in exercise.givens if g.name in exercise.network.inputs]
    inputs = inputs or [given.value for given in exercise.givens] or [1.0]
    return {name: f"{old_weight(exercise, name, chance.choice(inputs)):.6g}" for name in typed_fields(exercise)}


def ones_with_old_weights(exercise: Exercise, _: random.Random) -> Texts:
    """Old weights for updates, 1 for everything else."""
    return {name: f"{old_weight(exercise, name, 1.0):.6g}" for name in typed_fields(exercise)}


def mixture(exercise: Exercise, chance: random.Random) -> Texts:
    """For each field one of all the others' guesses."""
    sheets = [strategy(exercise, chance) for name, strategy in STRATEGIES.items() if strategy is not mixture]
    return {name: chance.choice(sheets)[name] for name in typed_fields(exercise)}


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "0": constant("0"),
        "1e-300": constant("1e-300"),
        "1e-9": constant("1e-9"),
        "0.001": constant("0.001"),
        "0.1": constant("0.1"),
        "0.5": constant("0.5"),
        "1": constant("1"),
        "10": constant("10"),
        "1e9": constant("1e9"),
        "1e300": constant("1e300"),
        "tiny, by kind": by_kind(TINY_BY_KIND, "1e-9"),
        "lively, by kind": by_kind(LIVELY_BY_KIND, "0.05"),
        "one digit, by kind": one_digit_by_kind,
        "halving": halving,
        "saturating": saturating(1, "1", "0"),
        "saturating to zero": saturating(-1, "0", "0"),
        "nearly saturating": saturating(1, "0.99999", "0.00001"),
        "old values": old_values,
        "ones, old weights": ones_with_old_weights,
        "nets as biases": nets_as_biases(outputs=False),
        "nets and outputs as biases": nets_as_biases(outputs=True),
        "mixture": mixture,
    }
)
"""The 22 strategies by name."""

SHARE = 0.15
"""Of all points: what a sheet without knowledge may earn beyond what is right by value, unless one field is more."""


def typed_fields(exercise: Exercise) -> tuple[str, ...]:
    """The fields into which something is typed."""
    return tuple(field.name for field in exercise.fields if field.kind is not FieldKind.FILE)


def kinds(exercise: Exercise) -> Iterator[tuple[str, Kind]]:
    """Each field and what it is; weights that are to be found count as given values."""
    for name in typed_fields(exercise):
        yield name, exercise.graph[name].kind if name in exercise.graph else Kind.GIVEN


def old_weight(exercise: Exercise, name: str, other: float) -> float:
    """The weight that an update starts from, where it has a value; another number for all other fields."""
    weight = exercise.before(name) if name in exercise.graph else None
    return float(exercise.reference[weight]) if weight and name in exercise.asked else other


def allowed(exercise: Exercise) -> float:
    """Points that a sheet without knowledge may earn beyond what is right by value."""
    return max(SHARE * exercise.max_points, *(field.points for field in exercise.fields))
