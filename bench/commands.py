"""CPU seconds of the commands that people wait for, compared with a bare `import numpy`: run by `make bench`.

The best of five runs in separate processes. On any machine, `grader --help` must take at most 1.5 times as long as
`import numpy`, and `grader grade` at most 5 times.
"""

import resource
import subprocess
import sys
from pathlib import Path

from bench.ratios import Ratio, most, table

TIMES = 5
CHECKOUT = Path(__file__).resolve().parents[1]
ANSWERS = CHECKOUT / "exercises/backprop-2-2-2/answers/correct/lecture.toml"
NUMPY = ("-c", "import numpy")
COMMANDS = {
    "grader --help": (("-m", "grader.cli", "--help"), 1.5),
    "grader grade": (("-m", "grader.cli", "grade", "backprop-2-2-2", str(ANSWERS)), 5.0),
}


def cpu_seconds(arguments: tuple[str, ...]) -> float:
    """Return the CPU time of the quickest of several runs, in user and kernel mode together."""
    return min(_once(arguments) for _ in range(TIMES))


def _once(arguments: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratios() -> list[Ratio]:
    """Measure every command."""
    numpy = cpu_seconds(NUMPY)
    return [
        most(f"{name}, CPU against import numpy", cpu_seconds(arguments) / numpy, limit)
        for name, (arguments, limit) in COMMANDS.items()
    ]


def main() -> int:
    """Print a row per command; return 1 where one takes more than it may."""
    found = ratios()
    print(table(found))
    return int(not all(one.is_met for one in found))


if __name__ == "__main__":
    sys.exit(main())
