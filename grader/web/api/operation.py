"""A handler with everything that it promises: what makes the view also makes the document.

A handler takes, by name and only where it asks for them: `caller` (who holds the token), `body`, `files`, `query`,
and the parts of its path. It returns a `Reply` of the type that its annotation names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import getdoc, signature
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from pydantic import BaseModel

Answer_co = TypeVar("Answer_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Reply(Generic[Answer_co]):
    """What a handler gives: the body, and headers that say more."""

    body: Answer_co
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[..., Reply[BaseModel]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a handler's signature can't say.

    Attributes:
        scope: what the token must allow; None where any valid token will do.
        status: of success.
        refuses: statuses of problems beyond those that follow from the signature.
        reads: names of request headers that matter.
        sends: names of response headers that it sets.
        is_idempotent: whether `Idempotency-Key` is honoured.
    """

    scope: str | None = None
    status: int = 200
    refuses: frozenset[int] = frozenset()
    reads: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    is_idempotent: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: str
    path: str
    handler: Handler
    promise: Promise

    @property
    def types(self) -> Mapping[str, Any]:
        """Types of what the handler asks for, by name."""
        hints = get_type_hints(self.handler)
        return {name: hints[name] for name in signature(self.handler).parameters}

    @property
    def body(self) -> type[BaseModel] | None:
        """Type of the body."""
        return self.types.get("body")

    @property
    def takes_files(self) -> bool:
        """Whether a form with files is taken in place of JSON."""
        return "files" in self.types

    @property
    def query(self) -> type[BaseModel] | None:
        """Type of the query."""
        return self.types.get("query")

    @property
    def answer(self) -> type[BaseModel]:
        """Type of the reply's body."""
        kind: type[BaseModel] = get_args(get_type_hints(self.handler)["return"])[0]
        return kind

    @property
    def words(self) -> tuple[str, str]:
        """The handler's docstring: its first line, and the rest."""
        first, _, rest = (getdoc(self.handler) or "").partition("\n")
        return first, rest.strip()

    @property
    def refusals(self) -> list[int]:
        """Every status that a problem of this operation can have."""
        found = {400, 401, 405, 422, 429, 500, 503} | self.promise.refuses  # 422: parameters that are not asked for
        found |= {403} if self.promise.scope else set()
        found |= {408, 413, 415} if self.body else set()
        found |= {404} if "<" in self.path else set()
        found |= {409} if self.promise.is_idempotent else set()
        return sorted(found)


def operation(method: str, path: str, **promise: Any) -> Callable[[Handler], Operation]:
    """Make a handler an operation of the API; `promise` are the fields of `Promise`."""
    return lambda handler: Operation(method, path, handler, Promise(**promise))
