"""One pass by hand, apart from the engine: the textbook's procedure step by step, each step to be done otherwise.

`Procedure` does every step rightly; a wrong procedure is a subclass that does one step otherwise
(`tests.fairness.procedures`). It knows no graph, no rule and no rewrite of the engine.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from grader.engine.network import Layer, Network, Node
from grader.judging.exercise import Exercise
from tests.fairness.chain import Paper, Texts

NEW = "_new"
SOFTMAX = "softmax"
THRESHOLDS = frozenset({"step", "sign"})
HALF = 0.5
MOST = 700.0
"""Beyond it e^net is more than a float holds."""


@dataclass(frozen=True)
class Path:
    """A way back from a node to one before it: the weight as it was, as it is after the step, and the delta."""

    old: float
    new: float
    delta: float


@dataclass(frozen=True)
class Place:
    """Where a step is done.

    Attributes:
        activation: the node's function.
        net: its net input.
        out: its output.
        target: its target; nan for hidden nodes.
        is_output: whether it stands in the last layer.
    """

    activation: str
    net: float
    out: float
    target: float = math.nan
    is_output: bool = False


class Procedure:
    """Every step done rightly."""

    def net(self, terms: Sequence[tuple[float, float]], bias: float) -> float:
        """The weighted sum of (weight, source) and the bias."""
        return math.fsum([*(weight * source for weight, source in terms), bias])

    def out(self, activation: str, net: float) -> float:
        """The output of a node."""
        return FUNCTIONS[activation](net)

    def shares(self, nets: Sequence[float]) -> list[float]:
        """The outputs of a softmax layer."""
        powers = [math.exp(net - max(nets)) for net in nets]
        return [power / sum(powers) for power in powers]

    def error(self, loss: str, target: float, out: float) -> float:
        """What one output contributes."""
        if loss == "cross-entropy":
            return -target * self.logarithm(out) if target else 0.0
        return (target - out) ** 2 * (HALF if loss == "half-squared" else 1.0)

    def logarithm(self, value: float) -> float:
        """The natural one."""
        return math.log(value) if value > 0 else math.nan

    def total(self, loss: str, errors: Sequence[float]) -> float:
        """The sum of the errors, or their mean."""
        return math.fsum(errors) / (len(errors) if loss == "mean-squared" else 1)

    def error_slope(self, loss: str, target: float, out: float, count: int) -> float:
        """dE/dout of an output."""
        match loss:
            case "cross-entropy":
                return -target / out if out else math.nan
            case "mean-squared":
                return 2.0 * (out - target) / count
            case _:
                return out - target

    def sent_back(self, paths: Sequence[Path]) -> float:
        """dE/dout of a hidden node."""
        return math.fsum(path.old * path.delta for path in paths)

    def slope(self, at: Place) -> float:
        """dout/dnet."""
        return SLOPES[at.activation](at.net, at.out)

    def delta(self, error_slope: float, slope: float, at: Place) -> float:
        """dE/dnet."""
        return at.out - at.target if at.activation == SOFTMAX else error_slope * slope

    def factor(self, weight: float, source: float, source_net: float) -> float:  # noqa: ARG002 - others need them
        """dnet/dw."""
        return source

    def gradient(self, delta: float, factor: float) -> float:
        """dE/dw."""
        return delta * factor

    def bias_gradient(self, deltas: Sequence[float], bias: float) -> float:  # noqa: ARG002 - others need it
        """dE/db, summed over the nodes that share the bias."""
        return math.fsum(deltas)

    def update(self, weight: float, rate: float, gradient: float) -> float:
        """A weight after the step."""
        return weight - rate * gradient

    def bias_update(self, bias: float, rate: float, gradient: float) -> float:
        """A bias after the step."""
        return self.update(bias, rate, gradient)

    def after_step(self, old: float, new: float, *, is_output: bool) -> float:  # noqa: ARG002 - others need them
        """Which of a weight's values the pass after the step takes."""
        return new


RIGHT = Procedure()


@dataclass
class Work:
    """One exercise being worked.

    Attributes:
        exercise: what is asked.
        procedures: how each layer is done.
        paper: what is written down.
        known: values by name of what they belong to: inputs, weights, biases, targets, nets, outputs.
    """

    exercise: Exercise
    procedures: Sequence[Procedure]
    paper: Paper
    known: dict[str, float]
    nets: dict[str, float] = field(default_factory=dict)
    outs: dict[str, float] = field(default_factory=dict)
    deltas: dict[str, float] = field(default_factory=dict)
    updated: dict[str, float] = field(default_factory=dict)

    @property
    def network(self) -> Network:
        """What was declared."""
        return self.exercise.network

    def has_gradients(self) -> bool:
        """Whether there is a way back."""
        return bool(self.network.loss) and all(
            layer.function(node) not in THRESHOLDS for layer, node in self.network.nodes()
        )


def by_hand(exercise: Exercise, paper: Paper, wrong: Procedure = RIGHT, only: int | None = None) -> Texts:
    """Work an exercise through.

    Args:
        exercise: what is asked; no epoch.
        paper: what is written down goes there.
        wrong: how it is done.
        only: the layer that is done so, the others rightly; all where left out.
    """
    procedures = [wrong if only in {None, k} else RIGHT for k in range(len(exercise.network.layers))]
    work = Work(exercise, procedures, paper, {given.name: given.value for given in exercise.givens})
    _forward(work, work.known, "")
    if not work.has_gradients():
        _slopes(work)
        return paper.texts
    for depth in reversed(range(len(procedures))):
        _back(work, depth)
    if work.network.learning_rate:
        _forward(work, {**work.known, **_used_after(work)}, NEW)
    return paper.texts


def _forward(work: Work, parameters: Mapping[str, float], suffix: str) -> None:
    names = work.network.naming
    outs = {name: work.known[name] for name in work.network.inputs}
    for layer, procedure in zip(work.network.layers, work.procedures, strict=True):
        nets = {}
        for node in layer.nodes:
            terms = [(parameters[edge.weight], outs[edge.source]) for edge in node.edges]
            value = procedure.net(terms, parameters[node.bias] if node.bias else 0.0)
            nets[node.name] = work.paper.write(names.net(node.name) + suffix, value)
        for node, value in zip(layer.nodes, _outs(procedure, layer, nets), strict=True):
            outs[node.name] = work.paper.write(names.out(node.name) + suffix, value)
        if not suffix:
            work.nets |= nets
    work.outs = outs if not suffix else work.outs
    _errors(work, outs, suffix)


def _outs(procedure: Procedure, layer: Layer, nets: Mapping[str, float]) -> list[float]:
    if layer.activation == SOFTMAX:
        return procedure.shares(list(nets.values()))
    return [procedure.out(layer.function(node), nets[node.name]) for node in layer.nodes]


def _errors(work: Work, outs: Mapping[str, float], suffix: str) -> None:
    names, loss, procedure = work.network.naming, work.network.loss, work.procedures[-1]
    if loss is None:
        return
    errors = [
        work.paper.write(
            names.error(node.name) + suffix,
            procedure.error(loss, work.known[names.target(node.name)], outs[node.name]),
        )
        for node in work.network.outputs
    ]
    work.paper.write(names.total + suffix, procedure.total(loss, errors))


def _slopes(work: Work) -> None:
    """The slopes alone, where nothing goes back."""
    for (layer, node), procedure in zip(work.network.nodes(), _of_nodes(work), strict=True):
        if layer.function(node) not in THRESHOLDS:
            at = Place(layer.function(node), work.nets[node.name], work.outs[node.name])
            work.paper.write(work.network.naming.slope(node.name), procedure.slope(at))


def _of_nodes(work: Work) -> list[Procedure]:
    return [p for layer, p in zip(work.network.layers, work.procedures, strict=True) for _ in layer.nodes]


def _back(work: Work, depth: int) -> None:
    names, layer, procedure = work.network.naming, work.network.layers[depth], work.procedures[depth]
    for node in layer.nodes:
        at = _place(work, layer, node, is_output=depth == len(work.procedures) - 1)
        error_slope = work.paper.write(names.error_slope(node.name), _error_slope(work, depth, node))
        slope = work.paper.write(names.slope(node.name), procedure.slope(at))
        work.deltas[node.name] = work.paper.write(names.delta(node.name), procedure.delta(error_slope, slope, at))
    for node in layer.nodes:
        for edge in node.edges:
            _weight(work, procedure, edge.weight, (edge.source, node.name))
    for bias in dict.fromkeys(node.bias for node in layer.nodes if node.bias):
        _bias(work, procedure, bias, [work.deltas[node.name] for node in layer.nodes if node.bias == bias])


def _place(work: Work, layer: Layer, node: Node, *, is_output: bool) -> Place:
    target = work.known[work.network.naming.target(node.name)] if is_output else math.nan
    return Place(layer.function(node), work.nets[node.name], work.outs[node.name], target, is_output)


def _error_slope(work: Work, depth: int, node: Node) -> float:
    procedure, layers = work.procedures[depth], work.network.layers
    if depth == len(layers) - 1:
        target = work.known[work.network.naming.target(node.name)]
        return procedure.error_slope(work.network.loss or "", target, work.outs[node.name], len(layers[-1].nodes))
    paths = [
        Path(work.known[edge.weight], work.updated.get(edge.weight, work.known[edge.weight]), work.deltas[above.name])
        for above in layers[depth + 1].nodes
        for edge in above.edges
        if edge.source == node.name
    ]
    return procedure.sent_back(paths)


def _weight(work: Work, procedure: Procedure, weight: str, ends: tuple[str, str]) -> None:
    names, old, (source, node) = work.network.naming, work.known[weight], ends
    factor = procedure.factor(old, work.outs[source], work.nets.get(source, work.outs[source]))
    factor = work.paper.write(names.factor(weight), factor)
    gradient = work.paper.write(names.gradient(weight), procedure.gradient(work.deltas[node], factor))
    if rate := work.known.get("eta"):
        work.updated[weight] = work.paper.write(names.update(weight), procedure.update(old, rate, gradient))


def _bias(work: Work, procedure: Procedure, bias: str, deltas: Sequence[float]) -> None:
    names, old = work.network.naming, work.known[bias]
    gradient = work.paper.write(names.gradient(bias), procedure.bias_gradient(deltas, old))
    if (rate := work.known.get("eta")) and work.network.trains_biases:
        work.updated[bias] = work.paper.write(names.update(bias), procedure.bias_update(old, rate, gradient))


def _used_after(work: Work) -> dict[str, float]:
    found = {}
    for depth, (layer, procedure) in enumerate(zip(work.network.layers, work.procedures, strict=True)):
        is_output = depth == len(work.procedures) - 1
        names = [
            *(edge.weight for node in layer.nodes for edge in node.edges),
            *(n.bias for n in layer.nodes if n.bias),
        ]
        for name in names:
            old = work.known[name]
            found[name] = procedure.after_step(old, work.updated.get(name, old), is_output=is_output)
    return found


FUNCTIONS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {
        "logistic": lambda net: 1.0 / (1.0 + math.exp(-net)) if net > -MOST else 0.0,
        "tanh": math.tanh,
        "half-tanh": lambda net: math.tanh(net / 2),
        "piecewise-linear": lambda net: min(1.0, max(0.0, net + HALF)),
        "relu": lambda net: max(0.0, net),
        "identity": lambda net: net,
        "step": lambda net: 1.0 if net >= 0 else 0.0,
        "sign": lambda net: 1.0 if net >= 0 else -1.0,
    }
)
"""Each activation, of net."""

SLOPES: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {
        "logistic": lambda _, out: out * (1.0 - out),
        "softmax": lambda _, out: out * (1.0 - out),
        "tanh": lambda _, out: 1.0 - out**2,
        "half-tanh": lambda _, out: (1.0 - out**2) / 2,
        "piecewise-linear": lambda net, _: float(abs(net) <= HALF),
        "relu": lambda net, _: float(net > 0),
        "identity": lambda *_: 1.0,
    }
)
"""Its derivative, of net and out."""
