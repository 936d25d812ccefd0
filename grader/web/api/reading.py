"""From the bytes of a request to plain values, with every way of being off told apart.

Numbers stay text: a float on the way would lose which digits were sent.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from grader.web.problem import ProblemError

MAX_DEPTH = 20
LEVELS = {"[": 1, "{": 1, "]": -1, "}": -1}
# A string, also one that never ends, or a bracket. Possessive: no text makes it look at a character twice.
TOKENS = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A JSON number as it was written; also the tokens NaN and Infinity, which JSON does not know."""

    text: str


def read_json() -> tuple[bytes, Any]:
    """Read the body of the current request.

    Returns:
        The bytes, and the value with every number as a `Numeral`.

    Raises:
        ProblemError: 413, 415, or 400 for what is no JSON that can be trusted.
    """
    _check_content_type()
    body = read_bytes()
    return body, parse(body)


def parse(body: bytes) -> Any:
    """Parse JSON strictly: UTF-8, no duplicate keys, bounded nesting; raises ProblemError (400)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse("bad-utf-8", f"The body is not UTF-8: byte {error.start} cannot be read.")
    if _is_too_deep(text):
        _refuse("too-deep", f"The body is nested more than {MAX_DEPTH} levels deep.")
    try:
        return json.loads(
            text, parse_float=Numeral, parse_int=Numeral, parse_constant=Numeral, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        _refuse("malformed-json", f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.")


def _check_content_type() -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in {"utf-8", "utf8", "us-ascii"}:
        _unsupported("Send the body as application/json in UTF-8.")
    refuse_compressed()


def refuse_compressed() -> None:
    """Refuse a body that would have to be unpacked first; raises ProblemError (415)."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        _unsupported("Send the body without compression.")


def read_bytes() -> bytes:
    """Read the body of the current request to its end; raises ProblemError (413) where it is larger than the limit."""
    try:
        body = request.get_data(cache=False)
        if len(body) == request.max_content_length:
            request.stream.read(1)  # a chunked body is cut off at the limit without a word: ask whether more follows
    except RequestEntityTooLarge:
        detail = f"The body is larger than {request.max_content_length} bytes."
        raise ProblemError("too-large", detail) from None
    return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            _refuse("duplicate-key", f"The key {ascii(name)[:60]} occurs twice in one object.")
        found[name] = value
    return found


def _is_too_deep(text: str) -> bool:
    if text.count("{") + text.count("[") <= MAX_DEPTH:  # almost every body: no need to look closer
        return False
    level = 0
    for token in TOKENS.finditer(text):
        level += LEVELS.get(token[0][0], 0)
        if level > MAX_DEPTH:
            return True
    return False


def _refuse(slug: str, detail: str) -> NoReturn:
    raise ProblemError(slug, detail) from None


def _unsupported(detail: str) -> NoReturn:
    raise ProblemError("wrong-content-type", detail)
