"""Replaces sentences by better ones, everywhere at once: `python -m tools.reword`.

The mappings are tools/rewording/*.tsv, one sentence a line: old, a tab, new. A sentence is a msgid, with its
placeholders (`%(name)s` on pages, `{name}` in the judging). Templates, modules, catalogs and tests are rewritten;
translations stay with their sentences. A second run changes nothing. `tools.compare` applies the mappings to output.
"""

import argparse
import ast
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).resolve().parents[1]
MAPPINGS = CHECKOUT / "tools" / "rewording"
GRADER = CHECKOUT / "grader"
CATALOGS = GRADER / "web" / "translations"
WIDTH = 120

PLACE = re.compile(r"%\((\w+)\)[sd]")
ANY_PLACE = re.compile(r"(?:%\(|\{)(\w+)")
"""Of a page, `%(name)s`, or of a sentence of the judging, `{name:style}`."""
TRANS = re.compile(r"(\{%-?\s*trans\b.*?%\})(.*?)(\{%-?\s*endtrans\s*-?%\})", re.DOTALL)
PLURAL = re.compile(r"(\{%-?\s*pluralize\b.*?%\})")
CALL = re.compile(r"\b(?:_|n?p?gettext)\(\s*((?:(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*,?\s*)+)", re.DOTALL)
QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
NO_WORD_AROUND = r"(?<![\w%]){}(?!\w)"
MARKED = {"_", "gettext", "ngettext", "pgettext", "lazy_gettext", "lazy_ngettext", "lazy_pgettext", "Meaning"}
NUMBER = r"[-\u2212]?\d(?:[\d.,\s]*\d)?"
NUMBERS = set(
    re.findall(r"\w+", "num count left used right rows points given before after of max most percent wanted tries")
)
"""Placeholders of numbers: a sentence that begins with one takes nothing of what stands before it."""

LONG = 3
"""Words from which a sentence is recognised within a longer text."""

Words = Mapping[str, str]


class AmbiguousError(ValueError):
    """Two entries say different things about one sentence."""


class UnfoundError(ValueError):
    """An entry whose sentence is found nowhere, neither old nor new."""


def load(folder: Path = MAPPINGS) -> dict[str, str]:
    """Return old → new of all mappings.

    Raises:
        AmbiguousError: a line is no pair, a sentence is mapped twice, or to one that is mapped itself, or a placeholder
            was lost.
    """
    words: dict[str, str] = {}
    for old, new in (pair for path in sorted(folder.glob("*.tsv")) for pair in _pairs(path)):
        if words.setdefault(old, new) != new:
            raise AmbiguousError(f"{old!r} is mapped to {words[old]!r} and to {new!r}")
    chained = sorted(words.keys() & set(words.values()))
    if chained:
        raise AmbiguousError(f"new sentences that are old ones of other entries: {chained}")
    return words


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        old, _, new = line.partition("\t")
        if not old or not new or old == new or set(ANY_PLACE.findall(old)) != set(ANY_PLACE.findall(new)):
            raise AmbiguousError(
                f"{path.name}, line {number}: write the old sentence, a tab and the new one, with the same placeholders"
            )
        yield old, new


def reword_catalog(catalog: Catalog, words: Words) -> Catalog:
    """Return the catalog with its msgids replaced; of two that become one, the first translation stays."""
    renamed = Catalog(locale=catalog.locale, header_comment=catalog.header_comment, fuzzy=catalog.fuzzy)
    renamed.mime_headers = catalog.mime_headers
    for message in catalog:
        if not message.id:
            continue
        new = tuple(_new(part, words) for part in message.id) if isinstance(message.id, tuple) else None
        key = new or _new(str(message.id), words)
        if renamed.get(key, message.context) is None:
            renamed.add(
                key, message.string, message.locations, message.flags, message.auto_comments, message.user_comments,
                context=message.context,
            )  # fmt: skip
    return renamed


def reword_template(source: str, words: Words) -> str:
    """Return a Jinja template with the sentences of its trans blocks and gettext calls replaced."""
    source = TRANS.sub(lambda match: _trans(match, source, words), source)
    return CALL.sub(
        lambda match: match[0].replace(match[1], QUOTED.sub(lambda q: _quoted(q[0], words), match[1])), source
    )


def reword_module(source: str, words: Words) -> str:
    """Return a module of Python with the literals replaced that are exactly a sentence and stand where people read."""
    return _reword_literals(source, _spoken, lambda text: _new(text, words))


def reword_test(source: str, words: Words) -> str:
    """Return a test with the sentences replaced that its literals quote; a word without a capital may be anything."""
    change = _quoting({old: new for old, new in words.items() if not re.fullmatch("[a-z]+", old)})
    return _reword_literals(source, _plain_literals, change)


def _quoting(words: Words) -> Callable[[str], str]:
    """Return a function that replaces old sentences within a quotation by new ones.

    A sentence of fewer than three words counts only as the whole text, an attribute or a text node.
    """
    rules = [(re.compile(_pattern(old)), _placed(words[old])) for old in sorted(words, key=len, reverse=True)]

    def change(text: str) -> str:
        done: list[str] = []
        for pattern, new in rules:
            text = _replaced(text, pattern, new, done)
        return re.sub(r"\x00(\d+)\x00", lambda match: _unkept(match, done), text)

    return change


def _replaced(text: str, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str], done: list[str]) -> str:
    """Replace a sentence by a mark, so that no rule after it reads the new one."""
    return pattern.sub(lambda match: _keep(new(match), done), text)


def _keep(text: str, done: list[str]) -> str:
    done.append(text)
    return f"\0{len(done) - 1}\0"


def _unkept(match: re.Match[str], done: list[str]) -> str:
    return re.sub(r"\x00(\d+)\x00", lambda inner: _unkept(inner, done), done[int(match[1])])


def _pattern(old: str) -> str:
    named: set[str] = set()
    parts: list[str] = []
    end = 0
    for place in PLACE.finditer(old):
        parts.append(_spaced(old[end : place.start()]))
        parts.append(f"(?P={place[1]})" if place[1] in named else f"(?P<{place[1]}>{_values(place[1])})")
        named.add(place[1])
        end = place.end()
    parts.append(_spaced(old[end:]))
    body = "".join(parts)
    if len(re.findall(r"[^\W\d_]{2,}", PLACE.sub("", old))) >= LONG:
        return NO_WORD_AROUND.format(body)
    return rf"(?:(?<=[>\"])|(?<=^))(?P<lead_>\s*){body}(?P<tail_>\s*)(?=[<\"]|$)"


def _values(name: str) -> str:
    return NUMBER if name in NUMBERS else r"(?:(?!</p>|</li>|</td>).)+?"


def _spaced(text: str) -> str:
    return re.sub(r"(?:\\ )+", r"\\s+", re.escape(text.replace("%%", "%")))


def _placed(new: str) -> Callable[[re.Match[str]], str]:
    def fill(match: re.Match[str]) -> str:
        said = PLACE.sub(lambda place: match[place[1]], new.replace("%%", "%"))
        around = match.groupdict()
        return f"{around.get('lead_') or ''}{said}{around.get('tail_') or ''}"

    return fill


def _new(text: str, words: Words) -> str:
    return words.get(text, text)


def _trans(match: re.Match[str], source: str, words: Words) -> str:
    start, body, end = match.groups()
    parts = PLURAL.split(body)
    changed = [part if PLURAL.fullmatch(part) else _block(part, words) for part in parts]
    if changed == parts:
        return match[0]
    line_start = source.rfind("\n", 0, match.start()) + 1
    before = source[line_start : match.start()]
    rest = source[match.end() :].split("\n", 1)[0]
    indent = " " * (len(before) - len(before.lstrip()) + 2)
    one_line = start + "".join(changed) + end
    if len(before) + len(one_line) + len(rest) <= WIDTH or "\n" not in body:
        return one_line
    lines = [part if PLURAL.fullmatch(part) else _wrapped(part, indent) for part in changed]
    return "\n".join(
        [start, *(line if line.startswith(indent) else indent[2:] + line for line in lines), indent[2:] + end]
    )


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(
        text.strip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _block(body: str, words: Words) -> str:
    said = re.sub(r"\s*\n\s*", " ", body.strip())
    for percent in ("%%", "%"):
        msgid = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", said.replace("%", percent))
        if msgid in words:
            return re.sub(r"%\((\w+)\)s", r"{{ \1 }}", words[msgid]).replace("%%", "%")
    return body


def _quoted(literal: str, words: Words) -> str:
    text = ast.literal_eval(literal)
    new = _new(text, words)
    if new == text:
        return literal
    return json.dumps(new, ensure_ascii=False) if literal[0] == '"' else "'" + new.replace("'", "\\'") + "'"


def _reword_literals(
    source: str, which: Callable[[ast.Module], Iterable[ast.Constant]], change: Callable[[str], str]
) -> str:
    text = source.encode()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    in_brackets = _in_brackets(tree)
    for node in sorted(which(tree), key=lambda node: (node.lineno, node.col_offset), reverse=True):
        new = change(str(node.value))
        if new != node.value and node.end_lineno is not None and node.end_col_offset is not None:
            first = starts[node.lineno - 1] + node.col_offset
            last = starts[node.end_lineno - 1] + node.end_col_offset
            raw = text[first:last].startswith(b"r") and "\\" in new
            literal = f'r"{new}"' if raw else _literal(new, node.col_offset, is_in_brackets=node in in_brackets)
            text = text[:first] + literal.encode() + text[last:]
    return text.decode()


def _in_brackets(tree: ast.Module) -> set[ast.AST]:
    """Arguments and entries, which may go over several lines as they are."""
    brackets = (ast.Call, ast.keyword, ast.Tuple, ast.List, ast.Set, ast.Dict)
    return {child for node in ast.walk(tree) if isinstance(node, brackets) for child in ast.iter_child_nodes(node)}


def _literal(text: str, column: int, *, is_in_brackets: bool) -> str:
    whole = json.dumps(text, ensure_ascii=False)
    if column + len(whole) + 2 <= WIDTH:
        return whole
    pieces = textwrap.wrap(
        text, max(40, WIDTH - column - 8), drop_whitespace=False, break_long_words=False, break_on_hyphens=False
    )
    lines = "\n".join(json.dumps(piece, ensure_ascii=False) for piece in pieces)
    return lines if is_in_brackets else f"({lines})"


def _spoken(tree: ast.Module) -> Iterator[ast.Constant]:
    """Sentences that are no keys or conditions, and words that are marked for translation."""
    nodes = list(ast.walk(tree))
    marked = {part for node in nodes if isinstance(node, ast.Call) and _is_marked(node) for part in ast.walk(node)}
    unread = {part for node in nodes for part in _unread(node)}
    for literal in _plain_literals(tree):
        if literal not in unread and (literal in marked or " " in str(literal.value)):
            yield literal


def _unread(node: ast.AST) -> Iterable[ast.AST | None]:
    match node:
        case ast.Dict(keys=keys):
            return keys
        case ast.Subscript(slice=part):
            return ast.walk(part)
        case ast.Compare(left=left, comparators=others):
            return [left, *others]
        case _:
            return []


def _is_marked(node: ast.Call) -> bool:
    return (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in MARKED


def _within(node: ast.JoinedStr | ast.Expr) -> Iterable[ast.AST]:
    """What a formatted string is made of, or a docstring."""
    return ast.walk(node) if isinstance(node, ast.JoinedStr) else [node.value]


def _plain_literals(tree: ast.Module) -> Iterator[ast.Constant]:
    within = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.Expr) for part in _within(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in within:
            yield node


def reword_file(path: Path, words: Words) -> bool:
    """Rewrite one file, and return whether anything changed."""
    source = path.read_text(encoding="utf-8")
    new = rule_for(path)(source, words)
    if new != source:
        path.write_text(new, encoding="utf-8")
    return new != source


def rule_for(path: Path) -> Callable[[str, Words], str]:
    """Return how a file is rewritten."""
    if path.suffix == ".html":
        return reword_template
    return reword_test if "tests" in path.relative_to(CHECKOUT).parts else reword_module


def files() -> list[Path]:
    """Return what holds sentences: templates, modules and tests, but for the tests of this program."""
    modules = GRADER.rglob("*.py")
    tests = [path for path in (CHECKOUT / "tests").rglob("*.py") if path.name != "test_reword.py"]
    return sorted([*(GRADER / "web" / "templates").rglob("*.html"), *modules, *tests])


def reword_catalogs(words: Words) -> None:
    """Rewrite the msgids of every language."""
    for path in CATALOGS.rglob("messages.po"):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parts[-3])
        with path.open("wb") as file:
            write_po(file, reword_catalog(catalog, words), width=WIDTH, include_lineno=False, sort_output=True)


def unfound(words: Words, said: Iterable[str]) -> list[str]:
    """Return the entries of which neither sentence is said."""
    known = set(said)
    return sorted(old for old, new in words.items() if old not in known and new not in known)


def sentences() -> set[str]:
    """Return the msgids of all catalogs, singular and plural apart."""
    found: set[str] = set()
    for path in CATALOGS.rglob("messages.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                found.update(map(str, message.id if isinstance(message.id, tuple) else (message.id,)))
    return found


def main() -> None:
    """Apply the mappings to the checkout."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    words = load()
    lost = unfound(words, sentences())
    if lost:
        raise UnfoundError(f"sentences that stand nowhere: {lost}")
    changed = [path for path in files() if reword_file(path, words)]
    reword_catalogs(words)
    print(f"{len(changed)} files changed; now: make format messages")  # noqa: T201 - a program's report


if __name__ == "__main__":
    main()
