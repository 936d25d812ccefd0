"""The translations, read from the files that translators edit: nothing is compiled beforehand, nothing can be stale."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask_babel import Domain, get_locale

FOLDER = Path(__file__).parent / "translations"


@cache
def translations(language: str) -> NullTranslations:
    """The words of a language; English, in which the code is written, has no file and needs none."""
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


class PoDomain(Domain):
    """Where Flask-Babel looks for the words."""

    def get_translations(self) -> NullTranslations:
        """The words in the language of the request; English outside of any."""
        return translations(str(get_locale() or "en"))
