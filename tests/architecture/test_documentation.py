"""What is documented is what there is."""

import re
from pathlib import Path
from typing import get_args

import click
import pytest
from flask import Flask
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from grader.catalog.format import ExerciseIn
from grader.cli import main
from grader.engine.mistakes import MISTAKES
from grader.settings import LocalSettings, Settings
from tests.fixtures.machine import CHECKOUT

OPERATIONS = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
ADRS = sorted((CHECKOUT / "docs" / "adr").glob("*.md"))
LONGEST_ADR = 60
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?:`(?P<default>[^`]*)`)? *\|", re.MULTILINE)


def _documented() -> dict[str, str]:
    return {row["name"]: row["default"] or "" for row in ROW.finditer(OPERATIONS)}


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default is None:
        return ""
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def test_every_setting_is_documented_with_its_default_and_nothing_else() -> None:
    fields = LocalSettings.model_fields | Settings.model_fields
    assert _documented() == {str(field.validation_alias): _default(field) for field in fields.values()}


def _commands(group: click.Group, path: str) -> list[str]:
    found: list[str] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found += _commands(command, f"{path} {name}")
        elif command is not None:
            arguments = [part.make_metavar(context) for part in command.params if isinstance(part, click.Argument)]
            found.append(" ".join([path, name, *(part for part in arguments if not part.startswith("["))]))
    return found


def test_every_command_is_documented_and_nothing_else() -> None:
    documented = re.findall(r"^\| `(grader [^`]*)`", OPERATIONS, re.MULTILINE)
    assert sorted(documented) == sorted(_commands(main, "grader"))


def test_every_command_says_what_it_does() -> None:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str()


def test_every_address_of_the_api_is_documented(app: Flask) -> None:
    text = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert re.search(rf"{method} (/api/v1)?{re.escape(path)}(?![\w/{{])", text), (method, path)


def test_decisions_are_numbered_from_one_without_gaps() -> None:
    assert [path.name[:4] for path in ADRS] == [f"{number:04}" for number in range(1, len(ADRS) + 1)]


@pytest.mark.parametrize("path", ADRS, ids=lambda path: str(path.stem))
def test_a_decision_fits_on_a_page_and_says_what_follows(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_ADR
    for heading in ("Context", "Decision", "Consequences"):
        assert heading.lower() in text.lower()


def test_every_document_that_is_linked_is_there() -> None:
    for document in (*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def _keys(model: type[BaseModel]) -> set[str]:
    """Every key of a part of exercise.toml, and of the parts within it."""
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        keys.add(field.alias or name)
        for part in _models_within(field.annotation):
            keys |= _keys(part)
    return keys


def _models_within(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_within(argument)]


def test_every_key_of_an_exercise_is_documented() -> None:
    text = (CHECKOUT / "docs" / "authoring.md").read_text(encoding="utf-8")
    assert {key for key in _keys(ExerciseIn) if not re.search(rf"\b{key}\b", text)} == set()


def test_every_mistake_is_documented_in_the_order_in_which_they_are_tried() -> None:
    text = (CHECKOUT / "docs" / "authoring.md").read_text(encoding="utf-8")
    table = text.split("### Mistakes\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(MISTAKES)


def test_every_module_of_the_store_stands_with_its_noun() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = text.split("## Rooms\n")[1].split("\n| where")[0]
    modules = {path.stem for path in (CHECKOUT / "grader" / "store").glob("*.py")} - {"__init__"}
    assert {name for name in modules if not re.search(rf"\b{name}\b", rooms)} == set()


def test_every_file_that_the_architecture_names_is_there() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w/(])((?:\w+/)*\w+\.(?:py|css)|(?:\w+/)+)(?= |,|`|\)| \|)", text.split("## Layers")[0])
    roots = (CHECKOUT, CHECKOUT / "grader", CHECKOUT / "grader/services", CHECKOUT / "grader/web/pages")
    assert {name for name in named if not any((root / name).exists() for root in roots)} == set()
