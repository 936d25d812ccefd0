"""A request that brings a file: the keys of the JSON body as fields of a form, and files beside them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from grader.web.api.reading import Numeral, parse, refuse_compressed
from grader.web.problem import Flaw, ProblemError
from grader.web.upload import FORM, MOST_OF_FORM, Upload, uploads_of

AS_JSON = "answers"
"""The one field that is JSON itself; all others are plain text."""

AS_NUMBER = "seed"
WHOLE = re.compile(r"[0-9]{1,30}", re.ASCII)


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
    """Tell whether the current request is a form that may bring files."""
    return request.mimetype == FORM


def read_form() -> FormRead:
    """Read the form of the current request.

    Raises:
        ProblemError: 413, 415, or 422 for a field that stands twice and where `answers` is no JSON.
    """
    refuse_compressed()
    try:
        fields, files = request.form.to_dict(flat=False), uploads_of(request)
    except RequestEntityTooLarge:
        raise ProblemError("too-large", f"The form is larger than {MOST_OF_FORM} bytes.") from None
    twice = [name for name, texts in fields.items() if len(texts) > 1]
    twice += [name for name in request.files if len(request.files.getlist(name)) > 1]
    if twice:
        flaws = tuple(Flaw("repeated", "Send this only once.", field=ascii(name)[1:-1][:100]) for name in twice[:100])
        raise ProblemError("invalid", "Some fields of the form stand twice.", flaws)
    value: dict[str, Any] = {name: texts[0] for name, texts in fields.items()}
    sent = json.dumps([sorted(value.items()), sorted((name, file.sha256) for name, file in files.items())])
    value[AS_JSON] = _parsed(value.get(AS_JSON, ""))
    if WHOLE.fullmatch(value.get(AS_NUMBER, "")):
        value[AS_NUMBER] = Numeral(value[AS_NUMBER])
    return FormRead(sent.encode(), value, files)


def _parsed(text: str) -> Any:
    """The field that is JSON; left out or empty where there are no answers besides the files."""
    try:
        return parse(text.encode("utf-8", "surrogatepass")) if text.strip() else {}
    except ProblemError as error:
        flaw = Flaw(error.problem.slug, error.problem.detail, pointer=f"/{AS_JSON}")
        raise ProblemError("invalid", "The answers are not JSON.", (flaw,)) from None
