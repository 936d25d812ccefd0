"""The revision of an exercise: the hash of what affects marks."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

PROSE = frozenset({"title"})
"""Keys that people read and no mark depends on."""


def revision_of(document: Mapping[str, Any], data: Mapping[str, str]) -> str:
    """SHA-256 over exercise.toml as parsed, without prose, and the data files; layout and comments don't count."""
    plain = {"exercise": _without_prose(document), "data": dict(sorted(data.items()))}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _without_prose(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_prose(inner) for key, inner in value.items() if key not in PROSE}
    if isinstance(value, list):
        return [_without_prose(inner) for inner in value]
    return value
