"""A message: a key and values that are put into a sentence in a reader's language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from grader.messages.language import ENGLISH, Language, Value, Values, template_in
from grader.messages.mistakes import MISTAKE_SENTENCES, MISTAKE_TITLES
from grader.messages.sentences import EMAILS, FILES, FITTING, JUDGED, NO_LONGER_SAID, OVERRIDES, REFUSED, TYPED, WEIGHTS

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        **TYPED,
        **JUDGED,
        **WEIGHTS,
        **FITTING,
        **FILES,
        **OVERRIDES,
        **REFUSED,
        **EMAILS,
        **MISTAKE_SENTENCES,
        **NO_LONGER_SAID,
    }
)
"""The English sentence of every key, with placeholders as parsed by `Template`.

Other languages have theirs in catalogues, under the same key.
"""

TRANSLATED: Mapping[str, str] = MappingProxyType({**SENTENCES, **MISTAKE_TITLES})
"""All English text of the judging for catalogues, by key: the sentences, and the titles of mistakes."""

SHOWN = 6
"""Significant digits of a figure in a sentence."""


class Message(str):
    """A sentence of the table with its values.

    It is a `str`, the English sentence, so that it can be used wherever text is.

    Attributes:
        key: of the table.
        values: inserted into the sentence.
    """

    __slots__ = ("key", "values")
    key: str
    values: Values

    def __new__(cls, key: str, /, **values: Value) -> Self:
        """Create the message with its English text.

        Raises:
            KeyError: the table has no such key, or its sentence needs other values.
        """
        return cls.made(template_in(ENGLISH, key, SENTENCES[key]).filled(values, ENGLISH), key, values)

    @classmethod
    def made(cls, text: str, key: str, values: Values) -> Self:
        """Create a message from its parts."""
        message = super().__new__(cls, text)
        message.key, message.values = key, values
        return message

    def in_language(self, language: Language) -> Self:
        """Return the same in another language, including nested messages."""
        template = template_in(language, self.key, SENTENCES[self.key])
        values = {name: _translated(value, language) for name, value in self.values.items()}
        return self.made(template.filled(values, language), self.key, self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).made, (str(self), self.key, dict(self.values))


def in_language(text: str, language: Language) -> str:
    """Return a text in a language; plain text (from old stored reports) stays unchanged."""
    return text.in_language(language) if isinstance(text, Message) else text


def figure(value: float) -> float | str:
    """Return a number for a sentence: six significant digits; inf and nan by name, since JSON cannot hold them."""
    text = f"{value:.{SHOWN}g}"
    return text if "n" in text else float(text)


def to_json(text: str) -> object:
    """Return a text for storing: `{key: values}` for a message, plain text unchanged."""
    if not isinstance(text, Message):
        return text
    return {text.key: {name: _stored(value) for name, value in text.values.items()}}


def from_json(raw: Any) -> str:
    """Return the inverse of `to_json`; an unknown key stands for itself, because a report must always be readable."""
    if isinstance(raw, str):
        return raw
    ((name, values),) = raw.items()
    key = str(name)
    try:
        return Message(key, **{name: _read(value) for name, value in values.items()})
    except KeyError:
        return key


def _translated(value: Value, language: Language) -> Value:
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
