"""docker-compose.yml as the tests read it."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # types-PyYAML is not among the locked packages

CHECKOUT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = CHECKOUT / "docker-compose.yml"

Service = dict[str, Any]


def services() -> dict[str, Service]:
    """Return the services by name, anchors and merges resolved."""
    read: dict[str, dict[str, Service]] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    return read["services"]


def waited_for_to_end() -> set[str]:
    """Return the services that run once: others start when they have completed."""
    return {
        name
        for service in services().values()
        for name, wait in service.get("depends_on", {}).items()
        if wait["condition"] == "service_completed_successfully"
    }
