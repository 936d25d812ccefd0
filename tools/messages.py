"""Update the catalogues with the current text: `python -m tools.messages`, run by `make messages`.

Obsolete sentences are dropped. No translation is guessed from a similar sentence: a translator sees an empty entry.
"""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from grader.messages.message import TRANSLATED
from grader.services.errors import request_errors
from grader.services.grading.isolated import NO_WORD

CHECKOUT = Path(__file__).resolve().parents[1]
WEB = CHECKOUT / "grader" / "web"
SERVICES = CHECKOUT / "grader" / "services"
CATALOGS = WEB / "translations"
WIDTH = 120

METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = DEFAULT_KEYWORDS | {
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "Meaning": (3,),  # an error's title, in the tables of grader.web
}

REFUSALS: dict[str, None] = {error.__name__: None for error in request_errors()}
"""What services refuse with: the sentence is the error's first argument."""

UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""A catalog changes when its words do, and git knows when that was."""


def collect() -> Catalog:
    """Return all English text that people read: of pages, of the judging (its key is the context), and of refusals."""
    catalog = Catalog(project="nn-grader", charset="utf-8")
    for root, methods, keywords in ((WEB, METHODS, KEYWORDS | REFUSALS), (SERVICES, [("**.py", "python")], REFUSALS)):
        for name, _, message, comments, context in extract_from_dir(root, methods, OPTIONS, keywords):
            place = (root / name).relative_to(CHECKOUT).as_posix()
            catalog.add(message, locations=[(place, 1)], auto_comments=comments, context=context)
    for error in request_errors():
        catalog.add(error.title, locations=[(error.__module__.replace(".", "/") + ".py", 1)])
    for key, sentence in TRANSLATED.items():
        catalog.add(sentence, locations=[("grader/messages", 1)], context=key)
    catalog.add(NO_WORD, locations=[("grader/services", 1)])
    return catalog


def read(language: str) -> Catalog:
    """The catalog of a language as it is stored."""
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def merge(language: str, said: Catalog) -> Catalog:
    """The catalog of a language with an empty place for what is new, and without what is said no more."""
    catalog = read(language)
    catalog.update(said, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.creation_date = catalog.revision_date = UNDATED
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""  # git knows, too
    return catalog


def write(language: str, catalog: Catalog) -> None:
    """Store a catalog, sorted by what is said, so that two people's additions seldom meet in one line."""
    with _path(language).open("wb") as file:
        write_po(file, catalog, width=WIDTH, include_lineno=False, sort_output=True)


def untranslated(catalog: Catalog) -> list[str]:
    """What a translator has not said yet, or not quite."""
    return [str(message.id) for message in catalog if message.id and (message.fuzzy or not all(_forms(message)))]


def languages() -> list[str]:
    """The languages that have a catalog."""
    return sorted(path.name for path in CATALOGS.iterdir() if path.is_dir())


def main() -> None:
    """Bring every catalog up to date, and say what is still to be translated."""
    said = collect()
    for language in languages():
        catalog = merge(language, said)
        write(language, catalog)
        print(f"{language}: {len(catalog)} messages, {len(untranslated(catalog))} to translate")  # noqa: T201 - a program's report


def _forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string or ""),)


def _path(language: str) -> Path:
    return CATALOGS / language / "LC_MESSAGES" / "messages.po"


if __name__ == "__main__":
    main()
