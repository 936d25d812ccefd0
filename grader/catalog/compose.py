"""From a valid exercise.toml to the exercise to be judged; checks what types cannot express."""

import math
import re
from collections.abc import Iterator, Mapping

from grader.catalog import validation
from grader.catalog.format import NAME, ExerciseIn, FieldToleranceIn, PartIn
from grader.catalog.formulas import check_formulas, check_names, formula_fields, formula_task, variables_of
from grader.catalog.topology import wire
from grader.catalog.training import check_training, epoch_rows, row_values, trained_names, training_part
from grader.engine.build import build_graph
from grader.engine.epoch import build_epoch
from grader.engine.graph import Graph
from grader.engine.network import Network
from grader.engine.notation import Kind, label, symbol
from grader.judging.exercise import Exercise, Field, FieldKind, Given, Part
from grader.judging.tolerance import CHANGE_SHARE, DEFAULT_ABSOLUTE, DEFAULT_RELATIVE, Tolerance
from grader.judging.verdict import Verdict, with_undecided

RATE = "eta"
"""The name of the given learning rate."""


def compose(slug: str, raw: ExerciseIn, file: str, data: Mapping[str, str]) -> Exercise:
    """Build the exercise.

    Args:
        slug: name of the folder.
        raw: the parsed exercise.toml.
        file: its name in error messages.
        data: texts of the folder's data files, by name.

    Raises:
        ExerciseErrors: inconsistent names, missing values, questions for unknown quantities.
    """
    complaints = validation.Complaints(file)
    network = wire(raw, complaints)
    check_training(raw, complaints)
    complaints.settle()
    try:
        graph = build_epoch(network, len(raw.training.rows)) if raw.training else build_graph(network)
    except ValueError as clash:
        raise validation.ExerciseErrors(
            (validation.ExerciseProblem(file, "names", f"{clash}; give one of them another name"),)
        ) from clash
    for quantity in graph:
        if not re.fullmatch(NAME, quantity.name):
            complaints.add("names", f"{quantity.name!r} can't be the name of a field: it must start with a letter")
    complaints.settle()
    trained = {name for part in raw.parts for name in trained_names(part, network)}
    values = raw.values | _rate(raw) | row_values(raw)
    exercise = Exercise(
        slug=slug,
        title=raw.title,
        titles=raw.titles,
        parts=tuple(_parts(raw, graph, network, data, complaints)),
        givens=tuple(Given(name, symbol(name), values[name]) for name in graph.given if name in values),
        network=network,
        graph=graph,
        vary=validation.vary_of(raw, values, complaints),
        epoch=epoch_rows(raw),
        credit=with_undecided({Verdict(word): share for word, share in raw.credit if share is not None}),
    )
    _check_values(raw, network, trained, complaints)
    _check_fields(raw, exercise, complaints)
    validation.check_coherence(raw, network, graph, complaints)
    check_names(raw, network, graph, complaints)
    complaints.settle()
    check_formulas(raw, exercise, complaints)
    complaints.settle()
    _check_finite(exercise, complaints)
    complaints.settle()
    return exercise


def _check_finite(exercise: Exercise, complaints: validation.Complaints) -> None:
    """Check that every computed value is finite, or nothing can be judged by it."""
    if exercise.asked:
        for quantity in exercise.graph.computed:
            value = float(exercise.reference[quantity.name])
            if not math.isfinite(value):
                complaints.add(
                    "values", f"{quantity.name} has no finite value for these ({value}): choose smaller ones"
                )


def _rate(raw: ExerciseIn) -> dict[str, float]:
    """Return the given learning rate; none if only formulas are asked for and it is one of their variables."""
    if raw.network.learning_rate is None or (_asks_only_formulas(raw) and RATE in variables_of(raw)):
        return {}
    return {RATE: raw.network.learning_rate}


def _asks_only_formulas(raw: ExerciseIn) -> bool:
    return all(part.formulas for part in raw.parts)


def _parts(
    raw: ExerciseIn, graph: Graph, network: Network, data: Mapping[str, str], complaints: validation.Complaints
) -> Iterator[Part]:
    for k, part in enumerate(raw.parts):
        key = f"parts.{k}"
        if sum(asked is not None for asked in (part.ask, part.train, part.formulas)) != 1:
            complaints.add(key, "needs either `ask` (computed quantities), `train` (weights to be found) or `formulas`")
        elif part.formulas is not None:
            asked = tuple(formula_fields(part, network, graph))
            task = formula_task(raw, asked, network, graph)
            yield Part(f"part-{k + 1}", part.title, asked, task, titles=part.titles)
        elif part.ask is not None:
            found = tuple(_asked(raw, part, network, graph, complaints))
            yield Part(f"part-{k + 1}", part.title, found, titles=part.titles)
        else:
            yield training_part(raw, part, network, data, complaints)


def _asked(
    raw: ExerciseIn, part: PartIn, network: Network, graph: Graph, complaints: validation.Complaints
) -> Iterator[Field]:
    key = f"parts.{raw.parts.index(part)}.ask"
    for name in part.ask or ():
        if name not in graph:
            complaints.add(key, validation.not_computed(name, network, graph))
        elif graph[name].kind is Kind.GIVEN:
            complaints.add(key, f"{name} is a given value; only what is computed can be asked")
        else:
            share = part.points / len(part.ask or ())
            tolerance = _tolerance(raw, name, is_update=graph[name].kind is Kind.UPDATE)
            yield Field(name, label(network, graph[name]), share, tolerance)


def _tolerance(raw: ExerciseIn, name: str, *, is_update: bool) -> Tolerance:
    own = raw.tolerance.fields.get(name)
    if is_update and (own is None or own.of_change):
        share = (own and own.of_change) or raw.tolerance.of_change or CHANGE_SHARE
        return Tolerance(0.0, share, of_change=True)
    source: FieldToleranceIn = own or raw.tolerance
    if source.digits is not None:
        return Tolerance(DEFAULT_ABSOLUTE, 0.5 * 10.0 ** (1 - source.digits), of_change=False)
    if source.absolute is None and source.relative is None:
        return Tolerance()
    if own is not None:
        return Tolerance(own.absolute or 0.0, own.relative or 0.0)
    absolute = DEFAULT_ABSOLUTE if source.absolute is None else source.absolute
    return Tolerance(absolute, DEFAULT_RELATIVE if source.relative is None else source.relative)


def _check_values(raw: ExerciseIn, network: Network, trained: set[str], complaints: validation.Complaints) -> None:
    parameters = {*network.weights, *network.biases}
    for name in sorted(trained - parameters):
        complaints.add("parts", f"{name} is to be trained but is no weight or bias of the network")
    asks = any(part.ask for part in raw.parts)
    inputs = set[str]() if raw.training else {*network.inputs, *network.targets()}
    needed = parameters | inputs if asks else parameters - trained
    if _asks_only_formulas(raw):
        needed = set()
    for name in sorted(needed - raw.values.keys()):
        complaints.add(f"values.{name}", "is needed and not given")
    known = parameters | inputs
    for name in sorted(raw.values.keys() - known):
        complaints.add(f"values.{name}", f"is no input, weight, bias or target{validation.near(name, sorted(known))}")
    for name in sorted(trained & raw.values.keys() & parameters if asks is False else set()):
        complaints.add(f"values.{name}", "is given, but it is what the student is to find")


def _check_fields(raw: ExerciseIn, exercise: Exercise, complaints: validation.Complaints) -> None:
    names = exercise.field_names
    for name in sorted({name for name in names if names.count(name) > 1}):
        complaints.add("parts", f"{name} is asked more than once")
    formulas = {field.name for field in exercise.fields if field.kind is FieldKind.FORMULA}
    for name in sorted(raw.tolerance.fields.keys() & formulas):
        complaints.add(
            f"tolerance.fields.{name}", "is a formula, which is either correct or not, so it has no tolerance"
        )
    for name in sorted(raw.tolerance.fields.keys() - set(names)):
        complaints.add(f"tolerance.fields.{name}", f"is not asked{validation.near(name, names)}")
