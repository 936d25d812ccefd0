"""Reading a whole site in one language: every page that links lead to, and what it says."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tools.messages import collect, read

SPOKEN = ("aria-label", "title", "placeholder", "alt")
UNSEEN = {"code", "script", "style", "math", "pre"}


@dataclass
class Page(HTMLParser):
    """What one page says and where it leads."""

    address: str
    said: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    within: list[str] = field(default_factory=list)
    language: str | None = None
    apart: list[str] = field(default_factory=list)
    """The element that says that it speaks another language, and those of its kind within it."""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.language = self.language or given.get("lang")
        if tag in self.apart or (not self.apart and given.get("lang") not in {None, self.language}):
            self.apart.append(tag)
        if tag in UNSEEN:
            self.within.append(tag)
        if tag == "a" and given.get("href"):
            self.links.append(urldefrag(urljoin(self.address, given["href"]))[0])
        if self.apart:
            return
        self.said += [given[name] or "" for name in SPOKEN if given.get(name)]
        self.said += [value or "" for name, value in attrs if name.startswith("data-") and " " in (value or "")]

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN and self.within:
            self.within.pop()
        if tag in self.apart:
            self.apart.pop()

    def handle_data(self, data: str) -> None:
        if not self.within and not self.apart and data.strip():
            self.said.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        """All of it, a piece a line."""
        return "\n".join(self.said)


def pages(app: Flask, client: FlaskClient, addresses: Iterable[str], language: str) -> Iterator[Page]:
    """Read the pages at these addresses, and one of every further kind that links lead to from them."""
    waiting = list(addresses)
    kinds = {_kind(app, address) for address in waiting}
    read: set[str] = set()
    while waiting:
        reply = client.get(waiting.pop(0), headers={"Accept-Language": language}, follow_redirects=True)
        page = Page(reply.request.full_path.rstrip("?"))
        if reply.mimetype != "text/html" or page.address in read:
            reply.close()
            continue
        page.feed(reply.text)
        read.add(page.address)
        yield page
        for link in page.links:
            kind = _kind(app, link)
            if link.startswith("/") and kind not in kinds:
                kinds.add(kind)
                waiting.append(link)


def _kind(app: Flask, address: str) -> tuple[str, frozenset[str]]:
    """The view that answers an address, and what it is asked besides."""
    parts = urlsplit(address)
    try:
        view = str(app.url_map.bind("").match(parts.path, "GET")[0])
    except (RequestRedirect, HTTPException):
        view = ""
    return view, frozenset(parse_qs(parts.query))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of ours in English, with places that are left open."""

    text: str
    pieces: tuple[str, ...]
    pattern: re.Pattern[str]

    def is_in(self, said: str) -> bool:
        """Whether it is said; that its pieces are there is quickly seen, and seldom so."""
        return all(piece in said for piece in self.pieces) and self.pattern.search(said) is not None


@cache
def english() -> tuple[Sentence, ...]:
    """The sentences that the code says in English and Vietnamese says otherwise."""
    vietnamese = read("vi")
    found: list[Sentence] = []
    for message in collect():
        for text in map(str, message.id if isinstance(message.id, (tuple, list)) else (message.id,)):
            translated = vietnamese[message.id].string if message.id in vietnamese else ""
            pieces = re.split(r"%\(\w+\)s|<[^>]*>", text.replace("%%", "%"))
            if text != translated and any(re.search(r"[A-Za-z]{2,} [a-z]{2,}", piece) for piece in pieces):
                open_pattern = r"[^\n]{0,80}?".join(map(re.escape, pieces))
                found.append(Sentence(text, tuple(pieces), re.compile(rf"(?<!\w){open_pattern}(?!\w)")))
    return tuple(found)


def english_in(page: Page) -> set[str]:
    """The English sentences of ours that a page says."""
    said = page.text
    return {sentence.text for sentence in english() if sentence.is_in(said)}
