"""Build the manifests in deploy/kubernetes and check every object against the schemas: `make test-kubernetes`.

It needs no cluster, but kubectl and the schemas, which are large: they get an environment of their own.
"""

import subprocess
import sys
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, Final

import kubernetes_validate
import yaml  # type: ignore[import-untyped]  # types-PyYAML is not among the locked packages

CHECKOUT: Final = Path(__file__).resolve().parents[1]
KUBECTL: Final = Path(sys.executable).with_name("kubectl")
VERSIONS: Final = ("1.33", "1.35", "1.37")
OF_OPERATORS: Final = frozenset({"ScaledObject", "PodMonitor"})
"""Objects of KEDA and of the Prometheus operator, whose schemas are not among those of Kubernetes."""


def objects() -> list[dict[str, Any]]:
    """Return what the example overlay builds, with all components and with secrets that are examples."""
    with TemporaryDirectory() as directory:
        copied = Path(copytree(CHECKOUT / "deploy" / "kubernetes", Path(directory) / "kubernetes"))
        example = copied / "overlays" / "example"
        (example / "secrets.env").write_bytes((example / "secrets.env.example").read_bytes())
        chosen = example / "kustomization.yaml"
        chosen.write_text(chosen.read_text(encoding="utf-8").replace("  # - ../", "  - ../"), encoding="utf-8")
        built = subprocess.run([KUBECTL, "kustomize", example], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return list(yaml.safe_load_all(built.stdout))


def secret_names(value: object) -> set[str]:
    """Return the names of secrets that an object mentions, wherever they are in it."""
    if isinstance(value, list):
        return set().union(*map(secret_names, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(secret_names, value.values()))
    for key in ("secretRef", "credentials"):
        if isinstance(value.get(key), dict):
            found.add(value[key]["name"])
    return found


def main() -> int:
    """Check everything; return the exit code."""
    built = objects()
    for one in built:
        if one["kind"] not in OF_OPERATORS:
            for version in VERSIONS:
                kubernetes_validate.validate(one, version, strict=True)
    (secret,) = [one["metadata"]["name"] for one in built if one["kind"] == "Secret"]
    wrong = set().union(*map(secret_names, built)) - {secret}
    sys.stdout.write(f"{len(built)} objects agree with Kubernetes {', '.join(VERSIONS)}\n")
    if wrong:
        sys.stderr.write(f"There is no secret of this name: {', '.join(sorted(wrong))}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
