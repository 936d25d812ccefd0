"""From the bytes of a request to validated values, with distinct errors for every problem.

Numbers stay text: a float would lose which digits were sent. The fields of a form are the keys of the JSON body, each
read like its JSON, with files next to them. `Prefer: wait` and `Link: next` are read and written here.
"""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from threading import BoundedSemaphore
from typing import Annotated, Any, NoReturn, TypeVar
from urllib.parse import parse_qsl, urlencode

from flask import Request, request
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError
from werkzeug.exceptions import RequestEntityTooLarge

from grader.services.submissions.learners import LONGEST_REFERENCE, usable_reference
from grader.web.errors import pointer
from grader.web.problem import Flaw, ProblemError
from grader.web.upload import FORM, MOST_OF_FORM, URLENCODED, Upload, uploads_of

MAX_DEPTH = 20
LEVELS = {"[": 1, "{": 1, "]": -1, "}": -1}
# A string, possibly unterminated, or a bracket. Possessive: no input makes it look at a character twice.
TOKENS = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class JsonNumber:
    """A JSON number as written; also the tokens NaN and Infinity, which are not JSON."""

    text: str


def read_json() -> tuple[bytes, Any]:
    """Read the body of the current request.

    Returns:
        The bytes, and the value with every number as a `JsonNumber`.

    Raises:
        ProblemError: 413, 415, or 400 for invalid or ambiguous JSON.
    """
    _check_content_type()
    body = read_bytes()
    return body, parse_json(body)


def parse_json(body: bytes) -> Any:
    """Parse JSON strictly: UTF-8, no duplicate keys, bounded nesting; raises ProblemError (400)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse("bad-utf-8", f"The body is not UTF-8: byte {error.start} cannot be read.")
    if _is_too_deep(text):
        _refuse("too-deep", f"The body is nested more than {MAX_DEPTH} levels deep.")
    try:
        return json.loads(
            text, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=JsonNumber, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        _refuse("malformed-json", f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.")


def _check_content_type() -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in {"utf-8", "utf8", "us-ascii"}:
        _unsupported("Send the body as application/json in UTF-8.")
    refuse_compressed()


def refuse_compressed() -> None:
    """Refuse a compressed body; raises ProblemError (415)."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        _unsupported("Send the body without compression.")


def read_bytes() -> bytes:
    """Read the body of the current request to its end; raises ProblemError (413) if it exceeds the limit."""
    try:
        body = request.get_data(cache=False)
        if len(body) == request.max_content_length:
            request.stream.read(1)  # a chunked body is cut off silently at the limit: check whether more follows
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
    if text.count("{") + text.count("[") <= MAX_DEPTH:  # almost every body: no need for a closer look
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


LARGEST_INTEGER = 2**63 - 1
"""The range of PostgreSQL's bigint."""


def whole_number(value: object) -> object:
    """Convert a JSON number that is an integer in any notation; the bounds are checked later."""
    if not isinstance(value, JsonNumber):
        return value
    number = _decimal(value.text)
    if not number.is_finite() or number != number.to_integral_value():
        raise PydanticCustomError("int-parsing", "This is not a whole number.")
    return int(max(Decimal(-1), min(number, Decimal(LARGEST_INTEGER + 1))))


def whole_number_text(value: object) -> object:
    """Accept only plain digits with an optional minus in a query; otherwise 1_0, +1 and 1.0 would be accepted too."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"-?[0-9]+", value):
        raise PydanticCustomError("int-parsing", "This is not a whole number.")
    return whole_number(JsonNumber(value))


def _decimal(text: str) -> Decimal:
    """Return the exact number; NaN if its exponent is too large for a Decimal."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


AssignmentSent = Annotated[int, Field(ge=1, le=LARGEST_INTEGER), BeforeValidator(whole_number)]
AssignmentAsked = Annotated[int, Field(ge=1, le=LARGEST_INTEGER), BeforeValidator(whole_number_text)]


def _check_reference(ref: str) -> str:
    if not usable_reference(ref):
        raise PydanticCustomError("unusable-reference", "A reference has visible characters only, no spaces around it.")
    return ref


Slug = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REFERENCE), AfterValidator(_check_reference)]


MOST_FLAWS = 100
FLAW_NAMES = {
    "extra_forbidden": ("unknown-key", "Unknown field."),
    "missing": ("missing", "This field is required."),
}

Model = TypeVar("Model", bound=BaseModel)


def body_as(kind: type[Model], value: Any) -> Model:
    """Return the body as the type; raises ProblemError (422) with a pointer to every invalid place."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise _invalid(_of_body(item) for item in error.errors()) from None


def query_as(kind: type[Model]) -> Model:
    """Return the query as the type; raises ProblemError (422) naming every invalid parameter."""
    given = request.args.to_dict(flat=False)
    repeated = [
        Flaw("repeated", "Send this only once.", parameter=_cut(name)) for name, all_ in given.items() if all_[1:]
    ]
    if repeated:
        raise _invalid(repeated)
    try:
        return kind.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise _invalid(_of_query(item) for item in error.errors()) from None


def refuse_query() -> None:
    """Refuse any query if none is expected; a misspelt parameter must not be ignored silently."""
    if request.args:
        flaws = [Flaw("unknown-key", "Unknown field.", parameter=name[:100]) for name in request.args]
        raise _invalid(flaws)


def _invalid(flaws: Iterable[Flaw]) -> ProblemError:
    shown = tuple(flaws)[:MOST_FLAWS]
    places = ", ".join(place for flaw in shown if (place := flaw.pointer or flaw.parameter))
    return ProblemError("invalid", f"Invalid values at: {places or 'the whole body'}.", shown)


def _of_body(item: Any) -> Flaw:
    code, detail = FLAW_NAMES.get(item["type"], (item["type"].replace("_", "-"), item["msg"]))
    return Flaw(code, detail, pointer=pointer(*(_cut(step) for step in item["loc"])))


def _of_query(item: Any) -> Flaw:
    code, detail = FLAW_NAMES.get(item["type"], (item["type"].replace("_", "-"), item["msg"]))
    return Flaw(code, detail, parameter=_cut(item["loc"][0]))


def _cut(step: object) -> str:
    """Truncate a name from outside so that it can be repeated in a response."""
    return str(step).encode("ascii", "backslashreplace").decode()[:100]


ANSWERS = "answers"
"""The only object in a body: JSON in a field or a file; optional in forms, since a file may contain all answers."""

MOST_FIELDS = 1000
MOST_OF_ANSWERS = 1 << 20


@dataclass(frozen=True, slots=True)
class FormBody:
    """The content of a form.

    Attributes:
        sent: identifies equal requests, regardless of the form's boundaries.
        value: equal to the corresponding JSON body.
        files: by field name.
    """

    sent: bytes
    value: Any
    files: Mapping[str, Upload]


def is_form() -> bool:
    """Return whether the current request is a form."""
    return request.mimetype in {FORM, URLENCODED}


def read_form(body: type[BaseModel]) -> FormBody:
    """Read the form of the current request; `body` tells which fields are text, all others are JSON.

    Raises:
        ProblemError: 400 or 413; 415 for a compressed form; 422 for a repeated field, too many fields, and if `answers`
            is not JSON. Other invalid JSON is left as it is, to be reported by the validation of `body`.
    """
    refuse_compressed()
    texts, files = _multipart() if request.mimetype == FORM else _urlencoded()
    texts |= _answers_of_file(files)
    sent = json.dumps([sorted(texts.items()), sorted((name, file.sha256) for name, file in files.items())])
    json_fields = _json_fields(body)
    there = {name: text for name, text in texts.items() if text.strip() or name not in json_fields}
    value = {name: _json(text) if name in json_fields else text for name, text in there.items()}
    value[ANSWERS] = _answers(texts.get(ANSWERS, ""))
    return FormBody(sent.encode(), value, files)


def _multipart() -> tuple[dict[str, str], dict[str, Upload]]:
    try:
        texts, files = request.form.to_dict(flat=False), uploads_of(request)
    except RequestEntityTooLarge:
        raise ProblemError("too-large", f"The form is larger than {MOST_OF_FORM} bytes.") from None
    placed = {name: len(request.files.getlist(name)) for name in request.files}
    _refuse_repeated([*placed.items(), *((name, len(some) + (name in placed)) for name, some in texts.items())])
    return {name: some[0] for name, some in texts.items()}, files


def _urlencoded() -> tuple[dict[str, str], dict[str, Upload]]:
    try:
        pairs = parse_qsl(
            read_bytes().decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS, separator="&"
        )
    except UnicodeDecodeError:
        raise ProblemError("bad-utf-8", "The form is not UTF-8.") from None
    except ValueError:
        raise ProblemError("invalid", f"The form has more than {MOST_FIELDS} fields.") from None
    names = [name for name, _ in pairs]
    _refuse_repeated([(name, names.count(name)) for name in dict.fromkeys(names)])
    return dict(pairs), {}


def _refuse_repeated(counts: list[tuple[str, int]]) -> None:
    twice = [name for name, count in counts if count > 1]
    if twice:
        flaws = tuple(Flaw("repeated", "Send this only once.", field=ascii(name)[1:-1][:100]) for name in twice[:100])
        raise ProblemError("invalid", "Some fields of the form occur twice.", flaws)


def _answers_of_file(files: dict[str, Upload]) -> dict[str, str]:
    """Return the answers if they were sent as a file (`-F answers=@answers.json`), and remove it from the files."""
    file = files.pop(ANSWERS, None)
    if file is None:
        return {}
    if len(file.content) > MOST_OF_ANSWERS:
        raise ProblemError("too-large", f"The answers are larger than {MOST_OF_ANSWERS} bytes.")
    return {ANSWERS: file.content.decode("utf-8", "surrogateescape")}


def _answers(text: str) -> Any:
    try:
        return _parsed(text) if text.strip() else {}
    except ProblemError as error:
        flaw = Flaw(error.problem.slug, error.problem.detail, pointer=f"/{ANSWERS}")
        raise ProblemError("invalid", "The answers are not JSON.", (flaw,)) from None


def _json(text: str) -> Any:
    try:
        return _parsed(text)
    except ProblemError:
        return text


def _parsed(text: str) -> Any:
    """Parse JSON; invalid UTF-8 is left as it is, and refused like in a body."""
    return parse_json(text.encode("utf-8", "surrogateescape"))


@cache
def _json_fields(body: type[BaseModel]) -> frozenset[str]:
    """Return the fields of the body that are not text: numbers, booleans, objects, lists."""
    properties = body.model_json_schema()["properties"]
    return frozenset(name for name, told in properties.items() if "string" not in _types(told))


def _types(told: Mapping[str, Any]) -> set[str]:
    return {option.get("type") for option in told.get("anyOf", [told])}


LONGEST_WAIT = 30
FIRST_PAUSE = 0.004
LONGEST_PAUSE = 0.25
GROWTH = 1.5
WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?', re.IGNORECASE | re.ASCII)


def preferred_wait() -> int | None:
    """Return the seconds that the client is willing to wait, at most 30; None without a valid preference."""
    preferences = ",".join(request.headers.getlist("Prefer")).split(",")
    for preference in preferences:
        match = WAIT.fullmatch(preference.partition(";")[0].strip())
        if match is not None:
            return min(int(match[1]), LONGEST_WAIT)
    return None


def wait_while(is_pending: Callable[[], bool], seconds: float) -> None:
    """Poll, quickly at first, until it is no longer pending or the time is over; holds nothing while pausing."""
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        if not is_pending():
            return
        pause = min(pause * GROWTH, LONGEST_PAUSE)


@contextmanager
def granted_wait(places: BoundedSemaphore) -> Iterator[int | None]:
    """Yield the seconds that this request may wait; None if it did not ask, or too many are waiting."""
    seconds = preferred_wait()
    if seconds is None or not places.acquire(blocking=False):
        yield None
        return
    try:
        yield seconds
    finally:
        places.release()


def link_next(request: Request, cursor: str | None) -> dict[str, str]:
    """Return the header that links to the next page (RFC 8288); empty on the last."""
    if cursor is None:
        return {}
    query = urlencode(request.args.to_dict() | {"cursor": cursor})
    return {"Link": f'<{request.path}?{query}>; rel="next"'}
