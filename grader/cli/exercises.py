"""`grader exercises`: list, show and check exercise folders."""

from pathlib import Path

import click
from rich.table import Table

from grader.catalog.load import exercise_folders, load_catalog, load_exercise, load_folder, write_skeleton
from grader.catalog.verify import verify
from grader.cli.console import DIRECTORY, SEED, console, with_seed
from grader.judging.exercise import Exercise, Field, FieldKind, Part
from grader.judging.separation import separate
from grader.judging.variants import survey


@click.group()
def exercises() -> None:
    """List, show and check exercises."""


@exercises.command("list")
@DIRECTORY
def list_(directory: Path) -> None:
    """List the exercises with their points, fields and revisions."""
    table = Table("exercise", "title", "points", "fields", "revision")
    for published in load_catalog(directory):
        exercise = published.exercise
        fields = str(len(exercise.fields))
        table.add_row(published.slug, published.title, f"{exercise.max_points:g}", fields, published.revision[:12])
    console().print(table)


@exercises.command()
@click.argument("slug")
@DIRECTORY
@SEED
def show(slug: str, directory: Path, seed: int | None) -> None:
    """Show one exercise: given values, fields, and the reference values, which students never see."""
    exercise = with_seed(load_exercise(directory, slug).exercise, seed)
    out = console()
    out.print(f"{exercise.title} ({exercise.max_points:g} points)", style="bold")
    if exercise.givens:
        out.print("given: " + ", ".join(f"{given.name} = {given.value:.12g}" for given in exercise.givens))
    for part in exercise.parts:
        table = Table("field", "points", "reference", "accepted within", title=part.title, title_justify="left")
        for field in part.fields:
            table.add_row(field.name, f"{field.points:.4g}", *_reference(exercise, part, field))
        out.print(table)


def _reference(exercise: Exercise, part: Part, field: Field) -> tuple[str, str]:
    """Return the correct value and the tolerance."""
    if field.kind is FieldKind.FORMULA:
        return f"a formula in {', '.join(field.variables)}", ""
    return ("any that work", "") if part.task else exercise.told(field.name)


@exercises.command()
@click.argument("slug")
@DIRECTORY
def new(slug: str, directory: Path) -> None:
    """Create a folder with a working exercise to start from."""
    folder = write_skeleton(directory, slug)
    click.echo(f"{folder} created. Edit exercise.toml and statement.md, then run: grader exercises check {slug}")


@exercises.command()
@click.argument("slug", required=False)
@DIRECTORY
def check(slug: str | None, directory: Path) -> None:
    """Check every exercise, or one: format, names, references in three ways, sample answers.

    Exits with 1 and a line per problem (file, key, reason) if anything is wrong.
    """
    folders = [folder for folder in exercise_folders(directory) if slug in {None, folder.name}]
    if not folders:
        raise click.ClickException(f"No exercise {f'named {slug} ' if slug else ''}found in {directory}.")
    problems = 0
    for folder in folders:
        found = verify(folder)
        problems += len(found)
        click.echo(f"{'✗' if found else '✓'} {folder.name}")
        if not found:
            _tell_separation(load_folder(folder).exercise)
            _tell_variants(load_folder(folder).exercise)
        for problem in found:
            click.echo(f"  {problem}", err=True)
    if problems:
        click.echo(f"{problems} {'problem' if problems == 1 else 'problems'} to fix", err=True)
        raise SystemExit(1)


def _tell_separation(exercise: Exercise) -> None:
    """Print how near the nearest mistake comes, and what cannot be distinguished."""
    if not exercise.asked:
        return
    found = separate(exercise)
    if found.gaps:
        gap = found.gaps[0]
        click.echo(f"  closest mistake: {gap.mistake} at {gap.field}, {gap.tolerances:.3g} tolerances away")
    if found.unseen:
        click.echo(f"  indistinguishable from correct: {', '.join(found.unseen)}")
    for group in found.alike:
        click.echo(f"  indistinguishable from each other: {', '.join(group)}")


def _tell_variants(exercise: Exercise) -> None:
    """Print how many variants there are."""
    if exercise.vary is None:
        return
    found = survey(exercise, exercise.vary)
    kind = "all" if found.all else "seeded"
    click.echo(
        f"  variants: {found.usable} of {found.looked_at} ({kind}) can be used; {found.unfit} unfit, "
        f"{found.idle} with a derivative or update of 0, {found.narrow} too close to a mistake"
    )
