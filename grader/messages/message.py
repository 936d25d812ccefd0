"""A message: a key and values that are put into a sentence in a reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from types import MappingProxyType
from typing import Any, Self, TypeAlias

from grader.messages.file_errors import FILES
from grader.messages.mistakes import MISTAKE_SENTENCES
from grader.messages.sentences import FITTING, JUDGED, NO_LONGER_SAID, OVERRIDES, REFUSED, WEIGHTS
from grader.messages.typing_errors import TYPED

ENGLISH = "en"
VIETNAMESE = "vi"


@dataclass(frozen=True, slots=True)
class LocaleFormat:
    """What differs between languages besides their words.

    Attributes:
        marks: from the point and comma of Python's numbers to those of the language, for `str.translate`.
        between_numbers: what stands between two numbers of a list; no comma where a comma is the decimal mark.
        last: what stands before the last thing of a list.
    """

    marks: Mapping[int, int]
    between_numbers: str
    last: str


LOCALE_FORMATS: Mapping[str, LocaleFormat] = MappingProxyType(
    {
        ENGLISH: LocaleFormat({}, ", ", " and "),
        VIETNAMESE: LocaleFormat(str.maketrans(".,", ",."), "; ", " và "),
    }
)
LANGUAGES = tuple(LOCALE_FORMATS)


Value: TypeAlias = "str | float | tuple[str | float, ...]"
"""What is put into a sentence: a name, another sentence, a number, or a list of these."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where a value goes.

    Attributes:
        before: the words before it.
        name: of the value; None at the end of the sentence.
        manner: how it is written: a format of Python's for numbers; of lists `and` (before the last), `;` (between all)
            or nothing (commas); `is|are` is no value but the word that fits one, or many.
    """

    before: str
    name: str | None
    manner: str


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence, taken apart once."""

    places: tuple[Placeholder, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Read `{names:and} {names:is|are} what this gives, to {digits} {digits:digit|digits}.`."""
        return cls(tuple(Placeholder(before, name, spec or "") for before, name, spec, _ in Formatter().parse(text)))

    @property
    def names(self) -> frozenset[str]:
        """The values that it wants."""
        return frozenset(place.name for place in self.places if place.name is not None)

    def filled(self, values: Mapping[str, Value], manner: LocaleFormat) -> str:
        """The sentence with its values.

        Raises:
            KeyError: one of them is not there.
        """
        return "".join(
            place.before if place.name is None else place.before + _written(values[place.name], place.manner, manner)
            for place in self.places
        )


def _written(value: Value, how: str, manner: LocaleFormat) -> str:
    if "|" in how:
        one, many = how.split("|")
        return one if (len(value) if isinstance(value, tuple) else value) == 1 else many
    if isinstance(value, tuple):
        return _listed(value, how, manner)
    return value if isinstance(value, str) else format(value, how).translate(manner.marks)


def _listed(values: tuple[str | float, ...], how: str, manner: LocaleFormat) -> str:
    if how == ";":
        return "; ".join(map(str, values))
    if how == "and" and len(values) > 1:
        *most, last = map(str, values)
        return f"{', '.join(most)}{manner.last}{last}"
    if how in {"", "and"}:
        return ", ".join(map(str, values))
    return manner.between_numbers.join(_written(value, how, manner) for value in values)


SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {**TYPED, **JUDGED, **WEIGHTS, **FITTING, **FILES, **OVERRIDES, **REFUSED, **MISTAKE_SENTENCES, **NO_LONGER_SAID}
)
"""Per key the sentence in every language, with places for its values as `Template` reads them."""


Values: TypeAlias = Mapping[str, Value]
SHOWN = 6
"""Significant digits of a figure in a sentence."""


class Message(str):
    """Something said to a person, of the table of sentences.

    It is the sentence itself, in English until another language is asked for, so that it goes wherever a text goes.

    Attributes:
        key: of the table.
        values: what is put into the sentence.
        language: of the words.
    """

    __slots__ = ("key", "language", "values")
    key: str
    language: str
    values: Values

    def __new__(cls, key: str, /, **values: Value) -> Self:
        """Say something in English.

        Raises:
            KeyError: the table has no such sentence, or it wants other values.
        """
        return cls.said(key, values, ENGLISH)

    @classmethod
    def said(cls, key: str, values: Values, language: str) -> Self:
        """Say something in a language; in English where it is none of ours."""
        template, manner = _template(key, language if language in LOCALE_FORMATS else ENGLISH)
        # Sentences within are made in English; looking for others would double what a batch of reports costs here.
        here = values if manner is LOCALE_FORMATS[ENGLISH] else {n: _translated(v, language) for n, v in values.items()}
        saying = super().__new__(cls, template.filled(here, manner))
        saying.key, saying.values, saying.language = key, values, language
        return saying

    def in_language(self, language: str) -> Self:
        """The same in another language."""
        return self if language == self.language else self.said(self.key, self.values, language)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).said, (self.key, dict(self.values), self.language)


def in_language(text: str, language: str) -> str:
    """A sentence in a language; words that are none of the table (of a report stored long ago) stay as they are."""
    return text.in_language(language) if isinstance(text, Message) else text


def figure(value: float) -> float | str:
    """A number as a sentence shows it: six significant digits; what JSON can't hold by its name."""
    text = f"{value:.{SHOWN}g}"
    return text if "n" in text else float(text)


def to_json(text: str) -> object:
    """How a sentence is stored: `{key: values}`, and plain words as they are."""
    if not isinstance(text, Message):
        return text
    return {text.key: {name: _stored(value) for name, value in text.values.items()}}


def from_json(raw: Any) -> str:
    """The inverse of `to_json`; what the table no longer says is its key, since a report must always be shown."""
    if isinstance(raw, str):
        return raw
    ((name, values),) = raw.items()
    key = str(name)
    try:
        return Message.said(key, {name: _read(value) for name, value in values.items()}, ENGLISH)
    except KeyError:
        return key


@lru_cache(maxsize=1024)
def _template(key: str, language: str) -> tuple[Template, LocaleFormat]:
    return Template.of(SENTENCES[key][language]), LOCALE_FORMATS[language]


def _translated(value: Value, language: str) -> Value:
    if isinstance(value, tuple):
        return tuple(in_language(one, language) if isinstance(one, str) else one for one in value)
    return in_language(value, language) if isinstance(value, str) else value


def _stored(value: Value) -> object:
    if isinstance(value, tuple):
        return [to_json(one) if isinstance(one, str) else one for one in value]
    return to_json(value) if isinstance(value, str) else value


def _read(raw: Any) -> Value:
    if isinstance(raw, list | tuple):
        return tuple(one if isinstance(one, int | float) else from_json(one) for one in raw)
    return raw if isinstance(raw, int | float) else from_json(raw)
