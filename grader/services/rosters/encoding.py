"""The bytes of a file become text: Unicode where they are, else the code page that gives the most plausible words."""

import codecs
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.services.rosters.findings import Flaw, UnreadableRosterError, Wrong

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CODE_PAGES: Mapping[str, str] = MappingProxyType(
    {"cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1258": "Windows-1258", "mac_roman": "Mac Roman"}
)
"""What files that are not Unicode may be written in, most likely first, and what it is called."""

_NOT_LISTS: Mapping[bytes, str] = MappingProxyType(
    {
        b"PK\x03\x04": "Excel (.xlsx), OpenDocument (.ods), ZIP",
        b"\xd0\xcf\x11\xe0": "Excel (.xls)",
        b"%PDF": "PDF",
        b"\x89PNG": "PNG",
        b"\xff\xd8\xff": "JPEG",
        b"GIF8": "GIF",
        b"\x1f\x8b": "gzip",
        b"{\\rtf": "RTF",
    }
)
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_LINE_ENDS_OF_TEXT = re.compile("\r\n?|\u2028|\u2029")
_TYPOGRAPHIC = "‘’“”„«»‹›–—…·ªº°\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and where a code page had to be guessed: which, and the first line that needed it."""

    text: str
    code_page: str = ""
    line: int = 0


def decode(content: bytes, code_page: str = "") -> Decoded:
    """Return the text of a file, its lines ended by line feeds; `code_page` is what a person says it is written in.

    Each line that is valid UTF-8 is read as such, so that one line in a code page does not spoil the others.

    Raises:
        UnreadableRosterError: it is no text, or not written in what is said; the first line that shows it is named.
    """
    kind = next((kind for start, kind in _NOT_LISTS.items() if content.startswith(start)), None)
    if kind is not None:
        raise UnreadableRosterError(Flaw(1, Wrong.OTHER_FORMAT, kind))
    encoding, mark = next(((name, mark) for mark, name in _MARKS if content.startswith(mark)), ("", b""))
    if encoding or (encoding := code_page or _wide(content)):
        return Decoded(_strictly(content[len(mark) :], encoding))
    return _by_lines(_LINE_ENDS.split(content), likely=("mac_roman",) if _is_from_a_mac(content) else ())


def as_lines(text: str) -> str:
    """Return a text with its lines ended by line feeds, however they were ended before."""
    return _LINE_ENDS_OF_TEXT.sub("\n", text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return as_lines(content.decode(encoding))
    except UnicodeDecodeError as error:
        before = as_lines(content[: error.start].decode(encoding, "replace"))
        raise UnreadableRosterError(Flaw(before.count("\n") + 1, Wrong.ENCODING)) from None
    except LookupError:
        raise UnreadableRosterError(Flaw(0, Wrong.ENCODING)) from None


def _by_lines(lines: list[bytes], likely: tuple[str, ...]) -> Decoded:
    texts = [_utf_8(line) for line in lines]
    others = [line for line, text in zip(lines, texts, strict=True) if text is None]
    if not others:
        return Decoded(as_lines("\n".join(text or "" for text in texts)))
    words = b"\n".join(others)
    page = min((*likely, *CODE_PAGES), key=lambda page: oddities(words.decode(page, "replace")))
    first = texts.index(None) + 1
    whole = [line.decode(page, "replace") if text is None else text for line, text in zip(lines, texts, strict=True)]
    return Decoded(as_lines("\n".join(whole)), CODE_PAGES[page], first)


def _utf_8(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def oddities(text: str) -> int:
    """Count what the letters of names hardly ever do: the code page with the fewest is the most plausible one."""
    return sum(
        _oddity(*three) for three in zip(f" {text}", text, f"{text[1:]} ", strict=False) if not three[1].isascii()
    )


def _oddity(before: str, letter: str, after: str) -> int:
    """How odd a letter is between its neighbours: no letter at all, a sign within a word, a capital within one."""
    category = unicodedata.category(letter)
    if letter == "\N{REPLACEMENT CHARACTER}" or category == "Cc":
        return 3
    if category.startswith("M"):
        return 0 if before.isalpha() else 1
    if letter.isalpha():
        return int(letter.isupper() and before.isalpha() and (before.islower() or after.islower()))
    return int(letter not in _TYPOGRAPHIC and (before.isalpha() or after.isalpha()))


def _is_from_a_mac(content: bytes) -> bool:
    """Tell whether lines end as only old programs on a Mac end them."""
    return b"\r" in content and b"\n" not in content


def _wide(content: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte of plain letters."""
    sample = content[:200]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) or not sample:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"
