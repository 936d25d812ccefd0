"""The OpenAPI 3.1 document, generated from the handlers, and a readable page of it."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from flask import render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from grader.catalog.training import UPLOAD
from grader.services.errors import request_errors
from grader.web.api.requests import LARGEST_INTEGER
from grader.web.api.routing import ApiOperation
from grader.web.api.schemas import ProblemOut
from grader.web.errors import HTTP, meaning_of
from grader.web.problem import MEDIA_TYPE, OWN, Meaning
from grader.web.upload import FORM, URLENCODED

Json = dict[str, Any]
Mode = Literal["validation", "serialization"]
PATH_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
KINDS: dict[str | None, Json] = {
    None: {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 1, "maximum": LARGEST_INTEGER},
}
REFERENCE = "#/components/schemas/{model}"


REQUEST_HEADERS: dict[str, dict[str, Any]] = {
    "Prefer": {
        "description": "`wait=N`: wait up to N seconds (at most 30) for the report (RFC 7240).",
        "schema": {"type": "string", "examples": ["wait=10"]},
    },
    "Accept-Language": {
        "description": "Preferred languages of the statement.",
        "schema": {"type": "string", "examples": ["vi, en;q=0.5"]},
    },
    "Idempotency-Key": {
        "description": "Your unique key for this request. Sent again within 24 hours, it gets the first reply again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    },
}

RESPONSE_HEADERS: dict[str, dict[str, Any]] = {
    "Location": {"description": "URL of the new submission.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "string"}},
    "Preference-Applied": {"description": "How long the server waited at most.", "schema": {"type": "string"}},
    "Link": {"description": "The next page (RFC 8288).", "schema": {"type": "string"}},
    "Content-Language": {"description": "The language of the statement.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {"description": "`true` if this reply was returned before.", "schema": {"type": "string"}},
    "RateLimit-Limit": {"description": "Requests that a client may send in a minute.", "schema": {"type": "string"}},
    "RateLimit-Remaining": {"description": "How many of them are left.", "schema": {"type": "string"}},
    "RateLimit-Reset": {"description": "Seconds until the next minute begins.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to authenticate (RFC 6750).", "schema": {"type": "string"}},
    "X-Request-Id": {"description": "ID of this request in the server's log.", "schema": {"type": "string"}},
}


def document(operations: Sequence[ApiOperation], version: str) -> Json:
    """Return the description of the whole API."""
    kinds, schemas = _schemas(operations)
    paths: dict[str, Json] = {}
    for operation in operations:
        path = PATH_PART.sub(r"{\g<name>}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, kinds)
    return {
        "openapi": "3.1.0",
        "info": {"title": "nn-grader", "version": version, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(operations: Sequence[ApiOperation]) -> tuple[Mapping[Any, Json], Json]:
    wanted: list[tuple[type[BaseModel], Mode]] = [(ProblemOut, "serialization")]
    for operation in operations:
        wanted.append((operation.answer, "serialization"))
        wanted += [(operation.body, "validation")] if operation.body else []
    kinds, found = models_json_schema(wanted, ref_template=REFERENCE)
    return kinds, found["$defs"]


def _operation(operation: ApiOperation, kinds: Mapping[Any, Json]) -> Json:
    summary, description = operation.words
    promise = operation.promise
    told: Json = {
        "operationId": operation.handler.__name__,
        "summary": summary,
        "description": f"{description}\n\nScope: {promise.scope or 'any'}.".strip(),
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _responses(operation, kinds),
    }
    if operation.body:
        content = {"application/json": {"schema": kinds[operation.body, "validation"]}}
        if operation.takes_files:
            content |= {FORM: _form(operation.body, {UPLOAD: FILE}), URLENCODED: _form(operation.body, {})}
        told["requestBody"] = {"required": True, "content": content}
    return told


FILE: Json = {"type": "string", "format": "binary", "description": "The file, at most 16 MiB."}


def _form(body: type[BaseModel], files: Json) -> Json:
    """Return the same body as a form: answers are JSON and optional, files are additional fields."""
    told = body.model_json_schema(ref_template=REFERENCE)
    properties = {name: _not_null(schema) | _described(schema) for name, schema in told["properties"].items()} | files
    encoding = {"answers": {"contentType": "application/json"}}
    encoding |= {name: {"contentType": "application/octet-stream"} for name in files}
    required = [name for name in told["required"] if name != "answers"]
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"schema": schema, "encoding": encoding}


def _path_parameters(operation: ApiOperation) -> list[Json]:
    return [
        {"name": part["name"], "in": "path", "required": True, "schema": KINDS[part["kind"]]}
        for part in PATH_PART.finditer(operation.path)
    ]


def _query_parameters(operation: ApiOperation) -> list[Json]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "schema": _not_null(told), **_described(told)}
        for name, told in schema["properties"].items()
    ]


def _not_null(told: Json) -> Json:
    """A parameter is present or absent, but never null."""
    options = [option for option in told.get("anyOf", [told]) if option.get("type") != "null"]
    return {key: value for key, value in options[0].items() if key not in {"title", "description"}}


def _described(told: Json) -> Json:
    return {"description": told["description"]} if "description" in told else {}


def _header_parameters(operation: ApiOperation) -> list[Json]:
    names = [*operation.promise.reads, *(["Idempotency-Key"] if operation.promise.is_idempotent else [])]
    return [{"name": name, "in": "header", "required": False, **REQUEST_HEADERS[name]} for name in names]


def _responses(operation: ApiOperation, kinds: Mapping[Any, Json]) -> Json:
    promise = operation.promise
    replayed = ["Idempotent-Replayed"] if promise.is_idempotent else []
    sent = [*promise.sends, *replayed, *ALLOWANCE, "X-Request-Id"]
    success = {
        "description": HTTPStatus(promise.status).phrase,
        "headers": _headers(sent),
        "content": {"application/json": {"schema": kinds[operation.answer, "serialization"]}},
    }
    problem = {MEDIA_TYPE: {"schema": kinds[ProblemOut, "serialization"]}}
    return {str(promise.status): success} | {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "headers": _headers([*ALONGSIDE.get(status, ()), "X-Request-Id"]),
            "content": problem,
        }
        for status in operation.refusals
    }


ALLOWANCE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
ALONGSIDE = {
    401: ("WWW-Authenticate",),
    403: ("WWW-Authenticate",),
    429: ("Retry-After", *ALLOWANCE),
    503: ("Retry-After",),
}


def _headers(names: Sequence[str]) -> Json:
    return {name: RESPONSE_HEADERS[name] for name in names}


def problem_kinds() -> list[Meaning]:
    """Return every kind of problem, by status."""
    kinds = {meaning.slug: meaning for meaning in (*map(meaning_of, request_errors()), *HTTP.values(), *OWN.values())}
    return sorted(kinds.values(), key=lambda meaning: (meaning.status, meaning.slug))


def docs_page(told: dict[str, Any]) -> str:
    """Return the document as a page for people."""
    operations = [
        (method.upper(), told["servers"][0]["url"] + path, operation)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    return render_template(
        "api/docs.html", operations=operations, schemas=told["components"]["schemas"], problems=problem_kinds()
    )
