"""A sentence that knows what it says: the words follow the reader's language, key and values stay."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Self, TypeAlias

from grader.sayings.manner import ENGLISH, MANNERS, Manner
from grader.sayings.table import SENTENCES
from grader.sayings.template import Template, Value

Values: TypeAlias = Mapping[str, Value]
SHOWN = 6
"""Significant digits of a figure in a sentence."""


class Saying(str):
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
        template, manner = _template(key, language if language in MANNERS else ENGLISH)
        # Sentences within are made in English; looking for others would double what a batch of reports costs here.
        here = values if manner is MANNERS[ENGLISH] else {n: _translated(v, language) for n, v in values.items()}
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
    return text.in_language(language) if isinstance(text, Saying) else text


def figure(value: float) -> float | str:
    """A number as a sentence shows it: six significant digits; what JSON can't hold by its name."""
    text = f"{value:.{SHOWN}g}"
    return text if "n" in text else float(text)


def to_json(text: str) -> object:
    """How a sentence is stored: `{key: values}`, and plain words as they are."""
    if not isinstance(text, Saying):
        return text
    return {text.key: {name: _stored(value) for name, value in text.values.items()}}


def from_json(raw: Any) -> str:
    """The inverse of `to_json`; what the table no longer says is its key, since a report must always be shown."""
    if isinstance(raw, str):
        return raw
    ((name, values),) = raw.items()
    key = str(name)
    try:
        return Saying.said(key, {name: _read(value) for name, value in values.items()}, ENGLISH)
    except KeyError:
        return key


@lru_cache(maxsize=1024)
def _template(key: str, language: str) -> tuple[Template, Manner]:
    return Template.of(SENTENCES[key][language]), MANNERS[language]


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
