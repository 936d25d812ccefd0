"""A stack of containers from docker-compose.yml, under a project name and a port of its own."""

import json
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.settings import environment_with
from tests.deploy.compose_file import CHECKOUT


@dataclass(frozen=True, slots=True)
class Container:
    """What the engine says of a container."""

    id: str
    service: str
    state: str
    health: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Stack:
    """Calls `docker compose`; the environment names the engine, and further Compose files where there are some."""

    project: str
    port: int
    files: tuple[str, ...] = ()
    """Further Compose files, after those of the environment."""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the web server is reached from outside."""
        return f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str, may_fail: bool = False, typed: str | None = None) -> str:
        """Return what the command prints; a command that fails shows what it said."""
        return self._run("docker", "compose", *arguments, may_fail=may_fail, typed=typed)

    def run_in(self, container: Container, *command: str) -> str:
        """Return what a command prints in a container."""
        return self._run("docker", "exec", container.id, *command)

    def typed(self, line: str) -> str:
        """Return the output of a command quoted from the documentation."""
        program, command, *arguments = shlex.split(line)
        assert (program, command) == ("docker", "compose")
        run, *options = arguments
        return self.compose(run, "-T", *options)  # a person has a terminal, a test has none

    def kill(self, container: Container) -> None:
        """End a container as an engine ends one that took too much: at once, and without starting it again."""
        self._run("docker", "kill", container.id)

    def script(self, path: str, *files: str) -> str:
        """Return what a script of the checkout prints that calls `docker compose` itself, with further files."""
        return replace(self, files=(*self.files, *files))._run("sh", path)

    def crash(self, container: Container) -> None:
        """Kill every program in a container from inside, as a fault would."""
        self._run("docker", "exec", container.id, "sh", "-c", "kill -9 -1 || true", may_fail=True)

    def restarts(self, container: Container) -> int:
        """Return how often the engine has started a container again by itself."""
        return int(self._run("docker", "inspect", "--format", "{{.RestartCount}}", container.id))

    def containers(self, service: str | None = None) -> list[Container]:
        """Return the containers of the stack, also those that have ended."""
        lines = self.compose("ps", "--all", "--no-trunc", "--format", "json").splitlines()
        found = [
            Container(told["ID"], told["Service"], told["State"], told["Health"], told["ExitCode"])
            for told in map(json.loads, lines)
        ]
        return [container for container in found if service in {None, container.service}]

    def _run(self, *command: str, may_fail: bool = False, typed: str | None = None) -> str:
        environment = environment_with({"PORT": str(self.port), **self.environment})
        if self.files:
            environment["COMPOSE_FILE"] = ":".join((environment.get("COMPOSE_FILE", "docker-compose.yml"), *self.files))
        environment["COMPOSE_PROJECT_NAME"] = self.project
        answer = subprocess.run(
            command, check=False, capture_output=True, text=True, input=typed, cwd=CHECKOUT, env=environment
        )
        assert may_fail or answer.returncode == 0, f"{shlex.join(command)}\n{answer.stdout}\n{answer.stderr}"
        return answer.stdout if answer.returncode == 0 else answer.stdout + answer.stderr
