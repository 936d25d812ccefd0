"""CPU seconds of a process and all that it started, from /proc: those that have ended are counted by their parents."""

import os
from collections import defaultdict
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """Return user and system time of a process and all its descendants."""
    children, times = defaultdict[int, list[int]](list), dict[int, float]()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
        except OSError:  # it ended just now
            continue
        pid, parent = int(entry.name), int(fields[1])
        children[parent].append(pid)
        times[pid] = sum(map(int, fields[11:15])) / _TICKS  # utime, stime, and both of children that were waited for
    return _sum(root, children, times)


def _sum(pid: int, children: dict[int, list[int]], times: dict[int, float]) -> float:
    return times.get(pid, 0.0) + sum(_sum(child, children, times) for child in children.get(pid, []))
