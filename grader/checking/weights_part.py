"""A part that asks for trained weights: typed or from a file, judged as one."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.checking.answers import ReadAnswers
from grader.checking.exercise import Part
from grader.checking.fit import fit
from grader.checking.report import FieldReport
from grader.checking.trained import Tried, try_weights
from grader.checking.verdict import Verdict
from grader.checking.weights import WeightsTask
from grader.sayings.saying import Saying
from grader.weightfiles.read import WeightFile
from grader.weightfiles.refused import RefusedFile


@dataclass(frozen=True, slots=True)
class PartReport:
    """What came of the part: every field carries the group's verdict; `tried` is None where nothing could be tried."""

    fields: Mapping[str, FieldReport]
    tried: Tried | None = None


def try_part(part: Part, task: WeightsTask, answers: ReadAnswers) -> PartReport:
    """Try what was handed in; a file goes before what was typed.

    Raises:
        ValueError: there is a file, and its content is not at hand: our fault, and never a wrong answer.
    """
    if part.upload is not None and part.upload in answers.files:
        return _try_file(part, task, answers.files[part.upload])
    blank = [field.name for field in part.fields if field.name not in answers.numbers]
    if not blank:
        return _tried(part, try_weights(task, {field.name: answers.numbers[field.name].value for field in part.fields}))
    asks_file = blank == [part.upload]
    note = Saying("weights.no-file") if asks_file else Saying("weights.blank", fields=tuple(blank))
    return PartReport(_all(part, Verdict.MISSING, note))


def _try_file(part: Part, task: WeightsTask, file: WeightFile | RefusedFile | None) -> PartReport:
    if file is None:
        raise ValueError("a file can only be judged together with its content")
    try:
        if isinstance(file, RefusedFile):
            raise file
        weights = fit(task, file)
    except RefusedFile as refused:
        return PartReport(_all(part, Verdict.MISSING, Saying("weights.unusable-file", reason=refused.detail)))
    return _tried(part, try_weights(task, weights, file.format.value))


def _tried(part: Part, tried: Tried) -> PartReport:
    return PartReport(_all(part, Verdict.CORRECT if tried.right else Verdict.WRONG), tried)


def _all(part: Part, verdict: Verdict, note: Saying | None = None) -> dict[str, FieldReport]:
    is_right = verdict is Verdict.CORRECT
    return {f.name: FieldReport(verdict, f.points if is_right else 0.0, f.points, note=note) for f in part.fields}
