"""A language: the form of its sentences, numbers and lists.

English is in the code. Other languages are created by code that has read their catalogues; nothing here opens a file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import TypeAlias

Value: TypeAlias = "str | float | tuple[str | float, ...]"
"""A value for a sentence: a name, another sentence, a number, or a list of these."""

Values: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """How to say in a language what English says.

    Attributes:
        translate: from a key and its English text to the text in this language, or the English text if there is none:
            `pgettext` of a gettext catalogue, with the key as context.
        signs: from the point and comma of Python's numbers to those of the language, for `str.translate`.
        between_numbers: the separator in a list of numbers; not a comma if that is the decimal sign.
        join: joins words to a list, as in "a, b and c".
    """

    translate: Callable[[str, str], str]
    signs: Mapping[int, str]
    between_numbers: str
    join: Callable[[Sequence[str]], str]


def _join_in_english(words: Sequence[str]) -> str:
    *most, last = words or [""]
    return f"{', '.join(most)} and {last}" if most else last


ENGLISH = Language(lambda _key, english: english, {}, ", ", _join_in_english)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder for a value.

    Attributes:
        before: the text before it.
        name: of the value; None at the end of the sentence.
        style: the format of the value: for numbers a Python format; for lists `and` (before the last), `;` (between
            all) or empty (commas); `is|are` inserts no value, but the word for one or for many.
    """

    before: str
    name: str | None
    style: str


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence, parsed once."""

    places: tuple[Placeholder, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Parse a text such as `{names:and} {names:is|are} right to {digits} {digits:digit|digits}.`."""
        return cls(tuple(Placeholder(before, name, spec or "") for before, name, spec, _ in Formatter().parse(text)))

    @property
    def names(self) -> frozenset[str]:
        """The names of the values that it needs."""
        return frozenset(place.name for place in self.places if place.name is not None)

    def filled(self, values: Values, language: Language) -> str:
        """Return the sentence with its values.

        Raises:
            KeyError: a value is missing.
        """
        return "".join(
            [
                place.before
                if place.name is None
                else place.before + _written(values[place.name], place.style, language)
                for place in self.places
            ]
        )


@lru_cache(maxsize=1024)
def template_in(language: Language, key: str, english: str) -> Template:
    """Return the parsed sentence of a language."""
    return Template.of(language.translate(key, english))


def _written(value: Value, style: str, language: Language) -> str:
    if "|" in style:
        one, many = style.split("|")
        return one if (len(value) if isinstance(value, tuple) else value) == 1 else many
    if isinstance(value, tuple):
        return _listed(value, style, language)
    return value if isinstance(value, str) else format(value, style).translate(language.signs)


def _listed(values: tuple[str | float, ...], style: str, language: Language) -> str:
    if style == "and":
        return language.join([str(value) for value in values])
    if style in {"", ";"}:
        return f"{style or ','} ".join(map(str, values))
    return language.between_numbers.join(_written(value, style, language) for value in values)
