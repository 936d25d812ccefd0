"""The preview of an exercise for instructors, before it is set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import abort, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.catalog.load import LoadedExercise
from grader.catalog.verify import Sample, samples_of
from grader.judging.answers import Entry, problems_at_gate, read_answers
from grader.judging.errors import AnswerProblem
from grader.judging.exercise import Exercise, FieldKind
from grader.judging.report import Report
from grader.judging.separation import Changed, MistakeEffect, Separation, mistake_effects, separate
from grader.judging.solution import worked_solution
from grader.judging.verdict import Verdict
from grader.messages.language import Language
from grader.messages.mistakes import title_of
from grader.services.submissions.variants import SEED_BITS, values_of_seed
from grader.web.dependencies import web_services
from grader.web.exercises import judge_now
from grader.web.i18n import language, reading_language
from grader.web.pages.formatting import BADGES, Badge
from grader.web.pages.student import answer_form
from grader.web.pages.student.answer_form import answer_sheet_of, statement_language_of
from grader.web.pages.student.report import ReportSection, report_sections
from grader.web.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Reference:
    """One field: correct value and tolerance; None if it is not a number of the graph."""

    name: str
    label: str
    points: float
    right: float | None
    width: float | None


@dataclass(frozen=True, slots=True)
class MistakeLine:
    """One variant of a mistake; `first` is the first field that it changes, `nearest` the hardest to distinguish."""

    mistake: str
    title: str
    changed: int
    first: Changed | None
    nearest: Changed | None
    is_narrow: bool


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One sample answer; `counts` are its verdicts, each with its badge."""

    sample: Sample
    counts: tuple[tuple[Badge, int], ...]


def references(exercise: Exercise) -> Iterator[Reference]:
    """Yield every field in page order."""
    for field in exercise.fields:
        is_computed = field.kind is FieldKind.NUMBER and field.name in exercise.asked
        right = float(exercise.reference[field.name]) if is_computed else None
        width = float(exercise.width(field.name)) if is_computed else None
        yield Reference(field.name, field.label, field.points, right, width)


def mistake_lines(exercise: Exercise, language: Language) -> tuple[MistakeLine, ...]:
    """Return every possible mistake, the hardest to distinguish first."""
    lines = (_line(one, language) for one in mistake_effects(exercise))
    return tuple(sorted(lines, key=lambda line: line.nearest.tolerances if line.nearest else float("inf")))


def separation_of(exercise: Exercise) -> Separation | None:
    """Return the separation found by the check; None if nothing is computed."""
    return separate(exercise) if exercise.asked else None


def sample_lines(published: LoadedExercise, folder: Path) -> Sequence[SampleLine]:
    """Return every sample in the folder, judged by the printed values; cached until the exercise changes."""
    return _sample_lines(published.exercise, folder)


@lru_cache(maxsize=64)
def _sample_lines(exercise: Exercise, folder: Path) -> Sequence[SampleLine]:
    return [
        SampleLine(
            sample,
            tuple((BADGES[verdict], sample.verdicts[verdict]) for verdict in Verdict if verdict in sample.verdicts),
        )
        for sample in samples_of(exercise, folder)
    ]


def _line(likeness: MistakeEffect, language: Language) -> MistakeLine:
    changed = likeness.changed
    return MistakeLine(
        mistake=likeness.mistake,
        title=title_of(likeness.mistake, language),
        changed=len(changed),
        first=changed[0] if changed else None,
        nearest=likeness.nearest,
        is_narrow=likeness.is_narrow,
    )


NO_FILES: Mapping[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class TriedAnswers:
    """The result: `report` and `sections` unless something could not be read."""

    entries: Mapping[str, Entry]
    problems: tuple[AnswerProblem, ...] = ()
    report: Report | None = None
    sections: tuple[ReportSection, ...] = ()


def try_out(exercise: Exercise, entries: Mapping[str, Entry], language: Language) -> TriedAnswers:
    """Judge typed answers as if a student had sent them; files are left to submissions, which are judged apart."""
    typed = {name: entry for name, entry in entries.items() if entry.file is None}
    problems = tuple(problems_at_gate(exercise, typed, NO_FILES))
    if problems:
        return TriedAnswers(typed, problems)
    return tried_report(exercise, typed, judge_now(exercise, read_answers(exercise, typed)), language)


def tried_report(exercise: Exercise, entries: Mapping[str, Entry], report: Report, language: Language) -> TriedAnswers:
    """Lay a report out as a student reads it."""
    said = report.in_language(language)
    return TriedAnswers(entries, (), said, report_sections(exercise, entries, said))


NOTHING: Mapping[str, Entry] = {}


def preview(slug: str) -> Response:
    """Show the preview; `?seed=` draws the given values, `?sample=` fills in a sample and shows its report."""
    published = web_services().catalog.find(slug)
    chosen = request.args.get("sample")
    if chosen is None:
        return _preview_page(_drawn(published))
    samples = {f"{line.sample.folder}/{line.sample.name}": line for line in sample_lines(published, _folder(slug))}
    if chosen not in samples:
        abort(404, _("This sample does not exist."))
    return _preview_page(published, _of_sample(published, samples[chosen]))


def try_preview(slug: str) -> Response:
    """Judge typed answers immediately; stores nothing."""
    published = _drawn(web_services().catalog.find(slug))
    tried = try_out(published.exercise, answer_form.entries_of(request.form), reading_language())
    return _preview_page(published, tried)


def _preview_page(published: LoadedExercise, tried: TriedAnswers | None = None) -> Response:
    exercise = published.exercise
    wanted = request.args.get("statement", language())
    typed = tried.entries if tried else NOTHING
    problems = tried.problems if tried else ()
    body = render_template(
        "instructor/preview.html",
        sheet=answer_sheet_of(published, statement_language_of(published, wanted), typed, problems),
        tried=tried,
        seed=_seed(),
        references=list(references(exercise)),
        mistakes=mistake_lines(exercise, reading_language()),
        separation=separation_of(exercise),
        samples=sample_lines(web_services().catalog.find(published.slug), _folder(published.slug)),
        solution=worked_solution(exercise),
    )
    return make_response(body, 422 if problems else 200)


def _of_sample(published: LoadedExercise, line: SampleLine) -> TriedAnswers:
    sample = line.sample
    if sample.report is None:
        return TriedAnswers(sample.entries, sample.problems)
    return tried_report(published.exercise, sample.entries, sample.report, reading_language())


def _drawn(published: LoadedExercise) -> LoadedExercise:
    seed = _seed()
    own = None if seed is None else values_of_seed(published, seed)
    return published if own is None else published.with_values(own.givens)


def _seed() -> int | None:
    """Return the requested seed; an invalid one is reported, not ignored."""
    text = request.args.get("seed", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(2**SEED_BITS)) and int(text) < 2**SEED_BITS):
        raise ProblemError("invalid", _("Enter a whole number of at least 0 as the seed."))
    return int(text)


def _folder(slug: str) -> Path:
    return web_services().settings.exercises_dir / slug
