"""The catalogues of translations, read from the files that translators edit."""

from functools import cache, partial
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from grader.messages.language import ENGLISH, Language

TRANSLATIONS = Path(__file__).resolve().parents[1] / "web" / "translations"


@cache
def translations(language: str) -> NullTranslations:
    """Return the translations of a language; the code's own language, English, needs none."""
    path = _path(language)
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


@cache
def language_of(tag: str) -> Language:
    """Return how messages are written in a language: its catalogue, and Babel's numbers and lists.

    A language without a catalogue is English.
    """
    if not _path(tag).exists():
        return ENGLISH
    words, symbols = translations(tag), Locale.parse(tag).number_symbols["latn"]
    return Language(
        translate=lambda key, english: str(words.pgettext(key, english)),
        signs={ord("."): symbols["decimal"], ord(","): symbols["group"]},
        between_numbers="; " if symbols["decimal"] == "," else ", ",
        join=partial(format_list, locale=tag),
    )


def _path(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
