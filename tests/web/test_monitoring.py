"""The dashboard and the documentation know the metrics that there are."""

import json
import re
from typing import Any

from prometheus_client import CollectorRegistry

from grader.web import metrics
from grader.web.dependencies import WebServices
from tests.deploy.compose_file import CHECKOUT

BOARD: dict[str, Any] = json.loads((CHECKOUT / "deploy" / "grafana" / "nn-grader.json").read_text(encoding="utf-8"))
TOLD = (CHECKOUT / "docs" / "monitoring.md").read_text(encoding="utf-8")
WORKER = (CHECKOUT / "worker" / "metrics.py").read_text(encoding="utf-8")
NAME = re.compile(r"\bnn_grader_\w+")
SUFFIXES = ("_total", "_bucket", "_count", "_sum")


def base(name: str) -> str:
    """Return the name as it was given to the library, which adds a suffix."""
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def known(registry: CollectorRegistry) -> set[str]:
    return {family.name for family in registry.collect() if family.name.startswith("nn_grader_")}


def all_metrics(services: WebServices) -> set[str]:
    of_worker = set(re.findall(r'"(nn_grader_\w+)"', WORKER))
    return known(metrics.REGISTRY) | known(metrics._state(services)) | of_worker


def expressions() -> list[str]:
    return [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]


def test_the_dashboard_shows_every_metric_and_no_other(services: WebServices) -> None:
    assert {base(name) for expression in expressions() for name in NAME.findall(expression)} == all_metrics(services)


def test_every_metric_is_documented_and_no_other(services: WebServices) -> None:
    assert {base(name) for name in NAME.findall(TOLD)} == all_metrics(services)


def test_panels_do_not_overlap_and_ask_the_chosen_data_source() -> None:
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in BOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert all(0 <= x < 24 for x, _ in cells)
    assert {panel["datasource"]["uid"] for panel in BOARD["panels"]} == {"${datasource}"}
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
