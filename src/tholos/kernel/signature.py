"""What a function takes, read from its signature: the only declaration of a command's arguments."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import Any

from tholos.kernel.tx import State
from tholos.kernel.types import Parsed

_LATE = "Late["


def arguments(function: Callable[..., Any]) -> dict[str, tuple[Any, bool]]:
    """The parameters of a function by name: each one's type, and whether it must be given.

    ``inspect.signature`` and ``typing.get_type_hints`` tell the same in a third of a millisecond, which every start
    would pay for every command.
    """
    code, defaults = function.__code__, function.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount]
    named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    optional = {*positional[len(positional) - len(defaults) :], *(function.__kwdefaults__ or ())}
    return {name: (hint(function, name), name not in optional) for name in named}


def hint(function: Callable[..., Any], name: str) -> Any:
    """The type of a parameter, without ``Late`` around it.

    Where more is written than a name, ``Late`` around a name or ``| None`` behind it, ``typing`` is asked.
    """
    written = function.__annotations__[name]
    if not isinstance(written, str):
        return written
    bare = written.removesuffix(" | None")
    found = function.__globals__.get(bare[len(_LATE) : -1] if is_late(function, name) else bare)
    return typing.get_type_hints(function)[name] if found is None else found


def is_late(function: Callable[..., Any], name: str) -> bool:
    """Whether the refusal of an argument is told where the function asks for its value."""
    return str(function.__annotations__[name]).startswith(_LATE)


def first_type(function: Callable[..., Any], kind: Any) -> type[State]:
    """The type of a function's first parameter; raise TypeError when it is neither a State nor a Tx."""
    if not (isinstance(kind, type) and issubclass(kind, State)):
        raise TypeError(f"{function.__name__}: the first parameter must be a State or a Tx")
    return kind


def parsed_type(kind: Any) -> type[Parsed]:
    """The restricted type that a parameter has, without its ``| None``; raise TypeError when it has none."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        (kind,) = [part for part in typing.get_args(kind) if part is not types.NoneType]
    if not hasattr(kind, "parse"):
        raise TypeError(f"{kind} is not a restricted type")
    return typing.cast(type[Parsed], kind)
