"""Foreign networks: exercises as authors write them, by chance, in the format of exercise.toml.

Nothing here comes from the engine's own tests: a network is text that the catalog reads, like any author's. A number
gives the same network on every machine.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, islice

from grader.catalog.load import DEFINITION, load_revision
from grader.catalog.validation import ExerciseErrors
from grader.engine.notation import Kind
from grader.judging.exercise import Exercise

SMOOTH = ("logistic", "tanh", "half-tanh", "piecewise-linear", "relu", "identity")
THRESHOLDS = ("step", "sign")
SIZES = (1, 2, 2, 2, 3, 3, 4, 5)
RATES = (0.01, 0.05, 0.1, 0.25, 0.3, 0.5, 0.8, 1.0, 2.0)
SCALES = (0.3, 1.0, 1.0, 1.0, 2.5)
NAMES = (
    "",
    '[names]\nnet = "z_{node}"\nout = "a_{node}"\ndelta = "d_{node}"\ngradient = "g_{weight}"\n\n',
    '[names]\nerror_slope = "dC_da_{node}"\nslope = "da_dz_{node}"\ntotal = "C"\nupdate = "{weight}_next"\n\n',
)
PARTS = (
    ("Forward pass", (Kind.NET, Kind.ACTIVATION)),
    ("Error", (Kind.ERROR, Kind.TOTAL_ERROR)),
    ("Chain rule", (Kind.ERROR_SLOPE, Kind.SLOPE, Kind.FACTOR)),
    ("Deltas and gradients", (Kind.DELTA, Kind.GRADIENT)),
    ("Step", (Kind.UPDATE,)),
)
MOST_ASKED = 200
"""Names that one part may ask."""


@dataclass
class Draft:
    """A network while it is being thought of.

    Attributes:
        chance: the source of all choices.
        inputs: names of the inputs.
        layers: text of each layer.
        nodes: names of the nodes of each layer.
        parameters: names of weights, then of biases.
        functions: the activation of each node of the last layer.
        threshold: whether a node has no slope.
        edges: how many weights there are so far, absent ones included.
    """

    chance: random.Random
    inputs: list[str]
    layers: list[str] = field(default_factory=list)
    nodes: list[list[str]] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    threshold: bool = False
    edges: int = 0


def foreign_networks(wanted: int, *, with_gradients: bool = False) -> Iterator[Exercise]:
    """The first networks by number, every quantity of each asked."""
    found = (exercise for number in count(1) if (exercise := foreign_network(number)) is not None)
    if with_gradients:
        found = (exercise for exercise in found if any(q.kind is Kind.GRADIENT for q in exercise.graph))
    return islice(found, wanted)


@lru_cache(maxsize=512)
def foreign_network(number: int) -> Exercise | None:
    """Return the network for a seed, or None if its values overflow (the check would refuse it too)."""
    text = definition(number)
    slug = f"foreign-{number}"
    try:
        bare = load_revision(slug, {DEFINITION: f"{text}{_part('All', [_first_net(text)])}"}).exercise
        return load_revision(slug, {DEFINITION: text + "".join(_parts(bare))}).exercise
    except ExerciseErrors as errors:
        if all("no finite value" in problem.reason for problem in errors.problems):
            return None
        raise


def definition(number: int) -> str:
    """The text of exercise.toml without its parts."""
    chance = random.Random(f"foreign network {number}")  # noqa: S311 - networks by chance, no secrets
    draft = Draft(chance, [f"x{k + 1}" for k in range(chance.choice(SIZES))])
    depth = chance.choice((1, 2, 2, 2, 3))
    last = "softmax" if chance.random() < 0.25 else None
    bias = chance.choice(("none", "shared", "shared", "each", "named"))
    for k in range(depth):
        _add_layer(draft, bias, last if k == depth - 1 else None, is_last=k == depth - 1)
    loss = _loss(draft, softmax=last is not None)
    lines = [f"inputs = {json.dumps(draft.inputs)}", *([f'loss = "{loss}"'] if loss else [])]
    if loss and not draft.threshold and chance.random() < 0.85:
        lines += [f"learning_rate = {chance.choice(RATES)}"]
        lines += [f"train_biases = {json.dumps(chance.random() < 0.5)}"]
    head = f'title = "Foreign network {number}"\n\n[network]\n' + "\n".join(lines) + "\n\n"
    return head + "".join(draft.layers) + chance.choice(NAMES) + _values(draft, loss)


def _add_layer(draft: Draft, bias: str, function: str | None, *, is_last: bool) -> None:
    chance, k = draft.chance, len(draft.layers) + 1
    sources = draft.nodes[-1] if draft.nodes else draft.inputs
    size = chance.choice(SIZES) if function is None else chance.choice((2, 3, 4))
    nodes = [f"o{n + 1}" if is_last else f"h{k}{n + 1}" for n in range(size)]
    draft.functions = _functions(chance, size) if function is None else [function] * size
    draft.threshold |= not {*draft.functions}.isdisjoint(THRESHOLDS)
    weights = _weights(draft, nodes, sources)
    lines = [f"nodes = {json.dumps(nodes)}", f"activation = {json.dumps(_in_short(draft.functions))}"]
    lines += [f"weights = {json.dumps(weights)}"]
    draft.parameters += [name for row in weights for name in row if name]
    if bias == "shared":
        lines += [f'bias = "b{k}"']
        draft.parameters += [f"b{k}"]
    elif bias != "none":
        names = [f"b_{node}" if bias == "each" else f"theta_{node}" for node in nodes]
        lines += ["biases = true" if bias == "each" else f"biases = {json.dumps(names)}"]
        draft.parameters += names
    draft.layers.append("[[network.layers]]\n" + "\n".join(lines) + "\n\n")
    draft.nodes.append(nodes)


def _functions(chance: random.Random, size: int) -> list[str]:
    """Mostly one for the layer, now and then one for each node; thresholds are rare."""
    table = SMOOTH if chance.random() < 0.9 else THRESHOLDS
    return [chance.choice(table) for _ in range(size)] if chance.random() < 0.15 else [chance.choice(table)] * size


def _in_short(functions: Sequence[str]) -> str | list[str]:
    return functions[0] if len({*functions}) == 1 else list(functions)


def _weights(draft: Draft, nodes: Sequence[str], sources: Sequence[str]) -> list[list[str]]:
    """Names of the weights, row by row; of some layers one edge is not there."""
    before, draft.edges = draft.edges, draft.edges + len(nodes) * len(sources)
    by_number = draft.chance.random() < 0.6
    rows = [
        [
            f"w{before + n * len(sources) + k + 1}" if by_number else f"w_{source}_{node}"
            for k, source in enumerate(sources)
        ]
        for n, node in enumerate(nodes)
    ]
    if len(nodes) > 1 and len(sources) > 1 and draft.chance.random() < 0.15:
        rows[draft.chance.randrange(len(nodes))][draft.chance.randrange(len(sources))] = ""
    return rows


def _loss(draft: Draft, *, softmax: bool) -> str | None:
    if draft.chance.random() < 0.08:
        return None
    return "cross-entropy" if softmax else draft.chance.choice(("half-squared", "half-squared", "mean-squared"))


def _values(draft: Draft, loss: str | None) -> str:
    chance, scale = draft.chance, draft.chance.choice(SCALES)
    decimals = chance.choice((1, 2, 2, 2, 3))
    values = {name: _off_zero(chance, 1.0, decimals) for name in draft.inputs}
    if chance.random() < 0.2:
        values[chance.choice(draft.inputs)] = chance.choice((0.0, 1.0, -1.0))
    values |= {name: _off_zero(chance, scale, decimals) for name in draft.parameters}
    if loss:
        values |= _targets(draft, loss)
    return "[values]\n" + "".join(f"{name} = {value!r}\n" for name, value in values.items()) + "\n"


def _off_zero(chance: random.Random, scale: float, decimals: int) -> float:
    """A short number as authors choose it, hardly ever 0."""
    unit = 10.0**-decimals
    size = max(unit, round(chance.uniform(0.05, 1.0) * scale, decimals))
    return round(chance.choice((-1, 1, 1)) * size, decimals)


def _targets(draft: Draft, loss: str) -> dict[str, float]:
    chance, nodes = draft.chance, draft.nodes[-1]
    if loss == "cross-entropy":
        return dict(zip((f"target_{node}" for node in nodes), _shares(chance, len(nodes)), strict=True))
    found = {}
    for node, function in zip(nodes, draft.functions, strict=True):
        low = -1.0 if function in {"tanh", "half-tanh", "identity", "sign"} else 0.0
        found[f"target_{node}"] = chance.choice((low, 1.0, round(chance.uniform(low, 1.0), 2)))
    return found


def _shares(chance: random.Random, size: int) -> list[float]:
    """One class, or shares in tenths that add up to 1."""
    if chance.random() < 0.7:
        right = chance.randrange(size)
        return [float(k == right) for k in range(size)]
    cuts = sorted(chance.randrange(11) for _ in range(size - 1))
    return [(high - low) / 10 for low, high in zip([0, *cuts], [*cuts, 10], strict=True)]


def _first_net(text: str) -> str:
    """The name of a net input, so that there is something to ask before all is known that can be asked."""
    node = json.loads(text.split("nodes = ", 1)[1].split("\n", 1)[0])[0]
    return f"z_{node}" if 'net = "z_' in text else f"net_{node}"


def _part(title: str, names: Sequence[str]) -> str:
    return f'[[parts]]\ntitle = "{title}"\npoints = {len(names)}\nask = {json.dumps(list(names))}\n\n'


def _parts(exercise: Exercise) -> Iterator[str]:
    """Everything that can be computed, a point each, in the order of the computation."""
    for title, kinds in PARTS:
        names = [q.name for q in exercise.graph.computed if q.kind in kinds and not q.after_step]
        yield from (_part(title, names[k : k + MOST_ASKED]) for k in range(0, len(names), MOST_ASKED))
    after = [q.name for q in exercise.graph.computed if q.after_step]
    yield from [_part("After the step", after)] if after else []
