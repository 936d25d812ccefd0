"""`grader grade`: judge a file of answers locally, without a server."""

from collections.abc import Mapping
from pathlib import Path

import click
from rich.table import Table

from grader.catalog.answer_file import contents_of, read_answer_file
from grader.catalog.load import LoadedExercise, load_exercise
from grader.cli.console import DIRECTORY, SEED, console, with_seed
from grader.judging.answers import Entries, read_answers
from grader.judging.errors import UnreadableAnswers, shown
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report


@click.command()
@click.argument("slug")
@click.argument("answers", type=click.Path(path_type=Path))
@DIRECTORY
@SEED
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, as the API returns it.")
def grade(slug: str, answers: Path, directory: Path, seed: int | None, *, as_json: bool) -> None:
    """Grade ANSWERS (a .toml or .json map from field to text, number or { file = "…" }) of the exercise SLUG."""
    published = load_exercise(directory, slug)
    entries = read_answer_file(answers)
    report = _judge(with_seed(published.exercise, seed), entries, contents_of(answers, entries))
    if as_json:
        from grader.web.api.schemas import CheckOut  # noqa: PLC0415 - the table does not need REST schemas

        told = CheckOut.of(report, entries, exercise=published.slug, revision=published.revision)
        click.echo(told.model_dump_json(indent=2))
    else:
        _print(published, entries, report)


def _judge(exercise: Exercise, entries: Entries, contents: Mapping[str, bytes]) -> Report:
    answers = read_answers(exercise, entries, contents)
    if answers.problems:
        lines = "\n".join(f"  {shown(problem.field)}: {problem.detail}" for problem in answers.problems)
        raise click.ClickException(f"{UnreadableAnswers(answers.problems).detail}\n{lines}")
    return judge(exercise, [answers])[0]


def _print(published: LoadedExercise, entries: Entries, report: Report) -> None:
    table = Table("field", "answer", "verdict", "points", "", title=published.title, title_justify="left")
    for name, field in report.fields.items():
        said = field.mistake.sentence if field.mistake else field.note or ""
        if field.expected_from:
            said = f"graded with your own {', '.join(field.expected_from)}"
        entered = entries[name].text if name in entries else ""
        table.add_row(name, entered, field.verdict, f"{field.given:.4g} / {field.max:.4g}", said)
    out = console()
    out.print(table)
    for note in report.notes:
        out.print(note)
    out.print(f"Score: {report.score.given:g} of {report.score.max:g}")
    if report.first_wrong:
        out.print(f"First error: {report.first_wrong}")
