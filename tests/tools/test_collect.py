import ast

import click
import pytest

from tests.fixtures.machine import CHECKOUT
from tools import collect


def places() -> list[tuple[str, ...]]:
    tree = ast.parse((CHECKOUT / "tools" / "collect.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "place"]
    return [tuple(ast.literal_eval(part) for part in call.args) for call in calls]


@pytest.mark.parametrize("one_of", places(), ids=lambda places: places[-1])
def test_everything_that_is_collected_has_a_place_in_this_version(one_of: tuple[str, ...]) -> None:
    assert collect.place(*one_of)


def test_a_place_that_no_version_has_is_named() -> None:
    with pytest.raises(ImportError, match=r"grader\.nowhere:nothing"):
        collect.place("grader.nowhere:nothing", "grader.settings:Nothing")


def test_messages_are_collected_in_both_languages_with_the_names_of_their_values() -> None:
    said, keys = collect.sentences()
    assert said["mail.reset-subject"] == {
        "en": "Your link to nn-grader",
        "vi": "Li\u00ean k\u1ebft c\u1ee7a b\u1ea1n t\u1edbi nn-grader",
    }
    assert keys["mail.reset-text"] == ["address", "hours", "name"]


def test_the_mail_is_collected_in_both_languages() -> None:
    assert {language: mail["subject"] for language, mail in collect.mails().items()} == {
        language: collect.sentences()[0]["mail.reset-subject"][language] for language in ("en", "vi")
    }


def test_every_command_is_collected() -> None:
    top = click.Group(
        "top",
        commands={"one": click.Command("one"), "group": click.Group("group", commands={"two": click.Command("two")})},
    )
    assert list(collect._commands(top, [])) == [[], ["group"], ["group", "two"], ["one"]]


def test_pages_are_reached_from_page_to_page_but_few_of_a_kind() -> None:
    class Reply:
        mimetype, location = "text/html", None

        def __init__(self, path: str) -> None:
            self.text = "".join(f'<a href="/courses/{n}">.</a>' for n in range(40)) if path == "/" else ""

    class Browser:
        get = Reply

    reached = list(collect._reached(Browser()))
    assert reached[: len(collect.STARTS)] == list(collect.STARTS)
    assert (
        len([path for path in reached if path.startswith("/courses/") and path[9:].isdecimal()])
        == collect.MOST_OF_A_KIND
    )
