"""Commands: one typed function each, and the registry that every edge is derived from.

The decorated function's signature is the only declaration of what a command takes. ``legacy`` adds the positions of
the ``v-*`` command line; its words, in lower case, are the parameters' names. The words FORMAT and RESTART belong to
the edge and have no parameter.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

from tholos.kernel import signature
from tholos.kernel.errors import Invalid, Usage
from tholos.kernel.job import Started
from tholos.kernel.late import Late
from tholos.kernel.tx import Tx
from tholos.kernel.types import Parsed, Text, printable
from tholos.kernel.view import View

Role = Literal["admin", "user"]
RESTART_WORDS = ("", "yes", "no", "ssl", "reload", "updatessl", "scheduled")


class Owner(Text):
    """Base of the type that names the account which a call acts for; the access check compares it with the caller."""

    __slots__ = ()


@dataclass(frozen=True)
class Parameter:
    """One argument: its name, the word of the command line, its type, whether it may be left out, and an example.

    ``shown`` tells whether samples show it: a line has no brackets around it, or the command gives the example.
    ``late`` tells that the command itself asks for the value, see Late.
    """

    name: str
    word: str
    type: type[Parsed]
    required: bool
    example: str = ""
    shown: bool = False
    late: bool = False

    @property
    def is_owner(self) -> bool:
        """Tell whether this argument names the account that the call acts for."""
        return issubclass(self.type, Owner)

    def parse(self, raw: str, argument: str) -> object:
        """Give the typed value, or raise Invalid that names ``argument`` and says what would be right."""
        try:
            return self.type.parse(raw, argument)
        except Invalid as refusal:
            refusal.expected = refusal.expected or self.type.expected
            raise

    def bind(self, raw: str, fetch: Fetch) -> object:
        """Give what the command's function is to have: the typed value, or a Late that has it. Raise Invalid."""
        return Late(raw, partial(self._fetched, raw, fetch)) if self.late else self._fetched(raw, fetch)

    def _fetched(self, raw: str, fetch: Fetch) -> object:
        return self.parse(fetch(self, raw), self.name)


Slot = Parameter | Literal["FORMAT", "RESTART"]
Fetch = Callable[[Parameter, str], str]
"""Gives what a value stands for that may stand elsewhere; raises Invalid when it is not there."""


def as_it_is(_parameter: Parameter, raw: str) -> str:
    """A value that stands for itself."""
    return raw


@dataclass(frozen=True)
class Bound:
    """Typed arguments of one call, ready for the command's function, and the format asked for."""

    arguments: dict[str, Any]
    format: str


@dataclass(frozen=True)
class Command:
    """A declared command; see ``command`` for the meaning of the fields."""

    name: str
    function: Callable[..., Any]
    legacy: str
    slots: tuple[Slot, ...]
    usage: str
    minimum: int
    role: Role
    rest: str
    view: View | None
    changes: bool
    owner_position: int
    format: str
    cached: bool
    usage_code: int
    formats: tuple[str, ...] = ()
    resource: type[Any] | None = None
    before: Callable[..., Any] | None = None
    own: bool = False
    in_demo: bool = False

    @property
    def starts(self) -> bool:
        """Whether the command leaves its work to a job, which it gives, always or where it is much."""
        return "return" in self.function.__annotations__ and signature.hint(self.function, "return") is Started

    @property
    def starts_at_times(self) -> bool:
        """Whether it does so only where the work is much."""
        return self.starts and str(self.function.__annotations__["return"]).endswith("| None")

    @property
    def summary(self) -> str:
        """The first line of the function's docstring: the command's public help."""
        return (inspect.getdoc(self.function) or "").split("\n", 1)[0]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The arguments without the edge's own words, in the order of the command line."""
        return tuple(slot for slot in self.slots if isinstance(slot, Parameter))

    def bind(self, values: Sequence[str], fetch: Fetch = as_it_is) -> Bound:
        """Parse positional values from left to right; raise Usage or Invalid at the first that does not fit.

        An absent or empty optional value is left out; surplus values are ignored, as a shell script would. Each value
        is fetched from where it stands when its turn has come.
        """
        if len(values) < self.minimum:
            raise Usage(f"{self.legacy} {self.usage}".rstrip(), code=self.usage_code)
        arguments: dict[str, Any] = {}
        chosen = self.format
        for position, slot in enumerate(self.slots):
            if position >= len(values):
                break
            raw = values[position]
            if slot == "FORMAT":
                chosen = self._format(raw)
            elif slot == "RESTART":
                _check_restart(raw)
            elif raw != "" or slot.required:
                arguments[slot.name] = slot.bind(raw, fetch)
        for slot in self.parameters:
            if slot.required and slot.name not in arguments:
                raise Usage(f"{self.legacy} {self.usage}".rstrip(), code=self.usage_code)
        return Bound(arguments, chosen)

    def _format(self, raw: str) -> str:
        if not self.formats:
            return raw
        if raw not in ("", *self.formats):
            raise Invalid(f"invalid format format :: {printable(raw)}", argument="format")
        return raw or self.format


def _check_restart(raw: str) -> None:
    if raw not in RESTART_WORDS:
        raise Invalid(f"invalid restart format :: {printable(raw)}", argument="restart")


COMMANDS: dict[str, Command] = {}
"""Every command by the name of its ``v-*`` command."""


def command(
    name: str,
    *,
    legacy: str,
    rest: str = "",
    role: Role = "admin",
    usage: str | None = None,
    minimum: int | None = None,
    view: View | None = None,
    output: str = "shell",
    cached: bool = True,
    owner_position: int | None = None,
    usage_code: int = 1,
    formats: tuple[str, ...] = (),
    resource: type[Any] | None = None,
    own: bool = False,
    in_demo: bool = False,
    examples: Mapping[str, str] | None = None,
    before: Callable[..., Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the decorated function as a command.

    ``name`` is noun and verb with dots, ``legacy`` the ``v-*`` command with its positions (brackets mark optional
    ones), ``rest`` the method and path of the REST edge, ``role`` who may call it for an own account. ``usage`` and
    ``minimum`` are given only where the facts differ from what ``legacy`` implies. ``view`` lays out what a reading
    command returns, ``output`` is the format when none is asked for. ``cached`` is False for a reading that depends
    on more than the state. ``formats`` are the only formats taken where an unknown one is refused. ``resource`` is
    what the REST edge makes of each record: a frozen Struct with a classmethod ``of``, or str for plain names.
    ``own`` tells that an account may call it although no argument names one, because the function looks at the
    caller. ``in_demo`` tells that a change is made in demo mode too. ``examples`` are values of arguments for which
    the example of their type would not do; optional arguments that have one appear in the samples of the
    documentation. ``before`` is for readings that may take time: it is given a State and the same arguments in the
    caller's own thread, where it keeps nobody else waiting, and what it gives is ``tx.gathered()``. The function's
    first parameter is a Tx when it changes something, else a State.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        legacy_name, _, line = legacy.partition(" ")
        words = line.split()
        arguments = signature.arguments(function)
        kind = arguments.pop(next(iter(arguments)))[0]
        slots = tuple(_slots(function, arguments, words, {*words, *(usage or "").split()}, examples or {}))
        declared = Command(
            name=name,
            function=function,
            legacy=legacy_name,
            slots=slots,
            usage=line if usage is None else usage,
            minimum=sum(not word.startswith("[") for word in words) if minimum is None else minimum,
            role=role,
            rest=rest,
            view=view,
            changes=signature.first_type(function, kind) is Tx,
            owner_position=_owner_position(slots) if owner_position is None else owner_position,
            format=output,
            cached=cached,
            usage_code=usage_code,
            formats=formats,
            resource=resource,
            before=before,
            own=own,
            in_demo=in_demo,
        )
        if legacy_name in COMMANDS:
            raise ValueError(f"{legacy_name} is declared twice")
        COMMANDS[legacy_name] = declared
        return function

    return register


def _slots(
    function: Callable[..., Any],
    arguments: Mapping[str, tuple[Any, bool]],
    words: Sequence[str],
    named: Container[str],
    examples: Mapping[str, str],
) -> Iterator[Slot]:
    expected = list(arguments)
    for word in words:
        bare = word.strip("[]")
        if bare == "FORMAT":
            yield "FORMAT"
        elif bare == "RESTART" and "restart" not in arguments:
            yield "RESTART"
        else:
            name = bare.lower()
            expected.remove(name)
            hint, required = arguments[name]
            kind, shown = signature.parsed_type(hint), name in examples or bare in named
            late = signature.is_late(function, name)
            yield Parameter(name, bare, kind, required, examples.get(name, kind.example), shown, late)
    if unknown := set(examples) - set(arguments):
        raise TypeError(f"{function.__name__}: examples of {unknown}, which are no arguments")
    if expected:
        raise TypeError(f"{function.__name__}: no position on the command line for {expected}")


def _owner_position(slots: Sequence[Slot]) -> int:
    for position, slot in enumerate(slots, start=1):
        if isinstance(slot, Parameter) and slot.is_owner:
            return position
    return 0


@cache
def load(package: str = "tholos.resources") -> None:
    """Import every module below a package, once, so that its commands, wants and tables register themselves."""
    root = importlib.import_module(package)
    collecting = gc.isenabled()
    # What is declared stays: looking through all of it again and again for garbage takes a twentieth of the time.
    gc.disable()
    try:
        for module in pkgutil.walk_packages(root.__path__, prefix=f"{package}."):
            importlib.import_module(module.name)
    finally:
        if collecting:
            gc.enable()
