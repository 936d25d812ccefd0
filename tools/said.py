"""Applies the mapping of old to new wording to texts as they were shown: pages, messages, documents.

See `tools.compare`. An entry is the old text, a tab, the new text, and optionally a tab and the places it applies to.
Its placeholders (`%(name)s`, `{name}`, `{number:one|many}`) stand for values; the mapping is applied to values too. An
entry of at least three words also matches within a longer text. A shorter one has to be the whole text, or stand
between elements or marks such as `:`. Longer entries are applied first, so an entry with two equal texts protects a
text from a shorter entry.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple, Self

from tools.reword import MAPPINGS, NUMBER, NUMBERS, load
from tools.shown import EDGE, joined

SAID = MAPPINGS / "said"
TAG = re.compile(r"</?(?:a|b|code|em|kbd|strong|time)(?:\s[^<>]*)?>")
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&"), ("%%", "%"))
PLACE = re.compile(r"%\((?P<page>\w+)\)[sd]|\{(?P<message>\w+)(?::(?P<style>[^{}]*))?\}")
REPLACED = re.compile(r"\x00(\d+)\x00")
LONG = 3
"""Number of words from which an entry matches within a longer text."""


class Entry(NamedTuple):
    """One line of the mapping."""

    old: str
    new: str
    where: str = ""


class Rule(NamedTuple):
    """A compiled entry: a part that every match contains, the pattern, the new text, and the places it applies to."""

    needle: str
    pattern: re.Pattern[str]
    new: str
    where: str


@cache
def wildcard(pattern: str) -> re.Pattern[str]:
    """Return a pattern in which an ellipsis matches any text and `#` a number; everything else is literal."""
    escaped = re.escape(pattern).replace("\u2026", ".*").replace(r"\#", r"\d[\d.,]*")
    return re.compile(escaped, re.DOTALL)


def entries_in(path: Path) -> list[Entry]:
    """Return the entries of one file.

    Raises:
        ValueError: a line has fewer than two columns or more than three.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        columns = line.split("\t")
        if len(columns) not in (2, 3):
            raise ValueError(f"{path.name}, line {number}: write the old text, a tab, the new one, and perhaps where")
        found.append(Entry(*columns))
    return found


class Rewording:
    """Translates old wording to new."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = sorted(entries, key=lambda entry: (-len(entry.old), -len(entry.where)))
        self._exact = {entry.old: entry.new for entry in entries if not entry.where}
        self._rules = [_rule(entry) for entry in entries]
        self._places = {rule.where for rule in self._rules if rule.where}
        self._at: dict[frozenset[str], Callable[[str], str]] = {}

    @classmethod
    @cache
    def of(cls, language: str) -> Self:
        """Return the committed mapping of a language. English entries apply to all: some texts are not translated."""
        entries = [Entry(*pair) for pair in load().items()]
        for path in sorted(SAID.glob("*.tsv")):
            if path.stem in {language, "commands", "openapi", "pages", "problems"}:
                entries += entries_in(path)
        return cls(entries)

    def template(self, text: str) -> str:
        """Return the new wording of a sentence that still has its placeholders."""
        return self._exact.get(text, text)

    def text(self, text: str, where: str) -> str:
        """Return the new wording of a text at a given place."""
        places = frozenset(place for place in self._places if wildcard(place).fullmatch(where))
        if places not in self._at:
            rules = [rule for rule in self._rules if not rule.where or rule.where in places]
            self._at[places] = _saying(rules)
        return self._at[places](text)


def _saying(rules: list[Rule]) -> Callable[[str], str]:
    """Return a function that applies the rules. Replaced parts are hidden from the rules that follow."""

    @cache
    def say(text: str) -> str:
        text = " ".join(text.replace("\\n", " ").split())
        done: list[str] = []
        for rule in rules:
            if rule.needle in text:
                text = rule.pattern.sub(partial(hide, rule, done), text)
        while REPLACED.search(text):
            text = REPLACED.sub(lambda match: done[int(match[1])], text)
        return text

    def hide(rule: Rule, done: list[str], match: re.Match[str]) -> str:
        done.append(_filled(rule, match, say))
        return f"\0{len(done) - 1}\0"

    return say


def _filled(rule: Rule, match: re.Match[str], say: Callable[[str], str]) -> str:
    """Return the new text with the values from the old one."""
    values = match.groupdict()

    def fill(place: re.Match[str]) -> str:
        value = values.get(place["page"] or place["message"])
        if "|" in (place["style"] or ""):
            one, many = place["style"].split("|")
            return many if _is_many(value or "") else one
        if value is None:
            return place[0]
        return value if "\0" in value else say(value)

    return PLACE.sub(fill, rule.new)


def _is_many(value: str) -> bool:
    """Return whether a value is plural: a list, or a number other than one."""
    return ", " in value or " and " in value or (value.isdecimal() and value != "1")


def _rule(entry: Entry) -> Rule:
    old, new = _shown(entry.old), _shown(entry.new)
    ends = [0, *(at for place in PLACE.finditer(old) for at in place.span()), len(old)]
    literals = [old[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True)]
    named: set[str] = set()
    places = [_place(place, named) for place in PLACE.finditer(old)]
    body = "".join(part for pair in zip(map(_literal, literals), [*places, ""], strict=True) for part in pair)
    before, after = _around(literals)
    needle = max((bit for literal in literals for bit in literal.split(EDGE)), key=len).strip()
    return Rule(needle, re.compile(f"{before}{body}{after}", re.DOTALL), new, entry.where)


def _shown(text: str) -> str:
    """Return a text as a page shows it, with an edge for each tag."""
    text = TAG.sub(EDGE, text)
    for entity, sign in ENTITIES:
        text = text.replace(entity, sign)
    return joined(text)


def _place(place: re.Match[str], named: set[str]) -> str:
    """Return the pattern of a value; a repeated name has to match the same value again."""
    name, style = place["page"] or place["message"], place["style"] or ""
    if "|" in style:
        return "(?:" + "|".join(map(re.escape, style.split("|"))) + ")"
    if name in named:
        return f"(?P={name})"
    named.add(name)
    return f"(?P<{name}>{NUMBER if name in NUMBERS else '.+?'})"


def _literal(text: str) -> str:
    """Return the pattern of a text; inline elements may start or end at its spaces."""
    return re.sub(f"(?:\\\\ )+{EDGE}?", rf"\\s+{EDGE}?", re.escape(text))


def _around(literals: list[str]) -> tuple[str, str]:
    """Return the patterns of what has to precede and follow an entry."""
    if sum(len(re.findall(r"[^\W\d_]{2,}", literal)) for literal in literals) < LONG:
        return f'(?:^|(?<={EDGE})|(?<={EDGE} )|(?<=[\0:;\u00b7] )|(?<="))', f'(?=$|\\s?{EDGE}|[:;]| \u00b7|")'
    before = r"(?<!\w)" if literals[0][:1].isalnum() else "" if literals[0] else _AFTER_A_MARK
    return before, r"(?!\w)" if literals[-1] else f"(?=$|[{EDGE});,.])"


_AFTER_A_MARK = f"(?:^|(?<=[{EDGE}(])|(?<=[\0:;,.\u00b7] ))"
