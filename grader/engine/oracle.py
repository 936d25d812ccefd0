"""Two independent ways to the same numbers that share no rule with the graph: complex steps and finite differences.

A network is run forward here in plain complex arithmetic; an imaginary step of 1e-30 at a weight, a net input or an
output appears in the loss as the derivative, exact to the last bits (Squire and Trapp, 1998): this way decides. Central
differences of the graph's own total error are a rough third way, which reveals a net input at a kink. They are believed
only beyond the effect of rounding, and where steps of every size disagree.
"""

import cmath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from grader.engine.activations import SOFTMAX
from grader.engine.graph import Graph
from grader.engine.names import AFTER_STEP, Array
from grader.engine.network import Layer, Network
from grader.engine.notation import Kind, Quantity

NUDGE = 1e-30
NUDGE_SHARE = 1e-8
SMALLEST_NUDGE = 1e-305
STEPS = (1e-6, 1e-5, 1e-4)
SMALLEST_STEP = 1e-3
"""Steps are shares of the varied value, or of this if it is smaller."""

CLOSE = 1e-9
CLOSE_DIFFERENCE = 1e-5
KINK = 0.5
ROUNDING = 1e-15
OPERATIONS = 4.0
"""The number of roundings assumed for one step of the computation."""

LAST_BITS = 1e-15
"""After cancellation of large values, differences below this share of the largest one are noise in either way."""

FUNCTIONS: Mapping[str, Callable[[complex], complex]] = MappingProxyType(
    {
        "step": lambda z: complex(1.0 if z.real >= 0 else 0.0),
        "sign": lambda z: complex(1.0 if z.real >= 0 else -1.0),
        "logistic": lambda z: 1 / (1 + cmath.exp(-z)) if z.real > 0 else cmath.exp(z) / (1 + cmath.exp(z)),
        "tanh": cmath.tanh,
        "half-tanh": lambda z: cmath.tanh(z / 2),
        "piecewise-linear": lambda z: z + KINK if abs(z.real) <= KINK else complex(1.0 if z.real > 0 else 0.0),
        "relu": lambda z: z if z.real > 0 else complex(0.0),
        "identity": lambda z: z,
    }
)
"""Each activation for a complex net input, independent of the engine's table."""


@dataclass
class Run:
    """One forward pass in complex arithmetic, with steps added at nets, outputs or weights by quantity name."""

    network: Network
    given: Mapping[str, complex]
    nudges: Mapping[str, complex] = field(default_factory=dict)
    values: dict[str, complex] = field(default_factory=dict)

    def total(self) -> complex:
        """Run the network and return the total error, or 0 without a loss."""
        names = self.network.naming
        for name in self.network.inputs:
            self.values[name] = self.given[name]
        for layer in self.network.layers:
            self._run(layer)
        if self.network.loss is None:
            return 0j
        pairs = [
            (self.given[names.target(node.name)], self.values[names.out(node.name)]) for node in self.network.outputs
        ]
        errors = [_error(self.network.loss, target, out) for target, out in pairs]
        for node, error in zip(self.network.outputs, errors, strict=True):
            self.values[names.error(node.name)] = error
        whole = sum(errors, 0j)
        self.values[names.total] = whole / len(errors) if self.network.loss == "mean-squared" else whole
        return self.values[names.total]

    def _run(self, layer: Layer) -> None:
        names = self.network.naming
        for node in layer.nodes:
            terms = [self._given(edge.weight) * self._sent(edge.source) for edge in node.edges]
            terms += [self._given(node.bias)] if node.bias else []
            net = sum(terms, 0j)
            cancelled = abs(net.real) < ROUNDING * sum(abs(term.real) for term in terms)
            self.values[names.net(node.name)] = (net.imag * 1j if cancelled else net) + self.nudges.get(
                names.net(node.name), 0
            )
        nets = [self.values[names.net(node.name)] for node in layer.nodes]
        functions = [layer.function(node) for node in layer.nodes]
        outs = (
            _shares(nets)
            if SOFTMAX in functions
            else [FUNCTIONS[f](net) for f, net in zip(functions, nets, strict=True)]
        )
        for node, out in zip(layer.nodes, outs, strict=True):
            self.values[names.out(node.name)] = out + self.nudges.get(names.out(node.name), 0)

    def _given(self, name: str) -> complex:
        return self.given[name] + self.nudges.get(name, 0)

    def _sent(self, node: str) -> complex:
        return self.values[_output(self.network, node)]


def _output(network: Network, node: str) -> str:
    """Return the quantity that a node sends on."""
    return node if node in network.inputs else network.naming.out(node)


def disagreements(network: Network, graph: Graph, given: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Yield the quantities on which the graph and the other two ways differ.

    Args:
        network: as declared.
        graph: built from it.
        given: every given value.

    Yields:
        The quantity's name and the values of each way; if anything is inf or nan, only that.
    """
    values = {
        name: float(value) for name, value in graph.evaluate({k: np.asarray(v) for k, v in given.items()}).items()
    }
    lost = [quantity.name for quantity in graph.computed if not np.isfinite(values[quantity.name])]
    if lost:
        yield from ((name, f"the graph gives {values[name]!r}") for name in lost)
        return
    noise = _noise(network, values)
    cancelled = LAST_BITS * max((abs(value) for value in values.values()), default=0.0)
    for quantity in graph.computed:
        other = _other_way(network, quantity, given, values)
        got = values[quantity.name]
        if other is not None and abs(got - other) > cancelled and not _close(got, other, CLOSE):
            yield quantity.name, f"the graph gives {got!r}, complex arithmetic {other!r}"
        if quantity.kind is Kind.GRADIENT:
            slopes = list(_differences(network, graph, given, quantity.at))
            if all(abs(got - s) > noise / step and not _close(got, s, CLOSE_DIFFERENCE) for s, step in slopes):
                told = f"the graph gives {got!r}, finite differences {slopes[0][0]!r}; is a net input at a kink?"
                yield quantity.name, told


def _other_way(
    network: Network, quantity: Quantity, given: Mapping[str, float], values: Mapping[str, float]
) -> float | None:
    names = network.naming
    plain = {name: complex(value) for name, value in given.items()}
    if quantity.after_step:
        stepped = {n: values.get(names.update(n), v) if n in _trained(network) else v for n, v in plain.items()}
        run = Run(network, {name: complex(value) for name, value in stepped.items()})
        run.total()
        return run.values[quantity.name.removesuffix(AFTER_STEP)].real
    if quantity.kind is Kind.UPDATE:
        return given[quantity.at] - given[network.learning_rate or ""] * _slope_at(network, plain, quantity.at)
    nudged = _nudged_at(network, quantity)
    if nudged is None:
        run = Run(network, plain)
        run.total()
        return run.values[quantity.name].real
    if quantity.kind in {Kind.SLOPE, Kind.FACTOR}:
        watched = names.out(quantity.at) if quantity.kind is Kind.SLOPE else names.net(network.target_of(quantity.at))
        nudge = _nudge(values[nudged])
        run = Run(network, plain, {nudged: nudge * 1j})
        run.total()
        return run.values[watched].imag / nudge
    return _slope_at(network, plain, nudged, _nudge(values[nudged]))


def _nudged_at(network: Network, quantity: Quantity) -> str | None:
    """Return where the derivative that a quantity stands for is taken; None for values of the forward pass."""
    names, at = network.naming, quantity.at
    return {
        Kind.ERROR_SLOPE: names.out(at),
        Kind.SLOPE: names.net(at),
        Kind.FACTOR: at,
        Kind.DELTA: names.net(at),
        Kind.GRADIENT: at,
    }.get(quantity.kind)


def _slope_at(network: Network, given: Mapping[str, complex], name: str, nudge: float = NUDGE) -> float:
    return Run(network, given, {name: nudge * 1j}).total().imag / nudge


def _nudge(value: float) -> float:
    """Return a step that is small relative to the value: the logarithm of a saturated softmax depends on it."""
    return max(SMALLEST_NUDGE, min(NUDGE, NUDGE_SHARE * (abs(value) or 1.0)))


def _differences(
    network: Network, graph: Graph, given: Mapping[str, float], name: str
) -> Iterator[tuple[float, float]]:
    """Yield central differences of the graph's total error, all from one pass, each with its step."""
    columns: dict[str, Array] = {key: np.asarray(value) for key, value in given.items()}
    reach = np.array(STEPS) * max(SMALLEST_STEP, abs(given[name]))
    above, below = given[name] + reach, given[name] - reach
    columns[name] = np.concatenate([above, below])
    totals = graph.evaluate(columns)[network.naming.total]
    for rise, width in zip(totals[: len(STEPS)] - totals[len(STEPS) :], above - below, strict=True):
        yield float(rise / width), float(width)


def _noise(network: Network, values: Mapping[str, float]) -> float:
    """Return how far rounding may move the total error: the loss of each operation, times its effect on the total."""
    names = network.naming
    lost = abs(values.get(names.total, 0.0))
    for _, node in network.nodes():
        terms = [values[e.weight] * values[_output(network, e.source)] for e in node.edges]
        terms.append(values[node.bias] if node.bias else 0.0)
        lost += abs(values.get(names.delta(node.name), 0.0)) * sum(abs(term) for term in terms)
        lost += abs(values.get(names.error_slope(node.name), 0.0) * values[names.out(node.name)])
    for node in network.outputs:
        lost += abs(values.get(names.error_slope(node.name), 0.0) * values.get(names.target(node.name), 0.0))
    return OPERATIONS * LAST_BITS * lost


def _trained(network: Network) -> tuple[str, ...]:
    return (*network.weights, *(network.biases if network.trains_biases else ()))


def _error(loss: str, target: complex, out: complex) -> complex:
    match loss:
        case "half-squared":
            return (target - out) ** 2 / 2
        case "mean-squared":
            return (target - out) ** 2
        case _:
            return -target * cmath.log(out) if target else 0j


def _shares(nets: list[complex]) -> list[complex]:
    largest = max(net.real for net in nets)
    powers = [cmath.exp(net - largest) for net in nets]
    return [power / sum(powers) for power in powers]


def _close(one: float, other: float, relative: float) -> bool:
    return abs(one - other) <= relative * max(1e-3, abs(one), abs(other))
