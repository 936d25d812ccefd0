"""Reads from HTML what a page shows and where it leads."""

import re
from html.parser import HTMLParser
from typing import TypedDict

EDGE = "\u241f"
"""Marks the start or end of an inline element."""
EDGES = re.compile(f"[ {EDGE}]*{EDGE}[ {EDGE}]*")
INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi code em i kbd mark q s small span strong sub sup time u var "
        "math mfrac mi mn mo mover mrow mspace msqrt mstyle msub msubsup msup mtext munder",
    )
)
"""A formula stands within its sentence."""
SILENT = frozenset({"script", "style"})
SPOKEN = ("alt", "title", "aria-label", "placeholder", "aria-description", "data-confirm", "content")
LEADING = ("href", "action", "formaction", "src")
INPUTS = frozenset({"input", "select", "textarea", "button"})
VALUED = frozenset({"hidden", "radio", "checkbox", "submit"})


class Shown(TypedDict):
    """The texts of a page, one for each block, its spoken attributes, links and inputs."""

    texts: list[str]
    attrs: list[str]
    links: list[str]
    fields: list[list[str | None]]


class PageReader(HTMLParser):
    """Collects what a page shows; call `read`."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = Shown(texts=[], attrs=[], links=[], fields=[])
        self._block: list[str] = []
        self._silent = 0

    @classmethod
    def read(cls, html: str) -> Shown:
        """Return what a page shows."""
        reader = cls()
        reader.feed(html)
        reader.close()
        reader._end_block()
        return reader._shown

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a block or an inline element."""
        self._edge(tag)
        self._silent += tag in SILENT
        known = dict(attrs)
        if tag != "link":
            self._shown["links"] += [f"{name} {known[name]}" for name in LEADING if known.get(name)]
        if known.get("name") != "viewport":
            self._shown["attrs"] += [f"{name}: {known[name]}" for name in SPOKEN if known.get(name)]
        if tag in INPUTS:
            kind = known.get("type")
            self._shown["fields"].append([tag, known.get("name"), kind, known.get("value") if kind in VALUED else None])

    def handle_endtag(self, tag: str) -> None:
        """End a block or an inline element."""
        self._edge(tag)
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        """Add to the text of the block."""
        if not self._silent:
            self._block.append(data)

    def _edge(self, tag: str) -> None:
        if tag in INLINE:
            self._block.append(EDGE)
        else:
            self._end_block()

    def _end_block(self) -> None:
        text = joined("".join(self._block))
        self._block.clear()
        if text:
            self._shown["texts"].append(text)


def joined(text: str) -> str:
    """Return a text with single spaces, and with one edge where several inline elements meet."""
    said = EDGES.sub(lambda edges: f" {EDGE}" if " " in edges[0] else EDGE, " ".join(text.split()))
    return said.strip(f" {EDGE}")
