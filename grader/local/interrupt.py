"""The wish that we stop: said by a signal, or by the end of whoever started us."""

import os
import signal
from types import FrameType


class Interrupted(Exception):
    """We were asked to stop while we waited for something."""


class Interrupt:
    """Remembers that we were asked to stop; nothing is broken off in the middle by it.

    Attributes:
        parent: the process whose end means ours too; None where we may outlive it.
    """

    def __init__(self, parent: int | None = None) -> None:
        self.parent = parent
        self._signals = 0

    def listen(self) -> None:
        """Take note of Ctrl-C, of SIGTERM, and of a closed terminal unless nohup asks us to ignore that."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)  # shells let what they start in the background ignore SIGINT
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._note)

    @property
    def is_requested(self) -> bool:
        """Whether we are to stop."""
        return self._signals > 0 or (self.parent is not None and os.getppid() != self.parent)

    @property
    def is_urgent(self) -> bool:
        """Whether we were asked more than once: then nobody waits for an orderly end."""
        return self._signals > 1

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1
