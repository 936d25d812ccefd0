"""Exercises that work an epoch by hand: what exercise.toml says of it."""

from collections.abc import Mapping

from grader.catalog.format import ExerciseIn
from grader.catalog.problems import Complaints
from grader.catalog.topology import functions
from grader.engine.epoch import given_at

THRESHOLDS = {"step", "sign"}


def check_training(raw: ExerciseIn, complaints: Complaints) -> None:
    """An epoch needs one node with a threshold, a learning rate, and rows that give every input and the target."""
    if raw.training is None:
        return
    layers = raw.network.layers
    if len(layers) != 1 or len(layers[0].nodes) != 1 or functions(layers[0])[0] not in THRESHOLDS:
        complaints.add("training.rule", "the perceptron rule needs one layer of one node, with step or sign")
        return
    if raw.network.learning_rate is None or raw.network.loss is not None:
        complaints.add("network", "the perceptron rule needs a learning_rate, and knows no loss")
    wanted = {*raw.network.inputs, layers[0].nodes[0]}
    for k, row in enumerate(raw.training.rows):
        if set(row) != wanted:
            complaints.add(f"training.rows.{k}", f"must give {', '.join(sorted(wanted))} and nothing else")


def epoch_rows(raw: ExerciseIn) -> tuple[tuple[Mapping[str, float], float], ...]:
    """Inputs and target of each row."""
    if raw.training is None:
        return ()
    node = raw.network.layers[0].nodes[0]
    return tuple(({name: row[name] for name in raw.network.inputs}, row[node]) for row in raw.training.rows)


def row_values(raw: ExerciseIn) -> dict[str, float]:
    """The given values of all rows, by the names that they have in the graph."""
    return {
        given_at(name, k): value
        for k, (inputs, target) in enumerate(epoch_rows(raw), start=1)
        for name, value in (*inputs.items(), ("target", target))
    }
