"""Laws of the manifests that need no kubectl; `make test-kubernetes` builds them and checks them against the schemas."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # types-PyYAML is not among the locked packages

from grader.devserver import up
from grader.devserver.processes import Service as Program
from grader.services.grading.context import GradeLimits
from grader.settings import Settings
from grader.store.submission_tables import Waiting
from tests.deploy.compose_file import CHECKOUT, services

MANIFESTS = CHECKOUT / "deploy" / "kubernetes"
EXAMPLE = MANIFESTS / "overlays" / "example"
WORKLOADS = ("web", "worker", "beat")

Manifest = dict[str, Any]


def read(path: Path) -> list[Manifest]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def all_objects() -> list[Manifest]:
    return [one for path in sorted(MANIFESTS.rglob("*.yaml")) for one in read(path) if "kind" in one]


def deployment(name: str) -> Manifest:
    (found,) = [one for one in all_objects() if one["kind"] == "Deployment" and one["metadata"]["name"] == name]
    return found


def pod(name: str) -> Manifest:
    spec: Manifest = deployment(f"nn-grader-{name}")["spec"]["template"]["spec"]
    return spec


def environment() -> set[str]:
    """The names of all that the example sets."""
    listed = [generator for path in (MANIFESTS / "base", EXAMPLE) for generator in read(path / "kustomization.yaml")]
    literals = [literal for one in listed for each in one["configMapGenerator"] for literal in each["literals"]]
    secrets = (EXAMPLE / "secrets.env.example").read_text(encoding="utf-8").splitlines()
    return {line.partition("=")[0] for line in (*literals, *secrets)}


def test_every_file_is_used_by_a_kustomization() -> None:
    for path in MANIFESTS.rglob("kustomization.yaml"):
        (said,) = read(path)
        named = {*said.get("resources", []), *said.get("configurations", []), path.name}
        assert {one.name for one in path.parent.glob("*.yaml")} <= named, path


def test_every_setting_exists_and_none_that_is_needed_is_missing() -> None:
    fields = Settings.model_fields.values()
    assert environment() <= {str(field.validation_alias) for field in fields}
    assert environment() >= {str(field.validation_alias) for field in fields if field.is_required()}


def test_secrets_are_not_in_the_repository() -> None:
    assert not (EXAMPLE / "secrets.env").exists()
    assert "secrets.env\n" in (CHECKOUT / ".gitignore").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*WORKLOADS, "redis"])
def test_our_pods_have_no_rights_and_limits(name: str) -> None:
    spec = pod(name)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    for container in (*spec["containers"], *spec.get("initContainers", [])):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]) == {"requests", "limits"}
        assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_pod_migrates_before_it_starts_and_has_the_same_settings(name: str) -> None:
    spec = pod(name)
    (migrate,) = spec["initContainers"]
    assert migrate["command"] == ["grader", "db", "upgrade"]
    for container in (migrate, *spec["containers"]):
        assert container["image"] == "nn-grader"
        assert [*map(dict.popitem, map(dict, container["envFrom"]))] == [
            ("configMapRef", {"name": "nn-grader"}),
            ("secretRef", {"name": "nn-grader"}),
        ]


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_pod_is_probed_and_has_time_to_finish(name: str) -> None:
    spec = pod(name)
    assert "livenessProbe" in spec["containers"][0]
    assert spec["terminationGracePeriodSeconds"] > GradeLimits().run_seconds


def test_a_web_server_gets_requests_while_it_can_use_its_database_and_is_restarted_only_if_it_is_stuck() -> None:
    (web,) = pod("web")["containers"]
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert web["livenessProbe"]["httpGet"]["path"] == "/healthz"


@pytest.mark.parametrize(
    ("name", "program"), [("worker", up.worker_service({}, Path("log"))), ("beat", up.beat_service({}, Path("log")))]
)
def test_pods_start_our_programs_as_compose_does(name: str, program: Program) -> None:
    (container,) = pod(name)["containers"]
    assert container["command"] == services()[name]["command"]
    assert container["command"][0] == program.command[2]


def test_the_redis_of_the_cluster_is_the_one_of_compose() -> None:
    (container,) = pod("redis")["containers"]
    assert container["args"] == services()["redis"]["command"]
    assert container["image"] == services()["redis"]["image"]


def test_workers_are_scaled_by_the_table_of_what_waits() -> None:
    (scaled,) = [one for one in all_objects() if one["kind"] == "ScaledObject"]
    (trigger,) = scaled["spec"]["triggers"]
    assert f"FROM {Waiting.__tablename__} LIMIT" in trigger["metadata"]["query"]
    assert trigger["metadata"]["connectionFromEnv"] == "DATABASE_URL"
    most = int(trigger["metadata"]["query"].split("LIMIT ")[1].split(")")[0])
    assert most >= scaled["spec"]["maxReplicaCount"] * int(trigger["metadata"]["targetQueryValue"])


def test_who_is_autoscaled_has_no_number_of_its_own() -> None:
    (web,) = [one for one in all_objects() if one["kind"] == "HorizontalPodAutoscaler"]
    assert "replicas" not in deployment(web["spec"]["scaleTargetRef"]["name"])["spec"]


def test_names_that_are_referred_to_exist() -> None:
    labels = {
        one["metadata"]["labels"]["app.kubernetes.io/name"] for one in all_objects() if one["kind"] == "Deployment"
    }
    for one in all_objects():
        if one["kind"] == "Service":
            assert one["spec"]["selector"]["app.kubernetes.io/name"] in labels
        if one["kind"] in {"PodDisruptionBudget", "Deployment"}:
            assert one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] in labels
        if one["kind"] == "Deployment":
            selector = one["spec"]["selector"]["matchLabels"]
            assert selector.items() <= one["spec"]["template"]["metadata"]["labels"].items()
