"""The judgement of trained weights: by what they do on every row, never by equality with one solution."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from grader.checking.behaviour import Behaviour, behave
from grader.checking.weights import WeightsTask
from grader.sayings.saying import Saying, figure, in_language, to_json

MOST_ROWS = 200
"""Rows that a report lists."""

MOST_NAMED = 4
"""Rows, or weights, that one sentence names."""

MORE = "…"
"""What stands for the others."""


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

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**plain, "broken": [to_json(sentence) for sentence in self.broken], "weights": dict(self.weights)}

    def in_language(self, language: str) -> Self:
        """The same, said in a language."""
        return replace(self, broken=tuple(in_language(sentence, language) for sentence in self.broken))


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


def _broken(task: WeightsTask, weights: Mapping[str, float]) -> Iterator[Saying]:
    if task.demands.bounds is not None:
        low, high = task.demands.bounds
        outside = {name: value for name, value in weights.items() if not low <= value <= high}
        if outside:
            yield Saying("weights.bounds", low=low, high=high, outside=_listed(outside))
    if task.demands.integers:
        broken = {name: value for name, value in weights.items() if value != np.round(value)}
        if broken:
            yield Saying("weights.integers", broken=_listed(broken))


def _shortfalls(task: WeightsTask, behaviour: Behaviour) -> Iterator[Saying]:
    demands, right, rows = task.demands, int(behaviour.right.sum()), len(task.data)
    if any(np.isnan(value).any() for value in behaviour.values.values()):
        yield Saying("weights.overflow")
    if demands.accuracy is not None and right < demands.accuracy * rows:
        yield _too_few(task, right, demands.accuracy)
    if demands.accuracy is None and not task.is_judged_by_loss and right < rows:
        yield _wrong_rows(task, behaviour)
    if demands.loss_below is not None and not (behaviour.loss is not None and behaviour.loss < demands.loss_below):
        yield _too_high(behaviour.loss, demands.loss_below, rows)


def _too_few(task: WeightsTask, right: int, wanted: float) -> Saying:
    rows = len(task.data)
    share = round(right / rows, 9)
    if task.data.hidden:
        return Saying("weights.accuracy-hidden", right=right, rows=rows, share=share, wanted=wanted)
    return Saying("weights.accuracy", right=right, rows=rows, share=share, wanted=wanted)


def _too_high(loss: float | None, bound: float, rows: int) -> Saying:
    if rows == 1:
        return (
            Saying("weights.loss-beyond", bound=bound)
            if loss is None
            else Saying("weights.loss", loss=figure(loss), bound=bound)
        )
    if loss is None:
        return Saying("weights.mean-loss-beyond", rows=rows, bound=bound)
    return Saying("weights.mean-loss", rows=rows, loss=figure(loss), bound=bound)


def _wrong_rows(task: WeightsTask, behaviour: Behaviour) -> Saying:
    wrong = np.flatnonzero(~behaviour.right)
    if task.data.hidden:
        return Saying("weights.wrong-hidden", wrong=len(wrong), rows=len(task.data))
    examples = tuple(_row(task, behaviour, k) for k in wrong[:MOST_NAMED].tolist())
    more = (MORE,) if len(wrong) > MOST_NAMED else ()
    return Saying("weights.wrong", wrong=len(wrong), rows=len(task.data), examples=(*examples, *more))


def _row(task: WeightsTask, behaviour: Behaviour, k: int) -> Saying:
    outputs = tuple(
        Saying("weights.output", name=name, given=figure(behaviour.values[name][k]), wanted=figure(target[k]))
        for name, target in task.data.targets.items()
    )
    return Saying(
        "weights.row", inputs=tuple(figure(values[k]) for values in task.data.inputs.values()), outputs=outputs
    )


def _listed(values: Mapping[str, float]) -> tuple[str, ...]:
    """The first of them, and that there are more."""
    named = [Saying("value", name=name, value=figure(value)) for name, value in values.items()]
    return (*named[:MOST_NAMED], MORE) if len(named) > MOST_NAMED else tuple(named)


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
