"""Compares the output of two versions after rewording: `python -m tools.compare OLD.json NEW.json`.

Each file holds what one version returned for the same database: pages, API responses, the OpenAPI document, command
line output, e-mails, message templates, problem types, stored rows and the reports of all submissions. The mapping is
applied to the texts of the old version: tools/rewording/*.tsv for msgids, tools/rewording/said/vi.tsv for Vietnamese,
and the other files there for texts outside the catalogs. Every remaining difference has to be listed with its reason in
tools/intended.tsv; those that are not are printed, and the exit status is 1.

Line breaks and inline elements are ignored in texts, as are IDs, one-time secrets and versions of assets.
"""

import argparse
import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.reword import CHECKOUT
from tools.said import Rewording, wildcard
from tools.shown import EDGE

INTENDED = CHECKOUT / "tools" / "intended.tsv"
MOST_SHOWN = 1000
VIETNAMESE = re.compile(r"(?:pages|bad)/vi |mails/vi|sentences/[^/]+/vi")
TEXTS = re.compile(
    r"(?:api|bad|cli|mails|sentences)/|problems/.*/2$|pages/.*/(?:texts|attrs)$|openapi/.*/(?:description|summary)$"
)
"""Places that people read. Everything else is for programs: its wording may not change."""
VOLATILE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|(?<=/assets/)[^/]+(?=/)|\bnng?_[\w-]{20,}"
)


class Difference(NamedTuple):
    """Two different values at the same place; a missing value is an empty text."""

    where: str
    old: object
    new: object


class Intended(NamedTuple):
    """An intended difference: place, old value, new value, and the reason.

    In the first three, an ellipsis matches any text and `#` a number.
    """

    where: str
    old: str
    new: str
    why: str

    def covers(self, found: Difference) -> bool:
        """Return whether a difference is as listed."""
        return all(wildcard(pattern).fullmatch(_shown(value)) for pattern, value in zip(self[:3], found, strict=True))


class Tally(NamedTuple):
    """Number of texts by kind: all, those changed by the mapping, and those that still differ."""

    texts: Counter[str]
    reworded: Counter[str]
    left: Counter[str]


def intended_in(path: Path = INTENDED) -> list[Intended]:
    """Return the listed differences.

    Raises:
        ValueError: a line does not have four columns.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        columns = line.split("\t")
        if len(columns) != len(Intended._fields):
            raise ValueError(f"{path.name}, line {number}: write place, old, new and why, with tabs between them")
        found.append(Intended(*columns))
    return found


class Comparison:
    """Finds the differences that remain after the mapping, and counts texts."""

    def __init__(self, english: Rewording, vietnamese: Rewording) -> None:
        self.tally = Tally(Counter(), Counter(), Counter())
        self._english = english
        self._vietnamese = vietnamese

    def differences(self, old: object, new: object, where: str) -> Iterator[Difference]:
        """Yield the differences between two JSON values."""
        if isinstance(old, dict) and isinstance(new, dict):
            for key in sorted(old.keys() | new.keys()):
                yield from self.differences(old.get(key, ""), new.get(key, ""), f"{where}/{key}".lstrip("/"))
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._of_lists(old, new, where)
        elif isinstance(old, str) and isinstance(new, str):
            yield from self._of_texts([old], [new], where)
        elif old != new:
            yield Difference(where, old, new)

    def _of_lists(self, old: list[object], new: list[object], where: str) -> Iterator[Difference]:
        before, after = ([item for item in items if isinstance(item, str)] for items in (old, new))
        if (before, after) == (old, new):
            yield from self._of_texts(before, after, where)
        elif len(old) == len(new):
            for number, pair in enumerate(zip(old, new, strict=True)):
                yield from self.differences(*pair, f"{where}/{number}")
        else:
            yield Difference(where, old, new)

    def _of_texts(self, old: Sequence[str], new: Sequence[str], where: str) -> Iterator[Difference]:
        before, after = [self._said(text, where) for text in old], [plain(text) for text in new]
        found = list(_unequal(before, after)) if before != after else []
        if TEXTS.match(where):
            kind = kind_of(where)
            self.tally.texts[kind] += len(old)
            self.tally.reworded[kind] += sum(plain(text) != said for text, said in zip(old, before, strict=True))
            self.tally.left[kind] += len(found)
        yield from (Difference(where, *pair) for pair in found)

    def _said(self, text: str, where: str) -> str:
        if not TEXTS.match(where):
            return plain(text)
        words = self._vietnamese if VIETNAMESE.match(where) else self._english
        return plain(words.template(text) if where.startswith("sentences/") else words.text(text, where))


def _unequal(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of replaced texts, and texts that only one side has."""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:
            yield from zip(before[a:b], after[c:d], strict=True)
        elif tag != "equal":
            yield from ((text, "") for text in before[a:b])
            yield from (("", text) for text in after[c:d])


def plain(text: str) -> str:
    """Return a text without inline elements, line breaks and values that differ in each run."""
    return VOLATILE.sub("\u2026", " ".join(text.replace("\\n", " ").replace(EDGE, "").split()))


def kind_of(where: str) -> str:
    """Return the kind of a place, with its language if there are two."""
    kind = where.split("/", 1)[0]
    if kind in {"pages", "bad", "mails", "sentences"}:
        return f"{kind} {'vi' if VIETNAMESE.match(where) else 'en'}"
    return kind


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def unlisted(found: Iterable[Difference], intended: Sequence[Intended], seen: Counter[Intended]) -> list[Difference]:
    """Return the differences that are not listed; count the others in `seen`."""
    left = []
    for difference in found:
        entry = next((entry for entry in intended if entry.covers(difference)), None)
        if entry is None:
            left.append(difference)
        else:
            seen[entry] += 1
    return left


def report(comparison: Comparison, seen: Counter[Intended], left: Sequence[Difference]) -> Iterator[str]:
    """Yield the lines to print."""
    for difference in left:
        old, new = (_shown(value)[:MOST_SHOWN] for value in difference[1:])
        yield f"{difference.where}\n  - {old}\n  + {new}"
    for kind, number in sorted(comparison.tally.texts.items()):
        reworded, other = comparison.tally.reworded[kind], comparison.tally.left[kind]
        yield f"{kind}: {number} texts, {reworded} reworded by the mapping, {other} different otherwise"
    reasons: Counter[str] = Counter()
    for entry, number in seen.items():
        reasons[entry.why] += number
    for why, number in sorted(reasons.items()):
        yield f"{number} intended: {why}"
    yield f"{sum(reasons.values())} listed differences, {len(left)} that are not listed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two files, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path, help="output of the old version")
    parser.add_argument("new", type=Path, help="output of the new version")
    asked = parser.parse_args(arguments)
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (asked.old, asked.new))
    comparison = Comparison(Rewording.of("en"), Rewording.of("vi"))
    seen: Counter[Intended] = Counter()
    left = unlisted(comparison.differences(old, new, ""), intended_in(), seen)
    for line in report(comparison, seen, left):
        print(line)  # noqa: T201 - a program's report
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
