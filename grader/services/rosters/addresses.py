"""E-mail addresses as they are found in cells: bare, with a name, in a link, several at once."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from grader.services.errors import UnusableEmail
from grader.services.register import normal_email

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
    """An e-mail address, and the name that is written beside it."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a cell holds of addresses; `unread` says whether there is something that is meant as one and is none."""

    found: tuple[Addressee, ...] = ()
    unread: bool = False


def addresses_in(cell: str) -> Addresses:
    """Find all addresses of a cell with their names, each once."""
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
    """Return an address in the form in which it is stored, None where it is none; its domain has a dot."""
    stripped = text.strip(" .'`‘’\N{ZERO WIDTH SPACE}").replace("’", "'")
    if stripped.count("@") != 1 or valid_domain(stripped.partition("@")[2]) is None:
        return None
    try:
        return normal_email(stripped)
    except UnusableEmail:
        return None


def valid_domain(text: str) -> str | None:
    """Return a domain in small letters, without an @ before it; None where it is none."""
    domain = unicodedata.normalize("NFKC", text).strip().removeprefix("@").lower()
    fits = _DOMAIN.fullmatch(domain) and max(map(len, domain.split("."))) <= LONGEST_LABEL
    return domain if fits and not domain.rpartition(".")[2].isdecimal() else None


def is_login(text: str) -> bool:
    """Tell whether a text could be the name that somebody signs in with elsewhere, such as `chi.le`."""
    return bool(_LOGIN.fullmatch(text)) and any(letter.isalnum() for letter in text)


def spellings(email: str) -> tuple[str, ...]:
    """Return the ways in which one address is written: an internationalised domain has two."""
    local, _, domain = email.rpartition("@")
    ways = dict.fromkeys((domain, _as(domain, "ascii"), _as(domain, "unicode")))
    return tuple(f"{local}@{way}" for way in ways)


def mailbox(email: str) -> str:
    """Return what two spellings of one address have in common."""
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
    """Cut after each address: `Berg, Anna <a@x.org>, b@x.org` is two; what follows the last belongs to it."""
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
