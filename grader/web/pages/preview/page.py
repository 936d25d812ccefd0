"""The page: the exercise with any seed, as a student sees it, and what a student does not see."""

from collections.abc import Mapping
from pathlib import Path

from flask import abort, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.catalog.load import Published
from grader.checking.answers import Entry
from grader.checking.worked import worked_solution
from grader.services.vary import SEED_BITS, values_of_seed
from grader.web.language import language
from grader.web.pages import form
from grader.web.pages.preview.tables import (
    SampleLine,
    mistake_lines,
    references,
    sample_lines,
    separation_of,
)
from grader.web.pages.preview.tried import Tried, told, try_out
from grader.web.pages.sheet import reading_of, sheet_of
from grader.web.problem import ProblemError
from grader.web.wiring import web_services

NOTHING: Mapping[str, Entry] = {}


def preview(slug: str) -> Response:
    """Show it; `?seed=` draws the given values, `?sample=` fills in one of the samples and shows its report."""
    published = web_services().catalog.find(slug)
    chosen = request.args.get("sample")
    if chosen is None:
        return _page(_drawn(published))
    samples = {f"{line.sample.folder}/{line.sample.name}": line for line in sample_lines(published, _folder(slug))}
    if chosen not in samples:
        abort(404, _("There is no such sample."))
    return _page(published, _of_sample(published, samples[chosen]))


def try_preview(slug: str) -> Response:
    """Judge what was typed at once; nothing is stored."""
    published = _drawn(web_services().catalog.find(slug))
    tried = try_out(published.exercise, form.entries_of(request.form), language())
    return _page(published, tried)


def _page(published: Published, tried: Tried | None = None) -> Response:
    exercise = published.exercise
    wanted = request.args.get("statement", language())
    typed = tried.entries if tried else NOTHING
    problems = tried.problems if tried else ()
    body = render_template(
        "preview.html",
        sheet=sheet_of(published, reading_of(published, wanted), typed, problems),
        tried=tried,
        seed=_seed(),
        references=list(references(exercise)),
        mistakes=mistake_lines(exercise, language()),
        separation=separation_of(exercise),
        samples=sample_lines(web_services().catalog.find(published.slug), _folder(published.slug)),
        solution=worked_solution(exercise),
    )
    return make_response(body, 422 if problems else 200)


def _of_sample(published: Published, line: SampleLine) -> Tried:
    sample = line.sample
    if sample.report is None:
        return Tried(sample.entries, sample.problems)
    return told(published.exercise, sample.entries, sample.report, language())


def _drawn(published: Published) -> Published:
    seed = _seed()
    own = None if seed is None else values_of_seed(published, seed)
    return published if own is None else published.with_values(own.givens)


def _seed() -> int | None:
    """The seed that is asked for; what is no seed is said, and not passed over."""
    text = request.args.get("seed", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(2**SEED_BITS)) and int(text) < 2**SEED_BITS):
        raise ProblemError("invalid", _("A seed is a whole number from 0 on."))
    return int(text)


def _folder(slug: str) -> Path:
    return web_services().settings.exercises_dir / slug
