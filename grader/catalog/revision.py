"""The revision of an exercise: the hash of what affects marks."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

PROSE = frozenset({"title", "titles"})
"""Keys that people read and no mark depends on."""


def revision_of(slug: str, document: Mapping[str, Any], data: Mapping[str, str]) -> str:
    """SHA-256 over the slug, exercise.toml as parsed, without prose, and the data files.

    Layout and comments don't count. The slug does: a copied folder is another exercise.
    """
    marked = _without_prose(document)
    marked["parts"] = [_without_prose(part) for part in document["parts"]]
    plain = {"slug": slug, "exercise": marked, "data": dict(sorted(data.items()))}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _without_prose(table: Mapping[str, Any]) -> dict[str, Any]:
    """One table of the file without its prose; a value or weight called title, deeper down, is none."""
    return {key: value for key, value in table.items() if key not in PROSE}
