"""The judgement of trained weights: by what they do on every row, never by equality with one solution."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.checking.behaviour import Behaviour, behave
from grader.checking.weights import WeightsTask

MOST_ROWS = 200
"""Rows that a report lists."""

MOST_NAMED = 4
"""Rows, or weights, that one sentence names."""


@dataclass(frozen=True, slots=True)
class RowReport:
    """What one row gave.

    Attributes:
        inputs: the row.
        nets: net input of each output node.
        outputs: what came out, by quantity.
        targets: what should have come out.
        right: whether every output agrees.
    """

    inputs: Mapping[str, float]
    nets: Mapping[str, float]
    outputs: Mapping[str, float]
    targets: Mapping[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class TrainedReport:
    """What the weights do on the whole.

    Attributes:
        rows: how many rows there are; `right` of them are right, which is the share `accuracy`.
        accuracy_wanted: the share that was asked for, if any.
        loss: the mean over the rows; None where the network has none, or it is beyond all measure.
        loss_bound: what it was to stay below, if anything.
        margin: how far the nearest row is from the wrong side; negative beyond it. For threshold units the net by
            the length of the weights, else the distance of the output from where it would be wrong.
        hidden: whether the rows are kept from the students; then they are not listed.
        broken: a sentence per constraint that does not hold.
        weights: what was tried, by name.
        source: `fields`, or the format of the file.
    """

    rows: int
    right: int
    accuracy: float
    accuracy_wanted: float | None
    loss: float | None
    loss_bound: float | None
    margin: float | None
    hidden: bool
    broken: tuple[str, ...]
    weights: Mapping[str, float]
    source: str = "fields"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying weights; `notes` say what is off."""

    right: bool
    report: TrainedReport
    rows: tuple[RowReport, ...]
    notes: tuple[str, ...]


def try_weights(task: WeightsTask, weights: Mapping[str, float], source: str = "fields") -> Tried:
    """Run every row of the data through the network with the weights that were sent, and hold it to the demands."""
    behaviour = behave(task, weights)
    broken = tuple(_broken(task, weights))
    notes = (*broken, *_shortfalls(task, behaviour))
    demands, right = task.demands, int(behaviour.right.sum())
    report = TrainedReport(
        rows=len(task.data),
        right=right,
        accuracy=right / len(task.data),
        accuracy_wanted=demands.accuracy,
        loss=behaviour.loss,
        loss_bound=demands.loss_below,
        margin=behaviour.margin,
        hidden=task.data.hidden,
        broken=broken,
        weights=dict(weights),
        source=source,
    )
    return Tried(not notes, report, () if task.data.hidden else tuple(_rows(task, behaviour)), notes)


def _broken(task: WeightsTask, weights: Mapping[str, float]) -> Iterator[str]:
    if task.demands.bounds is not None:
        low, high = task.demands.bounds
        outside = [f"{name} = {value:g}" for name, value in weights.items() if not low <= value <= high]
        if outside:
            yield f"Weights have to lie between {low:g} and {high:g}: {_listed(outside)}."
    if task.demands.integers:
        broken = [f"{name} = {value:g}" for name, value in weights.items() if value != np.round(value)]
        if broken:
            yield f"Weights have to be whole numbers: {_listed(broken)}."


def _shortfalls(task: WeightsTask, behaviour: Behaviour) -> Iterator[str]:
    demands, right, rows = task.demands, int(behaviour.right.sum()), len(task.data)
    if any(np.isnan(value).any() for value in behaviour.values.values()):
        yield "With these weights some values grow beyond what can be computed."
    if demands.accuracy is not None and right < demands.accuracy * rows:
        kind = "hidden rows" if task.data.hidden else "rows"
        yield f"{right} of {rows} {kind} are right ({right / rows:.1%}); at least {demands.accuracy:.4g} of all is asked."
    if demands.accuracy is None and not task.is_judged_by_loss and right < rows:
        yield _wrong_rows(task, behaviour)
    if demands.loss_below is not None and not (behaviour.loss is not None and behaviour.loss < demands.loss_below):
        told = "beyond all measure" if behaviour.loss is None else f"{behaviour.loss:.6g}"
        over = "" if rows == 1 else f", the mean over {rows} rows,"
        yield f"The loss{over} is {told}; it has to be below {demands.loss_below:g}."


def _wrong_rows(task: WeightsTask, behaviour: Behaviour) -> str:
    wrong = np.flatnonzero(~behaviour.right)
    count = f"{len(wrong)} of {len(task.data)} {'rows is' if len(wrong) == 1 else 'rows are'} wrong"
    if task.data.hidden:
        return f"{count}."
    told = []
    for k in wrong[: MOST_NAMED + 1]:
        place = ", ".join(f"{values[k]:g}" for values in task.data.inputs.values())
        given = ", ".join(
            f"{name} = {behaviour.values[name][k]:.6g} instead of {target[k]:g}"
            for name, target in task.data.targets.items()
        )
        told.append(f"({place}) gives {given}")
    return f"{count}: {_listed(told, '; ')}."


def _listed(texts: list[str], comma: str = ", ") -> str:
    shown = comma.join(texts[:MOST_NAMED])
    return f"{shown}{comma}…" if len(texts) > MOST_NAMED else shown


def _rows(task: WeightsTask, behaviour: Behaviour) -> Iterator[RowReport]:
    nets = tuple(task.network.naming.net(node.name) for node in task.network.outputs)
    for k in range(min(len(task.data), MOST_ROWS)):
        yield RowReport(
            inputs={name: float(values[k]) for name, values in task.data.inputs.items()},
            nets={name: _told(behaviour.values[name][k]) for name in nets},
            outputs={name: _told(behaviour.values[name][k]) for name in task.data.targets},
            targets={name: float(values[k]) for name, values in task.data.targets.items()},
            right=bool(behaviour.right[k]),
        )


def _told(value: float) -> float:
    """What JSON can hold: what has overflowed, or has no value at all, stands at the ends of float64."""
    return float(np.nan_to_num(value, nan=np.finfo(np.float64).max))
