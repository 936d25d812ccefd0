"""A request as a form: the keys of the JSON body as its fields, each read like its JSON, and files beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from pydantic import BaseModel
from werkzeug.exceptions import RequestEntityTooLarge

from grader.web.api.reading import parse, read_bytes, refuse_compressed
from grader.web.problem import Flaw, ProblemError
from grader.web.upload import FORM, MOST_OF_FORM, URLENCODED, Upload, uploads_of

ANSWERS = "answers"
"""The one object of a body: JSON in a field or in a file; a form may leave it out, as where a file holds everything."""

MOST_FIELDS = 1000
MOST_OF_ANSWERS = 1 << 20


@dataclass(frozen=True, slots=True)
class FormRead:
    """What a form holds.

    Attributes:
        sent: what makes two requests the same, whatever stands between the parts of the form.
        value: the same as the JSON body would be.
        files: by the name of their place.
    """

    sent: bytes
    value: Any
    files: Mapping[str, Upload]


def is_form() -> bool:
    """Tell whether the current request is a form."""
    return request.mimetype in {FORM, URLENCODED}


def read_form(body: type[BaseModel]) -> FormRead:
    """Read the form of the current request; `body` tells which of its fields are texts, all others are JSON.

    Raises:
        ProblemError: 400 or 413; 415 for a compressed form; 422 for a field that stands twice, too many fields, and where
            `answers` is no JSON. What else is no JSON is left as it is, for whoever checks it against `body` to name.
    """
    refuse_compressed()
    texts, files = _multipart() if request.mimetype == FORM else _urlencoded()
    texts |= _answers_of_file(files)
    sent = json.dumps([sorted(texts.items()), sorted((name, file.sha256) for name, file in files.items())])
    json_fields = _json_fields(body)
    there = {name: text for name, text in texts.items() if text.strip() or name not in json_fields}
    value = {name: _json(text) if name in json_fields else text for name, text in there.items()}
    value[ANSWERS] = _answers(texts.get(ANSWERS, ""))
    return FormRead(sent.encode(), value, files)


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
        raise ProblemError("invalid", "Some fields of the form stand twice.", flaws)


def _answers_of_file(files: dict[str, Upload]) -> dict[str, str]:
    """The answers where they came as a file (`-F answers=@answers.json`), which is then none of the files."""
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
    """The JSON; bytes that are no UTF-8 are what they were, and refused as in a body."""
    return parse(text.encode("utf-8", "surrogateescape"))


@cache
def _json_fields(body: type[BaseModel]) -> frozenset[str]:
    """Names of what is no text in the body: numbers, booleans, objects, lists."""
    properties = body.model_json_schema()["properties"]
    return frozenset(name for name, told in properties.items() if "string" not in _types(told))


def _types(told: Mapping[str, Any]) -> set[str]:
    return {option.get("type") for option in told.get("anyOf", [told])}
