"""What people read is marked for translation, wherever it stands."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from jinja2 import Environment, nodes

from grader.adapters.catalogues import language_of
from grader.messages.language import ENGLISH, Template
from grader.messages.message import TRANSLATED
from grader.messages.message import Message as Sentence
from grader.web.i18n import LANGUAGES
from tests.architecture.conftest import collected
from tests.fixtures.machine import CHECKOUT
from tools.messages import REFUSALS, WEB, languages, merge, read, untranslated

TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SCRIPTS = sorted((WEB / "static").rglob("*.js"))
FILES = {WEB / "pages" / name for name in ("instructor/export_tables.py", "column_headings.py", "spreadsheets.py")}
"""What Moodle, Canvas and spreadsheets read, whose heads are the same everywhere."""

VIEWS = sorted({WEB / "auth.py", WEB / "errors.py", *(WEB / "pages").rglob("*.py")} - FILES)
ENGLISH_ON_PURPOSE = {"docs.html"}
"""Made from the API's own description, whose words are part of its contract."""

NAMES = re.compile(r"nn-grader|REST API|CSV|JSON|UTC|Moodle|Canvas|e|x|p")
"""What is called the same in every language."""

SPOKEN_ATTRIBUTES = {"aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt", "label"}
ATTRIBUTE = re.compile(r'[a-z-]+="[^"]*"')
SOURCE = {"code", "kbd", "samp", "pre", "script", "style"}
MARKED = {"_", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext", "lazy_ngettext", "lazy_pgettext"}
COLLECTED = {"Meaning", *REFUSALS}
"""What is called with words that are collected besides."""

UNSEEN = {
    "ValueError",
    "LookupError",
    "TypeError",
    "TypeVar",
    "KeyError",
    "RuntimeError",
    "FileNotFoundError",
    "compile",
    "cast",
    "get",
    "shared_limit",
}
"""What is called with words that no reader of a page sees: faults of ours, and what machines say to each other."""

FOR_MACHINES = {
    "HH:mm, EEEE, d MMMM, y",
    "signed in",  # a name of Access
    *("Edge", "Opera", "Samsung Internet", "Cốc Cốc", "Firefox", "Chrome", "Safari"),  # called so in every language
    *("Android", "Windows", "ChromeOS", "Linux"),
    "Lax",
    "public, max-age=31536000, immutable",
    "<!doctype html><html lang={language}><title>{title}</title><h1>{title}</h1><p>{detail}</p></html>",
    "dd MMM y, HH:mm",
    "HH:mm, dd/MM/y",
}
RATE = re.compile(r"\d+ per .+")

SENTENCE = re.compile(r"[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}|^[A-Z][a-z]{2,}[.:!]?$")
"""Two words, or one that begins with a capital: nothing that programs say to each other."""

JINJA = re.compile(r"\{#.*?#\}|\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def _has_words(text: str) -> bool:
    return any(not NAMES.fullmatch(word) for word in re.findall(r"[^\W\d_][\w-]*", text))


class _Spoken(HTMLParser):
    """Collects the words that a page says by itself, and those of attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SOURCE:
            self.within.append(tag)
        for name, value in attrs:
            is_spoken = name in SPOKEN_ATTRIBUTES or (name.startswith("data-") and " " in (value or ""))
            if is_spoken and _has_words(value or ""):
                self.words.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        if tag in SOURCE and self.within:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within and _has_words(ATTRIBUTE.sub("", data)):  # a macro may give attributes
            self.words.append(data.strip())


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_says_nothing_that_is_not_marked(path: Path) -> None:
    if path.name in ENGLISH_ON_PURPOSE:
        return
    spoken = _Spoken()
    html = JINJA.sub("\N{BULLET}", path.read_text(encoding="utf-8"))
    spoken.feed(re.sub("(</?)\N{BULLET}", r"\1b", html))  # an element that an expression names
    assert spoken.words == []


def _unmarked(node: nodes.Node) -> Iterator[str]:
    """Texts of a template's expressions, those apart that are marked."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKED:
        return
    if (
        isinstance(node, nodes.Const)
        and isinstance(node.value, str)
        and SENTENCE.search(node.value)
        and _has_words(node.value)
    ):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _unmarked(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_the_expressions_of_a_template_say_nothing_that_is_not_marked(path: Path) -> None:
    reader = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    assert list(_unmarked(reader.parse(path.read_text(encoding="utf-8")))) == []


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_log(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "log"


def _unread(node: ast.AST) -> set[ast.AST]:
    """Return the parts of a node that no user reads: docstrings, keys, annotations."""
    match node:
        case ast.Expr(value=ast.Constant() as part) | ast.Subscript(slice=part):
            return {part}
        case ast.Dict(keys=keys):
            return {key for key in keys if key is not None}
        case ast.arg(annotation=ast.expr() as part) | ast.AnnAssign(annotation=part):
            return {part}
        case _:
            return set()


def _literals(node: ast.AST) -> Iterator[str]:
    """Texts of a module that somebody might read: nothing that is marked, no faults of ours, no log."""
    if isinstance(node, ast.Call) and (_called(node) in MARKED | COLLECTED | UNSEEN or _is_log(node)):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in set(ast.iter_child_nodes(node)) - _unread(node):
        yield from _literals(child)


@pytest.mark.parametrize("path", VIEWS, ids=_name)
def test_a_view_says_nothing_that_is_not_marked(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = [text for text in _literals(tree) if SENTENCE.search(text) and not RATE.fullmatch(text)]
    assert set(said) - FOR_MACHINES == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_a_script_says_nothing_by_itself(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/|(?m:(?<!:)//.*$)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    texts = re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", source)
    assert [text for text in texts if SENTENCE.search(text[1:-1]) and not re.search(r"[\[\]#.>=(){}]", text)] == []


@pytest.mark.parametrize("language", languages())
def test_everything_that_is_said_is_translated(language: str) -> None:
    assert untranslated(merge(language, collected())) == [], "make messages, and translate what is empty"


@pytest.mark.parametrize("language", languages())
def test_a_catalog_holds_nothing_that_is_said_no_more(language: str) -> None:
    said = collected()
    assert [one.id for one in _messages(language) if said.get(one.id, one.context) is None] == [], "make messages"


def _messages(language: str) -> list[Message]:
    return [message for message in read(language) if message.id]


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_places_of_what_it_translates(language: str) -> None:
    catalog = read(language)
    assert [str(error) for message in _messages(language) if message.string for error in message.check(catalog)] == []


@pytest.mark.parametrize("language", languages())
def test_a_sentence_of_the_judging_is_translated_with_the_same_values(language: str) -> None:
    catalog = read(language)
    found = {key: (text, catalog.get(text, key)) for key, text in TRANSLATED.items()}
    names = {
        key: (Template.of(text).names, Template.of(str(said and said.string)).names)
        for key, (text, said) in found.items()
    }
    assert {key: both for key, both in names.items() if both[0] != both[1]} == {}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_language_of_the_pages_is_a_catalogue_and_one_row(tag: str) -> None:
    assert set(languages()) == set(LANGUAGES) - {"en"}
    spoken = language_of(tag)
    assert (spoken is ENGLISH) == (tag == "en")
    assert Sentence("fit.shared", name="b", one=0.5, other=1.0).in_language(spoken)


SERVICES = sorted((WEB.parent / "services").rglob("*.py"))
TO_PROGRAMS = {"reached", "student_at", "LearnerKey"}
"""Functions and types in which only the API is refused anything."""


@pytest.mark.parametrize("path", SERVICES, ids=_name)
def test_a_refusal_with_values_is_a_saying(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for spoken in [node for node in tree.body if getattr(node, "name", "") in TO_PROGRAMS]:
        tree.body.remove(spoken)
    refused = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    glued = [node for node in refused if _called(node) in REFUSALS and isinstance((*node.args, None)[0], ast.JoinedStr)]
    assert [ast.unparse(node) for node in glued] == []
