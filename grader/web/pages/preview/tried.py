"""Answers that an instructor tries: judged at once, stored nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.checking.answers import Entry, problems_at_gate, read
from grader.checking.errors import AnswerProblem
from grader.checking.exercise import Exercise
from grader.checking.report import Report
from grader.web.judge_now import judge_now
from grader.web.pages.report_view import Section, sections

NO_FILES: Mapping[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came out: `report` and `sections` unless something could not be read."""

    entries: Mapping[str, Entry]
    problems: tuple[AnswerProblem, ...] = ()
    report: Report | None = None
    sections: tuple[Section, ...] = ()


def try_out(exercise: Exercise, entries: Mapping[str, Entry], language: str) -> Tried:
    """Judge typed answers as if a student had sent them; files are left to submissions, which are judged apart."""
    typed = {name: entry for name, entry in entries.items() if entry.file is None}
    problems = tuple(problems_at_gate(exercise, typed, NO_FILES))
    if problems:
        return Tried(typed, problems)
    return told(exercise, typed, judge_now(exercise, read(exercise, typed)), language)


def told(exercise: Exercise, entries: Mapping[str, Entry], report: Report, language: str) -> Tried:
    """Lay a report out as a student reads it."""
    said = report.in_language(language)
    return Tried(entries, (), said, sections(exercise, entries, said))
