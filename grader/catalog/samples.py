"""The sample answers in an exercise's folder, judged, beside what their folders say."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.catalog.answer_file import contents_of, read_answer_file
from grader.catalog.verify import FILES, check_sample
from grader.checking.answers import Entry, problems_at_gate, read
from grader.checking.errors import AnswerProblem
from grader.checking.exercise import Exercise
from grader.checking.judge import judge
from grader.checking.report import Report
from grader.checking.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """One file.

    Attributes:
        folder: the verdict that it is an example of, or `unreadable`.
        name: of the file.
        entries: what it holds.
        problems: why it is refused at the gate, if it is.
        report: None where it is refused.
        faults: what is not as the folder says; none where it is.
    """

    folder: str
    name: str
    entries: Mapping[str, Entry]
    problems: tuple[AnswerProblem, ...]
    report: Report | None
    faults: tuple[str, ...]

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """How often each verdict was given."""
        return Counter(field.verdict for field in self.report.fields.values()) if self.report else {}


def samples_of(exercise: Exercise, folder: Path) -> Iterator[Sample]:
    """Judge every sample of an exercise's folder by the printed values.

    Raises:
        UnreadableAnswerFile: a file is no file of answers.
    """
    for path in sorted((folder / "answers").glob("*/*.*")):
        if path.parent.name != FILES:
            yield _sample(exercise, path)


def _sample(exercise: Exercise, path: Path) -> Sample:
    entries = read_answer_file(path)
    contents = contents_of(path, entries)
    word = path.parent.name
    problems = tuple(problems_at_gate(exercise, entries, contents))
    report = None if problems else judge(exercise, [read(exercise, entries, contents)])[0]
    faults = tuple(f"{key}: {reason}" if key else reason for key, reason in check_sample(exercise, word, path))
    return Sample(word, path.name, entries, problems, report, faults)
