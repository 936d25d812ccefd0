"""Judging sheets of typed text, and what is right in them by value alone."""

from collections.abc import Mapping, Sequence

from grader.judging.answers import Entry, ReadAnswers, read_answers
from grader.judging.exercise import Exercise, FieldKind
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict


def read_sheet(exercise: Exercise, texts: Mapping[str, str]) -> ReadAnswers:
    """What reading gives; a text that is no formula for the gate (1e300 is too large for one) stays blank.

    Raises:
        ValueError: a number can't be read, so that the sheet would have been refused at the gate.
    """
    answers = read_answers(exercise, {name: Entry(text) for name, text in texts.items()})
    refused = {problem.field for problem in answers.problems}
    formulas = {field.name for field in exercise.fields if field.kind is FieldKind.FORMULA}
    if refused - formulas:
        raise ValueError(f"{exercise.slug}: {answers.problems[0]}")
    return read_sheet(exercise, {n: text for n, text in texts.items() if n not in refused}) if refused else answers


def report_alone(exercise: Exercise, answers: ReadAnswers) -> Report | Exception:
    """The report of one sheet, or the exception that judging it raises."""
    try:
        return judge(exercise, [answers])[0]
    except Exception as error:  # noqa: BLE001 - that there is none is what is measured
        return error


def reports_together(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report | Exception]:
    """The reports of a batch; where it can't be judged as one, those of its halves."""
    try:
        return list(judge(exercise, batch))
    except Exception as error:  # noqa: BLE001 - that there is none is what is measured
        if len(batch) == 1:
            return [error]
        half = len(batch) // 2
        return reports_together(exercise, batch[:half]) + reports_together(exercise, batch[half:])


def right_by_value(exercise: Exercise, answers: ReadAnswers) -> set[str]:
    """The computed fields whose value lies within the tolerance of the reference."""
    return {
        name
        for name, number in answers.numbers.items()
        if name in exercise.asked and abs(number.value - float(exercise.reference[name])) <= float(exercise.width(name))
    }


def points_beyond(exercise: Exercise, answers: ReadAnswers, report: Report) -> float:
    """Points for what is not right by value; formulas and trained weights are right where they are correct."""
    right = right_by_value(exercise, answers)
    return sum(
        field.given
        for name, field in report.fields.items()
        if name not in right and (name in exercise.asked or field.verdict is not Verdict.CORRECT)
    )


def kept_old(exercise: Exercise, answers: ReadAnswers) -> set[str]:
    """Updates typed just as their old weight, though it changes: with so few digits no step shows."""
    return {
        name
        for name, number in answers.numbers.items()
        if name in exercise.asked
        and (weight := exercise.before(name))
        and number.value == float(exercise.reference[weight]) != float(exercise.reference[name])
    }
