from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.web.auth import Access


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table of pages: the address, the view, and whom it is open to."""

    rule: str
    view: Callable[..., Any]
    method: str = "GET"
    access: Access = Access.SIGNED_IN

    @property
    def name(self) -> str:
        """What templates call it."""
        return self.view.__name__
