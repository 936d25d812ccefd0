"""Pickles of checkpoints, read as data: nothing in them is executed."""

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from grader.messages.message import Message
from grader.weightfiles.elements import SIZES, decode, unread_kind
from grader.weightfiles.limits import MOST_AXES, Budget, RefusedFile, shown

MOST_OPCODES = 200_000
MARK = object()


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the pickle; it is never looked up."""

    text: str


@dataclass(frozen=True, slots=True)
class Unused:
    """An object described by the pickle that is not a weight; it is dropped."""


Rebuild = Callable[[tuple[Any, ...]], Any]


@dataclass
class Machine:
    """Executes opcodes.

    Attributes:
        calls: what may be "called", by name: our own functions of the arguments.
        names: other names that may appear.
        load: resolves persistent ids.
    """

    calls: Mapping[str, Rebuild]
    names: frozenset[str]
    load: Callable[[Any], Any]
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def run(self, data: bytes) -> Any:
        """Return what the pickle describes.

        Raises:
            RefusedFile: it does more than describe data, or is damaged.
        """
        try:
            for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
                if opcode.name == "STOP":
                    return self.stack.pop()
                self._carry_out(opcode.name if count < MOST_OPCODES else "TOO MANY", argument)
        except RefusedFile:
            raise
        except (ValueError, LookupError, StopIteration, TypeError, AttributeError, OverflowError, RecursionError):
            damaged()
        return damaged()

    def _carry_out(self, opcode: str, argument: Any) -> None:
        if opcode not in OPCODES:
            raise RefusedFile(Message("pickle.does-more", opcode=opcode))
        OPCODES[opcode](self, argument)

    def push(self, value: Any) -> None:
        """Push a value."""
        self.stack.append(value)

    def pop_to_mark(self) -> list[Any]:
        """Pop everything above the last mark."""
        place = next(k for k in range(len(self.stack) - 1, -1, -1) if self.stack[k] is MARK)
        above = self.stack[place + 1 :]
        del self.stack[place:]
        return above

    def mention(self, text: str) -> None:
        """Push a name, if it is one that a state_dict needs."""
        if text not in self.names and text not in self.calls:
            raise RefusedFile(Message("pickle.wants", name=shown(text)))
        self.push(Name(text))

    def reduce(self, opcode: str = "REDUCE") -> None:
        """Build the object that a name and its arguments describe."""
        arguments, name = self.stack.pop(), self.stack.pop()
        if not isinstance(name, Name) or name.text not in self.calls or not isinstance(arguments, tuple):
            raise RefusedFile(Message("pickle.does-more", opcode=opcode))
        self.push(self.calls[name.text](arguments))

    def build(self) -> None:
        """Set the content of an array; drop the state of other objects, such as a state_dict's metadata."""
        state = self.stack.pop()
        if isinstance(self.stack[-1], NumpyArray | NumpyType):
            self.stack[-1].set(state)
        elif not isinstance(self.stack[-1], dict | Unused):
            raise RefusedFile(Message("pickle.does-more", opcode="BUILD"))

    def set_items(self, flat: list[Any]) -> None:
        """Add alternating keys and values to the dictionary on the stack."""
        target = self.stack[-1]
        if not isinstance(target, dict) or not all(type(key) in {str, int} for key in flat[::2]):
            raise RefusedFile(Message("pickle.does-more", opcode="SETITEMS"))
        target.update(zip(flat[::2], flat[1::2], strict=True))

    def append(self, values: list[Any]) -> None:
        """Append values to the list on the stack."""
        if not isinstance(self.stack[-1], list):
            raise RefusedFile(Message("pickle.does-more", opcode="APPENDS"))
        self.stack[-1].extend(values)

    def tuple_of(self, count: int) -> None:
        """Replace the topmost values by a tuple."""
        if len(self.stack) < count:
            damaged()
        values = tuple(self.stack[-count:])
        del self.stack[-count:]
        self.push(values)

    def stack_mention(self) -> None:
        """Push a name given by two strings on the stack."""
        name, module = self.stack.pop(), self.stack.pop()
        self.mention(f"{module} {name}")

    def memoize(self, place: int | None) -> None:
        """Store the topmost value in the memo."""
        self.memo[len(self.memo) if place is None else place] = self.stack[-1]

    def set_one(self) -> None:
        """Add one value to the dictionary on the stack."""
        value, key = self.stack.pop(), self.stack.pop()
        self.set_items([key, value])


def damaged() -> NoReturn:
    """Reject an inconsistent pickle."""
    raise RefusedFile(Message("pickle.damaged"))


OPCODES: Mapping[str, Callable[[Machine, Any], None]] = MappingProxyType(
    {
        **dict.fromkeys(("PROTO", "FRAME"), lambda _machine, _: None),
        **dict.fromkeys(
            (
                "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT",
                "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
            ),
            Machine.push,
        ),
        **dict.fromkeys(("BINPUT", "LONG_BINPUT", "MEMOIZE"), Machine.memoize),
        **dict.fromkeys(("BINGET", "LONG_BINGET"), lambda machine, place: machine.push(machine.memo[place])),
        "NEWTRUE": lambda machine, _: machine.stack.append(True),
        "NEWFALSE": lambda machine, _: machine.stack.append(False),
        "NONE": lambda machine, _: machine.push(None),
        "MARK": lambda machine, _: machine.push(MARK),
        "EMPTY_DICT": lambda machine, _: machine.push({}),
        "EMPTY_LIST": lambda machine, _: machine.push([]),
        "EMPTY_TUPLE": lambda machine, _: machine.push(()),
        "TUPLE": lambda machine, _: machine.push(tuple(machine.pop_to_mark())),
        "TUPLE1": lambda machine, _: machine.tuple_of(1),
        "TUPLE2": lambda machine, _: machine.tuple_of(2),
        "TUPLE3": lambda machine, _: machine.tuple_of(3),
        "SETITEM": lambda machine, _: machine.set_one(),
        "SETITEMS": lambda machine, _: machine.set_items(machine.pop_to_mark()),
        "APPEND": lambda machine, _: machine.append([machine.stack.pop()]),
        "APPENDS": lambda machine, _: machine.append(machine.pop_to_mark()),
        "GLOBAL": Machine.mention,
        "STACK_GLOBAL": lambda machine, _: machine.stack_mention(),
        "REDUCE": lambda machine, _: machine.reduce(),
        "NEWOBJ": lambda machine, _: machine.reduce("NEWOBJ"),
        "BUILD": lambda machine, _: machine.build(),
        "BINPERSID": lambda machine, _: machine.push(machine.load(machine.stack.pop())),
    }
)  # fmt: skip
"""All supported operations, by the name of the opcode."""


@dataclass
class NumpyType:
    """An element type such as `f8`, and its byte order."""

    kind: str
    big_endian: bool = False

    def set(self, state: Any) -> None:
        """Take the byte order from NumPy's pickled state."""
        match state:
            case (int(), str(order), *_):
                self.big_endian = order == ">"
            case _:
                raise _unread()


@dataclass
class NumpyArray:
    """An array whose content follows; `values` is None until then."""

    budget: Budget
    values: NDArray[np.float64] | None = None

    def set(self, state: Any) -> None:
        """Take shape, type, order and bytes from NumPy's pickled state."""
        match state:
            case (int(), tuple(shape), NumpyType() as of, bool(is_fortran), bytes(raw)) if _is_shape(shape):
                pass
            case _:
                raise _unread()
        if of.kind not in SIZES:
            raise unread_kind("array", of.kind)
        count = self.budget.take_array("array", shape)
        if len(raw) != count * SIZES[of.kind]:
            raise _unread()
        values = decode("array", raw, of.kind, big_endian=of.big_endian)
        self.values = values.reshape(shape, order="F" if is_fortran else "C")


def numpy_type(arguments: tuple[Any, ...]) -> NumpyType:
    """Return a type by name."""
    match arguments:
        case (str(kind), *_):
            return NumpyType(kind)
        case _:
            raise _unread()


def encoded(arguments: tuple[Any, ...]) -> bytes:
    """Return bytes that an old protocol writes as text."""
    match arguments:
        case (str(text), "latin1"):
            return text.encode("latin1")
        case _:
            raise _unread()


def _is_shape(shape: tuple[Any, ...]) -> bool:
    return len(shape) <= MOST_AXES and all(type(size) is int and size >= 0 for size in shape)


def _unread() -> RefusedFile:
    return RefusedFile(Message("torch.unread"))
