"""`grader exercises check`: whether an exercise is correct, distinguishes mistakes, and agrees with its samples."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.catalog.answer_file import UnreadableAnswerFile, contents_of, read_answer_file
from grader.catalog.load import DEFINITION, LoadedExercise, load_folder, unknown_places
from grader.catalog.mathematics import fault, formulas
from grader.catalog.validation import ExerciseErrors, ExerciseProblem
from grader.engine.epoch import epoch_in_fractions
from grader.engine.oracle import CLOSE, disagreements
from grader.judging.answers import Entry, problems_at_gate, read_answers
from grader.judging.errors import AnswerProblem
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.judge_formulas import formula_keys, sample_point
from grader.judging.report import Report
from grader.judging.separation import ENOUGH, separate, would_do
from grader.judging.variants import survey
from grader.judging.verdict import Verdict

GOOD_SHARE = 0.1
"""The least share of usable variants among those examined; the others are redrawn."""

UNREADABLE = "unreadable"
"""The folder of samples that are rejected on submission."""

FILES = "files"
"""The folder of files that samples refer to."""

FOLDERS = (*(verdict.value for verdict in Verdict), UNREADABLE)
HARMLESS = frozenset({Verdict.CORRECT, Verdict.FOLLOWS})
CAUSES = frozenset({Verdict.WRONG, Verdict.MISTAKEN, Verdict.IMPRECISE, Verdict.UNDECIDED})
"""Verdicts of which `follows` samples need one: something has to be wrong before anything can follow from it."""


def verify(folder: Path) -> tuple[ExerciseProblem, ...]:
    """Return all problems of one exercise; empty if it can be served."""
    try:
        published = load_folder(folder)
    except ExerciseErrors as errors:
        return errors.problems
    exercise = published.exercise
    broken = tuple(_check_reference(exercise))
    broken += tuple(_check_statements(published))
    if broken:  # nothing can be compared with an invalid reference
        return broken
    return (*_check_separation(exercise), *_check_variants(exercise), *_check_samples(published, folder))


def _check_reference(exercise: Exercise) -> Iterator[ExerciseProblem]:
    if not exercise.asked:
        yield from _check_formulas(exercise)
        return
    for name, ways in _other_ways(exercise):
        yield ExerciseProblem(f"{exercise.slug}/{DEFINITION}", name, f"the ways to this value don't agree: {ways}")


def _check_formulas(exercise: Exercise) -> Iterator[ExerciseProblem]:
    """Check the rules behind formulas at some values, since formulas need no given values."""
    if exercise.epoch or not formula_keys(exercise):
        return
    given = sample_point(exercise.network, exercise.graph) | {given.name: given.value for given in exercise.givens}
    for name, ways in disagreements(exercise.network, exercise.graph, given):
        yield ExerciseProblem(f"{exercise.slug}/{DEFINITION}", name, f"the ways to this formula don't agree: {ways}")


def _other_ways(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Yield where the graph differs from a computation that shares no rules with it."""
    given = {given.name: given.value for given in exercise.givens}
    if not exercise.epoch:
        yield from disagreements(exercise.network, exercise.graph, given)
        return
    for name, value in epoch_in_fractions(exercise.network, exercise.epoch, given).items():
        got = float(exercise.reference[name])
        if abs(value - got) > CLOSE:
            yield name, f"the graph gives {got!r}, exact arithmetic {value!r}"


def _check_separation(exercise: Exercise) -> Iterator[ExerciseProblem]:
    if not exercise.asked:
        return
    narrow = separate(exercise).narrow
    for name in dict.fromkeys(gap.field for gap in narrow):
        nearest, *others = [gap for gap in narrow if gap.field == name]
        also = f" (so do {', '.join(gap.mistake for gap in others)})" if others else ""
        narrower = would_do(exercise, nearest)
        advice = f"{name} = {{ {narrower} }} would do, or choose other values" if narrower else "choose other values"
        reason = (
            f"the mistake {nearest.mistake} comes within {nearest.tolerances:.2g} tolerances of the right value{also}; "
            f"{ENOUGH:g} are needed: {advice}"
        )
        yield ExerciseProblem(f"{exercise.slug}/{DEFINITION}", f"tolerance.fields.{name}", reason)


def _check_variants(exercise: Exercise) -> Iterator[ExerciseProblem]:
    if exercise.vary is None:
        return
    found = survey(exercise, exercise.vary)
    if found.usable < GOOD_SHARE * found.looked_at:
        worst = found.worst
        most = f" ({worst.mistake} at {worst.field} in {worst.variants})" if worst else ""
        narrower = f", or a narrower tolerance of {worst.field}" if worst else ""
        reason = (
            f"of {found.looked_at} variants only {found.usable} can be used: {found.unfit} lie near a threshold or "
            f"saturate, {found.idle} have a derivative or an update of 0 where the printed values have none, and in "
            f"{found.narrow} of the others a mistake comes within {ENOUGH:g} tolerances of a right value{most}; "
            f"choose other ranges{narrower}"
        )
        yield ExerciseProblem(f"{exercise.slug}/{DEFINITION}", "vary", reason)


def _check_statements(published: LoadedExercise) -> Iterator[ExerciseProblem]:
    values = {given.name: given.value for given in published.exercise.givens}
    for language, text in published.statements.items():
        file = "statement.md" if language == "en" else f"statement.{language}.md"
        for name in unknown_places(text, values):
            yield ExerciseProblem(
                f"{published.slug}/{file}", "", f"{{{{ {name} }}}} is no given value that could stand there"
            )
        for formula in formulas(published.statement(language)):
            if reason := fault(formula):
                place = f"line {formula.line}"
                yield ExerciseProblem(f"{published.slug}/{file}", place, f"${formula.latex}$ can't be shown: {reason}")


def _check_samples(published: LoadedExercise, folder: Path) -> Iterator[ExerciseProblem]:
    base = folder / "answers"
    for entry in sorted(base.iterdir()) if base.is_dir() else []:
        if entry.name not in {*FOLDERS, FILES}:
            yield ExerciseProblem(
                f"{folder.name}/answers/{entry.name}", "", f"is no verdict; there are {', '.join(FOLDERS)}"
            )
    files = {word: sorted((base / word).glob("*.*")) for word in FOLDERS}
    if not files[Verdict.CORRECT]:
        reason = "has no sample: a full set of right answers shows that the exercise can be solved"
        yield ExerciseProblem(f"{folder.name}/answers/correct", "", reason)
    for word, paths in files.items():
        for path in paths:
            name = f"{folder.name}/answers/{word}/{path.name}"
            yield from (
                ExerciseProblem(name, key, reason) for key, reason in check_sample(published.exercise, word, path)
            )


def check_sample(exercise: Exercise, word: str, path: Path) -> Iterator[tuple[str, str]]:
    """Yield field and reason wherever a sample does not match its folder."""
    try:
        entries = read_answer_file(path)
        contents = contents_of(path, entries)
    except UnreadableAnswerFile as error:
        yield "", error.detail
        return
    problems = problems_at_gate(exercise, entries, contents)
    report = None if problems else judge(exercise, [read_answers(exercise, entries, contents)])[0]
    if word == UNREADABLE:
        if report is not None and report.unusable_file is None:
            yield "", "everything in it can be read"
        return
    for problem in problems:
        yield problem.field, problem.detail
    if report is not None:
        yield from _check_verdicts(report, Verdict(word))


def _check_verdicts(report: Report, wanted: Verdict) -> Iterator[tuple[str, str]]:
    allowed = HARMLESS | {wanted} | (CAUSES if wanted is Verdict.FOLLOWS else frozenset())
    for name, field in report.fields.items():
        if field.verdict not in allowed:
            yield name, f"is {field.verdict}; fields of this folder are {wanted}, correct or follow"
        if wanted is Verdict.CORRECT and field.verdict is Verdict.FOLLOWS:
            yield name, "follows from a value that is off; every field of this folder must be correct"
    if all(field.verdict is not wanted for field in report.fields.values()):
        yield "", f"no field of it is {wanted}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One file.

    Attributes:
        folder: the expected verdict, or `unreadable`.
        name: of the file.
        entries: its content.
        problems: why it is rejected on submission, if it is.
        report: None if it is rejected.
        faults: where it does not match its folder.
    """

    folder: str
    name: str
    entries: Mapping[str, Entry]
    problems: tuple[AnswerProblem, ...]
    report: Report | None
    faults: tuple[str, ...]

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """The frequency of each verdict."""
        return Counter(field.verdict for field in self.report.fields.values()) if self.report else {}


def samples_of(exercise: Exercise, folder: Path) -> Iterator[Sample]:
    """Judge every sample in an exercise's folder by the printed values.

    Raises:
        UnreadableAnswerFile: a file is not a file of answers.
    """
    for path in sorted((folder / "answers").glob("*/*.*")):
        if path.parent.name != FILES:
            yield _sample(exercise, path)


def _sample(exercise: Exercise, path: Path) -> Sample:
    entries = read_answer_file(path)
    contents = contents_of(path, entries)
    word = path.parent.name
    problems = tuple(problems_at_gate(exercise, entries, contents))
    report = None if problems else judge(exercise, [read_answers(exercise, entries, contents)])[0]
    faults = tuple(f"{key}: {reason}" if key else reason for key, reason in check_sample(exercise, word, path))
    return Sample(word, path.name, entries, problems, report, faults)
