"""Weights within dictionaries within dictionaries: checkpoints, wrappers, modules in modules."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.messages.message import Message
from grader.weightfiles.limits import MOST_ARRAYS
from grader.weightfiles.refused import RefusedFile

STATES = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "parameters")
"""Where training scripts put the weights when they save more than them."""

BIASES = re.compile(r"bias|intercept|^b$", re.IGNORECASE)
"""Beside these, `weights` are those of the layers, not all that there is."""

NOT_WEIGHTS = re.compile(
    r"optim|sched|scaler|hyper|config|args|history|metric|callback|loops|(^|_)ema(_|$)|rng", re.IGNORECASE
)
DEEPEST = 8
MOST_ENTRIES = 20 * MOST_ARRAYS


@dataclass
class Nested:
    """Walks through dictionaries, within limits.

    Attributes:
        is_array: whether a value is one array rather than a dictionary of more, or anything else.
        entries: how many have been looked at.
    """

    is_array: Callable[[Any], bool]
    entries: int = 0

    def flat(self, tree: Mapping[Any, Any], depth: int = DEEPEST) -> dict[str, Any]:
        """Return every array by its name, the names of nested dictionaries joined by dots.

        Of a checkpoint only the weights; a single dictionary around all others adds nothing to the names.

        Raises:
            RefusedFile: there is more in it than weights of a network.
        """
        self._count()
        if depth == 0:
            return {}
        for name in () if any(BIASES.search(str(name)) for name in tree) else STATES:
            inner = tree.get(name)
            found = self.flat(inner, depth - 1) if isinstance(inner, Mapping) else {}
            if found:
                return found
        within = [value for name, value in tree.items() if self._is_weights(name, value)]
        if len(within) == 1 and not any(self.is_array(value) for value in tree.values()):
            return self.flat(within[0], depth - 1)
        return dict(self._pairs(tree, "", depth))

    def _pairs(self, tree: Mapping[Any, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
        for name, value in tree.items():
            self._count()
            if self.is_array(value):
                yield f"{before}{name}", value
            elif depth > 0 and self._is_weights(name, value):
                yield from self._pairs(value, f"{before}{name}.", depth - 1)

    def _count(self) -> None:
        """Dictionaries that hold themselves would have no end."""
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            raise RefusedFile(Message("file.too-many-arrays", most=MOST_ARRAYS))

    @staticmethod
    def _is_weights(name: Any, value: Any) -> bool:
        return isinstance(value, Mapping) and not NOT_WEIGHTS.search(str(name))
