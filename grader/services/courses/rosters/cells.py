"""Cells of a roster: addresses, names, student numbers."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from grader.services.accounts.registration import normal_email
from grader.services.courses.rosters.findings import RosterProblem
from grader.services.errors import UnusableEmail

_ENDS = r"\s<>()\[\]{},;:\"“”„«»|\\"
_ADDRESS = re.compile(rf"[^{_ENDS}]+@[^{_ENDS}]+")
_LABEL = r"[^\x00-\x2c./\x3a-\x40\x5b-\x60\x7b-\x7f\s\-][^\x00-\x2c./\x3a-\x40\x5b-\x60\x7b-\x7f\s]*"
_DOMAIN = re.compile(rf"{_LABEL}(?<!-)(\.{_LABEL}(?<!-))+")
_LOGIN = re.compile(r"[\w.+\-]{1,64}")
_LINK = re.compile(r"<a\b[^>]*>|</a>|mailto:|smtp:", re.IGNORECASE)
_SUBJECT = re.compile(r"(@[^\s?]+)\?\S*")
_LABEL_BEFORE = re.compile(r"^\W*(?:to|cc|bcc|from|an|à|de|para|e-?mail|mail|courriel|thư)\s*:", re.IGNORECASE)
LONGEST_LABEL = 63


@dataclass(frozen=True, slots=True)
class Addressee:
    """An e-mail address and the name next to it."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses in a cell; `unread` tells whether it also contains an invalid one."""

    found: tuple[Addressee, ...] = ()
    unread: bool = False


def addresses_in(cell: str) -> Addresses:
    """Return all addresses in a cell with their names, each once."""
    if "@" not in cell and "＠" not in cell:
        return Addresses()
    text = _SUBJECT.sub(r"\1", _LINK.sub(" ", unicodedata.normalize("NFKC", cell)))
    found: dict[str, Addressee] = {}
    for piece in _pieces(text):
        matches = _ADDRESS.findall(piece)
        emails = [valid_email(match) for match in matches]
        if not emails or None in emails:
            return Addresses(unread=True)
        name = _name_beside(piece, matches) if len(emails) == 1 else ""
        for email in filter(None, emails):
            found.setdefault(mailbox(email), Addressee(email, name))
    return Addresses(tuple(found.values()))


def valid_email(text: str) -> str | None:
    """Return an address in the form in which it is stored, or None if it is invalid; its domain needs a dot."""
    stripped = text.strip(" .'`‘’\N{ZERO WIDTH SPACE}").replace("’", "'")
    if stripped.count("@") != 1 or valid_domain(stripped.partition("@")[2]) is None:
        return None
    try:
        return normal_email(stripped)
    except UnusableEmail:
        return None


def valid_domain(text: str) -> str | None:
    """Return a domain in lower case and without a leading @, or None if it is invalid."""
    domain = unicodedata.normalize("NFKC", text).strip().removeprefix("@").lower()
    fits = _DOMAIN.fullmatch(domain) and max(map(len, domain.split("."))) <= LONGEST_LABEL
    return domain if fits and not domain.rpartition(".")[2].isdecimal() else None


def is_login(text: str) -> bool:
    """Return whether a text could be a login of another system, such as `chi.le`."""
    return bool(_LOGIN.fullmatch(text)) and any(letter.isalnum() for letter in text)


def spellings(email: str) -> tuple[str, ...]:
    """Return the spellings of an address: an internationalised domain has two."""
    local, _, domain = email.rpartition("@")
    ways = dict.fromkeys((domain, _as(domain, "ascii"), _as(domain, "unicode")))
    return tuple(f"{local}@{way}" for way in ways)


def mailbox(email: str) -> str:
    """Return the part that two spellings of one address have in common."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{_as(domain, 'ascii')}"


@lru_cache(maxsize=1024)
def _as(domain: str, letters: str) -> str:
    try:
        ascii_only = domain.encode("idna")
        return ascii_only.decode() if letters == "ascii" else ascii_only.decode("idna")
    except UnicodeError:
        return domain


def _pieces(text: str) -> list[str]:
    """Split after each address: `Berg, Anna <a@x.org>, b@x.org` is two; the rest belongs to the last one."""
    pieces: list[str] = []
    rest = ""
    for part in re.split(r"([,;\n])", text):
        if "@" in part:
            pieces.append(rest + part)
            rest = ""
        elif pieces and not rest and not part.strip(" ,;\n"):
            continue
        else:
            rest += part
    return [*pieces[:-1], f"{pieces[-1]} {rest}"]


def _name_beside(piece: str, matches: list[str]) -> str:
    before, _, after = _LABEL_BEFORE.sub("", piece).partition(matches[0])
    return " ".join(f"{before.strip(_AROUND)} {after.strip(_AROUND)}".split())


_AROUND = " \t\n<>()[]{},;:\"“”„«»|'`‘’"


LONGEST_NAME, LONGEST_NUMBER = 200, 64
_PLACEHOLDERS = (
    "- – — -- . / n/a na nan null none nil (null) undefined unknown tba keine k.a. #n/a #nv #name? #ref! #value!"
)
NOTHING = frozenset(_PLACEHOLDERS.split())
"""Placeholders that people and programs write into empty cells."""

_WRAPPED = re.compile(r"""="(.*)"|'(.*)'|"(.*)"|“(.*)”|„(.*)[“”]|«(.*)»|‘(.*)’|`(.*)`""")
_WHOLE = re.compile(r"(\d+)\.0+")
_ROUNDED = re.compile(r"\d+[.,]\d+[eE]\+?\d+|\d+[eE]\+\d+|#+")
_BEGINS_FORMULA = ("=", "+", "@", "＝", "＋", "＠")
_MINUS = ("-", "－")
"""Names may begin with these, and then have an apostrophe before them in files for spreadsheets."""

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v", "phd", "md", "msc", "bsc", "ma", "ba", "dr", "esq", "mba"})
"""Words after a comma that are not given names."""

_MARKUP = re.compile(r"[<>{}\\]")
_CUT_LETTER = re.compile(r"\?|\N{REPLACEMENT CHARACTER}")


def tidy(text: str) -> str:
    """Return a text on one line without invisible marks; control characters stay, to be rejected later."""
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(visible.split())


def unwrapped(text: str) -> str:
    """Remove quotation marks and whatever protects a cell from a spreadsheet: `="007"`, `'007`, `“007”`."""
    inner = tidy(text)
    while (wrapped := _WRAPPED.fullmatch(inner)) is not None:
        inner = tidy(next(part for part in wrapped.groups() if part is not None))
    return inner.removeprefix("'").strip()


def value_of(text: str) -> str:
    """Return a login, role or number; empty for a placeholder."""
    inner = unwrapped(text)
    return "" if inner.casefold() in NOTHING else inner


def number_of(text: str) -> str:
    """Return a student number: `#12` (Brightspace) and `12.0` (spreadsheets) are 12."""
    value = value_of(text)
    if value.startswith("#") and value[1:2].isalnum():
        value = value[1:]
    whole = _WHOLE.fullmatch(value)
    return unicodedata.normalize("NFKC", whole[1] if whole else value)


def name_of(text: str) -> str:
    """Return a name in spoken order: `Berg, Anna` is Anna Berg."""
    typed = unicodedata.normalize("NFC", _mended(html.unescape(tidy(text))))
    while (wrapped := _WRAPPED.fullmatch(typed)) is not None:
        typed = tidy(next(part for part in wrapped.groups() if part is not None))
    if typed.startswith("'") and typed[1:2] in (*_BEGINS_FORMULA, *_MINUS):
        typed = typed[1:]
    typed = typed.strip(" ,;")
    family, comma, given = typed.partition(",")
    is_title = re.sub(r"\W", "", given).casefold() in _SUFFIXES
    return f"{given.strip()} {family.strip()}" if comma and "," not in given and not is_title else typed


def flaws_of_name(name: str) -> Iterator[RosterProblem]:
    """Yield the reasons why a name cannot be stored."""
    if len(name) > LONGEST_NAME:
        yield RosterProblem.TOO_LONG
    if not name.isprintable():
        yield RosterProblem.UNPRINTABLE
    elif _CUT_LETTER.search(name):
        yield RosterProblem.LOST_LETTERS
    elif name.startswith(_BEGINS_FORMULA):
        yield RosterProblem.FORMULA
    elif _MARKUP.search(name):
        yield RosterProblem.MARKUP


def flaws_of_number(number: str) -> Iterator[RosterProblem]:
    """Yield the reasons why a student number cannot be stored."""
    if len(number) > LONGEST_NUMBER:
        yield RosterProblem.TOO_LONG
    if not number.isprintable():
        yield RosterProblem.UNPRINTABLE
    elif _ROUNDED.fullmatch(number):
        yield RosterProblem.NUMBER_DAMAGED
    elif number.startswith(_BEGINS_FORMULA):
        yield RosterProblem.FORMULA


def _mended(text: str) -> str:
    """Repair a name whose UTF-8 was read as Windows-1252 and stored again: `MÃ¼ller` is Müller."""
    if text.isascii():
        return text
    try:
        return text.encode("cp1252").decode()
    except UnicodeError:
        return text
