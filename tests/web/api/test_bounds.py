"""No text that a program sends is without a bound; what stands in a request's head is bounded by the server."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient

BOUNDS = {"maxLength", "enum", "const", "format"}


def _parts(schema: dict[str, Any], components: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a schema is made of, by name."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield name, components[name]
    for key in ("anyOf", "oneOf", "allOf"):
        yield from ((key, part) for part in schema.get(key, ()))
    yield from schema.get("properties", {}).items()
    yield from ((key, schema[key]) for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict))


def _strings(schema: Any, components: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text within a schema, with its place."""
    if schema.get("type") == "string":
        yield place, schema
    for name, part in _parts(schema, components):
        yield from _strings(part, components, f"{place} {name}")


def test_every_text_of_a_request_has_a_bound(client: FlaskClient) -> None:
    told: Any = client.get("/api/v1/openapi.json").json
    components = told["components"]["schemas"]
    found: list[tuple[str, dict[str, Any]]] = []
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                found += _strings(body["schema"], components, f"{method} {path} {kind}")
            for parameter in (one for one in operation.get("parameters", ()) if one["in"] == "query"):
                found += _strings(parameter["schema"], components, f"{method} {path} {parameter['name']}")
    assert len(found) > 5
    assert [place for place, schema in found if not BOUNDS & set(schema)] == []
