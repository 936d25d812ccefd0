"""A part with trained weights: typed or from a file, judged as one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Part
from grader.judging.report import FieldReport
from grader.judging.verdict import Verdict
from grader.judging.weights.fitting import MOST_NAMED, FileReading, readings
from grader.judging.weights.task import WeightsTask
from grader.judging.weights_report import TriedWeights, try_weights
from grader.messages.message import Message
from grader.weightfiles.limits import RefusedFile, shown
from grader.weightfiles.read import WeightFile


@dataclass(frozen=True, slots=True)
class PartReport:
    """The result of the part: every field has the same verdict; `tried` is None if nothing could be evaluated."""

    fields: Mapping[str, FieldReport]
    tried: TriedWeights | None = None


def try_part(part: Part, task: WeightsTask, answers: ReadAnswers) -> PartReport:
    """Evaluate the submitted weights; a file takes precedence over typed values.

    Raises:
        ValueError: the content of a file is not available: our fault, and never a wrong answer.
    """
    if part.upload is not None and part.upload in answers.files:
        return _try_file(part, task, answers.files[part.upload])
    blank = [field.name for field in part.fields if field.name not in answers.numbers]
    if not blank:
        return _tried(part, try_weights(task, {field.name: answers.numbers[field.name].value for field in part.fields}))
    asks_file = blank == [part.upload]
    note = Message("weights.no-file") if asks_file else Message("weights.blank", fields=tuple(blank))
    return PartReport(_all(part, Verdict.MISSING, note))


def _try_file(part: Part, task: WeightsTask, file: WeightFile | RefusedFile | None) -> PartReport:
    if file is None:
        raise ValueError("a file can only be judged together with its content")
    try:
        if isinstance(file, RefusedFile):
            raise file
        found = readings(task, file)
    except RefusedFile as refused:
        return PartReport(_all(part, Verdict.MISSING, Message("weights.unusable-file", reason=refused.detail)))
    return _tried(part, _best(task, found, file.format.value))


def _best(task: WeightsTask, found: Sequence[FileReading], source: str) -> TriedWeights:
    """Evaluate the readings of a file until one meets the demands; if none does, report the likeliest."""
    first = try_weights(task, found[0].weights, source)
    if first.right:
        return _noted(first, tuple(_notes(found[0], found[0])))
    for reading in found[1:]:
        tried = try_weights(task, reading.weights, source)
        if tried.right:
            return _noted(tried, tuple(_notes(reading, found[0])))
    return _noted(first, tuple(_notes(found[0], None)))


def _noted(tried: TriedWeights, notes: tuple[Message, ...]) -> TriedWeights:
    return replace(tried, notes=(*tried.notes, *notes))


def _notes(taken: FileReading, likeliest: FileReading | None) -> Iterator[Message]:
    """Yield how a file was read if there were alternatives; `likeliest` is None if no reading meets the demands."""
    names = tuple(shown(name) for name in taken.order)
    if taken.is_open and likeliest is None:
        yield Message("fit.order-open", names=names)
    elif taken.is_open or (likeliest is not None and taken.order != likeliest.order):
        yield Message("fit.order-taken", names=names)
    if taken.turned:
        yield Message("fit.turned", names=tuple(shown(name) for name in taken.turned))
    if taken.unused:
        yield Message("fit.unused", names=tuple(shown(name) for name in taken.unused[:MOST_NAMED]))


def _tried(part: Part, tried: TriedWeights) -> PartReport:
    return PartReport(_all(part, Verdict.CORRECT if tried.right else Verdict.WRONG), tried)


def _all(part: Part, verdict: Verdict, note: Message | None = None) -> dict[str, FieldReport]:
    is_right = verdict is Verdict.CORRECT
    return {f.name: FieldReport(verdict, f.points if is_right else 0.0, f.points, note=note) for f in part.fields}
