"""Laws of docker-compose.yml and the Dockerfile that need no engine; `make test-compose` runs the stack itself."""

import json
import re
from pathlib import Path

import pytest

from grader.devserver import up
from grader.devserver.processes import Service as Program
from grader.devserver.valkey import EVICTED_FIRST
from grader.settings import Settings
from tests.deploy.compose_file import CHECKOUT, COMPOSE_FILE, services, waited_for_to_end

DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
OURS = {"secrets", "migrate", "proxy", "web", "worker", "beat"}
TOLD_BY_COMPOSE = {
    "ADDRESS",
    "EXERCISES",
    "POSTGRES_CONTAINERS",
    "POSTGRES_MEMORY",
    "PROXY_MEMORY",
    "PROXY_TLS",
    "REDIS_CONTAINERS",
    "REQUIREMENTS",
    "WEB_MEMORY",
    "WORKER_MEMORY",
}
"""What .env chooses besides the settings of grader/settings.py."""


def setting_names() -> set[str]:
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


def test_the_services_are_the_documented_ones() -> None:
    assert set(services()) == OURS | {"postgres", "redis"}


def test_images_are_pinned_to_the_versions_we_test_against() -> None:
    images = {name: service["image"] for name, service in services().items()}
    assert images == {"postgres": "postgres:17", "redis": "redis:8"} | dict.fromkeys(OURS, "nn-grader")
    assert re.findall(r"^FROM (.+)$", DOCKERFILE, re.MULTILINE) == ["python:3.13-slim"]


def test_one_service_builds_the_image_that_the_others_run_and_nobody_pulls_it() -> None:
    assert [name for name, service in services().items() if "build" in service] == ["web"]
    assert {name for name, service in services().items() if service.get("pull_policy") == "never"} == OURS


def test_every_service_has_a_health_check_or_runs_once() -> None:
    healthy = {name for name, service in services().items() if "healthcheck" in service}
    once = waited_for_to_end()
    assert once == {"secrets", "migrate"}
    assert healthy == set(services()) - once
    assert "HEALTHCHECK" not in DOCKERFILE


def test_what_serves_is_started_again_and_what_runs_once_is_not() -> None:
    restarted = {name for name, service in services().items() if service.get("restart") == "unless-stopped"}
    assert restarted == set(services()) - waited_for_to_end()


def test_no_password_stands_in_the_file() -> None:
    named = re.compile(r"PASSWORD|SECRET|TOKEN")
    for service in services().values():
        for name, value in service.get("environment", {}).items():
            file = re.sub(r"^\$\{\w+-(.*)\}$", r"\1", str(value))
            assert not named.search(name) or (name.endswith("_FILE") and file.startswith("/secrets/")), name
            assert not re.search(r"://[^/@]*:[^/@]+@", str(value)), f"{name} holds a password"


def test_every_setting_of_the_file_exists() -> None:
    told = {name for service in OURS for name in services()[service]["environment"]}
    assert told <= setting_names() | TOLD_BY_COMPOSE


def test_every_setting_can_be_chosen_or_is_compose_s_own() -> None:
    within = {"GRADER_HOST"}  # the image decides this
    within |= {"GRADER_SECRET_KEY", "GRADER_OIDC_CLIENT_SECRET", "GRADER_METRICS_TOKEN"}  # files hold these
    assert set(services()["web"]["environment"]) == setting_names() - within


def test_what_is_chosen_in_the_environment_goes_to_the_setting_of_its_name() -> None:
    chosen = set(re.findall(r"\$\{(\w+)", COMPOSE_FILE.read_text(encoding="utf-8")))
    assert chosen <= setting_names() | TOLD_BY_COMPOSE
    for name, value in services()["web"]["environment"].items():
        assert name not in chosen or value.startswith((f"${{{name}:-", f"${{{name}-/")), name


def test_exercises_of_one_s_own_replace_those_of_the_image_where_the_services_look() -> None:
    for name in ("web", "worker", "migrate"):
        service = services()[name]
        assert "${EXERCISES:-exercises}:/exercises:ro" in service["volumes"]
        assert service["environment"]["GRADER_EXERCISES_DIR"] == "${EXERCISES:+/exercises}"


def test_servers_of_one_s_own_are_not_waited_for() -> None:
    for name, of_ours in (("POSTGRES_CONTAINERS", "postgres"), ("REDIS_CONTAINERS", "redis")):
        assert services()[of_ours]["scale"] == f"${{{name}:-1}}"
        waits = [
            service["depends_on"][of_ours]
            for service in services().values()
            if of_ours in service.get("depends_on", {})
        ]
        assert waits
        assert all(wait == {"condition": "service_healthy", "required": False} for wait in waits)


def test_what_serves_has_limits_on_memory_and_processes() -> None:
    for name in set(services()) - waited_for_to_end():
        assert "mem_limit" in services()[name], name
    assert all(services()[name]["pids_limit"] > 0 for name in OURS)


def test_what_is_scaled_has_neither_a_name_nor_a_port_of_its_own() -> None:
    for name in ("web", "worker"):
        assert not {"container_name", "hostname", "ports"} & set(services()[name])


def test_all_that_is_chosen_in_a_file_reaches_our_programs_so_that_what_is_misspelt_is_named() -> None:
    told = {name: services()[name].get("env_file") for name in OURS}
    assert told.pop("secrets") == []
    assert told.pop("proxy") == []  # it has two settings, and its script refuses wrong ones
    assert all(files == [{"path": ".env", "required": False}] for files in told.values())


def test_an_issuer_that_gives_out_no_secret_can_be_chosen() -> None:
    value = services()["web"]["environment"]["GRADER_OIDC_CLIENT_SECRET_FILE"]
    assert value == "${GRADER_OIDC_CLIENT_SECRET_FILE-/secrets/oidc_client_secret}"  # empty counts, too


def test_the_broker_has_a_maximum_and_never_drops_a_message() -> None:
    command = services()["redis"]["command"]
    assert command[command.index("--maxmemory") + 1] == "256mb"
    assert command[command.index("--maxmemory-policy") + 1] == EVICTED_FIRST


def test_every_service_and_every_choice_is_documented() -> None:
    told = (CHECKOUT / "docs" / "compose.md").read_text(encoding="utf-8")
    chosen = re.findall(r"\$\{(\w+)", COMPOSE_FILE.read_text(encoding="utf-8"))
    files = [name for name in setting_names() if name.endswith("_FILE")]
    assert [name for name in [*services(), *chosen, *files] if f"`{name}`" not in told] == []


def test_our_containers_have_no_rights_and_write_nothing() -> None:
    for name in OURS:
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, re.MULTILINE)


def test_only_the_maker_of_secrets_can_write_them() -> None:
    mounts = {name: [m for m in service.get("volumes", []) if "/secrets" in m] for name, service in services().items()}
    assert mounts.pop("secrets") == ["secrets:/secrets"]
    assert mounts.pop("redis") == []
    assert all(mount == ["secrets:/secrets:ro"] for mount in mounts.values())


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("web", up.web_service("0.0.0.0", 8000, {}, Path("log"))),  # noqa: S104 - inside its own container
        ("worker", up.worker_service({}, Path("log"))),
        ("beat", up.beat_service({}, Path("log"))),
    ],
)
def test_containers_start_our_programs_as_make_run_does(name: str, program: Program) -> None:
    command = list(services()[name]["command"])
    kept_schedule = ["--scheduler", "worker.app:TickingClock", "--schedule", "/tmp/ticks"]  # noqa: S108 - the container's own /tmp
    if name == "beat":
        assert command[-4:] == kept_schedule  # for its health check
        del command[-4:]
    assert command == list(program.command)[2:]


def test_the_image_alone_starts_the_web_server() -> None:
    command = re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)
    web = up.web_service("0.0.0.0", 8000, {}, Path("log"))  # noqa: S104 - inside its own container
    assert [json.loads(line) for line in command] == [list(web.command)[2:]]


def test_the_image_is_built_from_files_that_are_named() -> None:
    lines = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    for rule in rules[1:-1]:
        assert (CHECKOUT / rule.removeprefix("!")).exists(), rule
    assert rules[-1] == "**/__pycache__"


def test_the_classic_builder_understands_the_dockerfile() -> None:
    assert "<<" not in DOCKERFILE
    assert "--mount" not in DOCKERFILE
    assert "--chmod" not in DOCKERFILE
