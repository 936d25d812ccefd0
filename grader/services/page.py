from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of many.

    Attributes:
        items: in the order of the whole.
        next: the cursor of the following page; None on the last.
    """

    items: tuple[T, ...]
    next: str | None = None
