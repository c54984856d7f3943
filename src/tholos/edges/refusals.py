"""How a command may be refused, read from the code that refuses: every refusal that its function can come to.

A function is searched for the refusals that it makes, and with it whatever of ours it names: functions, the types of
its arguments and their parents. Texts that it gives to a function are filled into that function's messages. What it
calls through a value is followed where ``behind.py`` knows how; anything else behind a protocol may be lacking. Tests
compare the lists with every refusal that the cases of commands know.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from tholos.apply.host import Host
from tholos.edges import behind
from tholos.jobs.run import Run
from tholos.kernel.command import Command
from tholos.kernel.errors import (
    ApiDisabled,
    BadCredentials,
    Busy,
    Disabled,
    DiskFull,
    Forbidden,
    Invalid,
    Refusal,
    ServiceFailed,
    Silent,
    Usage,
)
from tholos.kernel.tx import Tx

OURS = "tholos."
UNKNOWN = "..."
"""What stands for a text, or a name in it, that cannot be read from the code."""
_SAFE = ("printable", "str", "join")
_PASSED_OVER = tuple(kind.__module__ for kind in (Command, Tx, Host, Run))
"""What every command, reading or job names, whatever it does."""
COMMON: tuple[type[Refusal], ...] = (BadCredentials, Forbidden, Disabled, Busy, ApiDisabled)
"""What any call over the network may be refused with, before its command is looked at."""
CHANGING: tuple[type[Refusal], ...] = (DiskFull, ServiceFailed)
"""What any change may be refused with, whatever the command."""


class Asked(NamedTuple):
    """A function or a class that is searched, and the texts that its caller gives to it by the parameters' names."""

    thing: Any
    given: tuple[tuple[str, str], ...] = ()


class Refused(NamedTuple):
    """An exit code, and the message with the names of what it says in braces."""

    code: int
    text: str


def refusals(command: Command) -> list[Refused]:
    """Every refusal of a command by exit code, without those that any call may get (``COMMON``)."""
    found = set(_reached(command))
    if command.minimum or any(parameter.required for parameter in command.parameters):
        found.add(Refused(command.usage_code, f"Usage: {command.legacy} {command.usage}"))
    if "RESTART" in command.slots:
        found.add(Refused(Invalid.code, "Error: invalid restart format :: {restart}"))
    return sorted(found)


def _reached(command: Command) -> Iterator[Refused]:
    waiting = [Asked(command.function), *(Asked(parameter.type) for parameter in command.parameters)]
    waiting += [Asked(command.before)] if command.before else []
    seen: set[Asked] = set()
    while waiting:
        asked = waiting.pop()
        if asked not in seen:
            seen.add(asked)
            made, named = _read(asked)
            yield from made
            waiting += named


@cache
def _read(asked: Asked) -> tuple[tuple[Refused, ...], tuple[Asked, ...]]:
    """The refusals that a function or class makes, and what it names."""
    thing = inspect.unwrap(asked.thing)
    if isinstance(thing, type):
        parts = [part for kind in thing.__mro__ if _is_ours(kind) for part in vars(kind).values()]
        return (), tuple(Asked(code) for part in parts if _is_code(code := getattr(part, "__func__", part)))
    names, given = thing.__globals__, dict(asked.given)
    if _is_lambda(thing):
        return (), tuple(_named([names.get(name) for name in thing.__code__.co_names]))
    nodes = [node for statement in _statements(thing) for node in ast.walk(statement)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    texts = {id(node.func): _given(node, names, given) for node in calls if isinstance(node.func, ast.Name)}
    named = [
        one
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute)
        for one in _named([_resolve(node, names)], texts.get(id(node), ()))
    ]
    named += _named([found for node in nodes for found in behind.called(node, {**names, **given})])
    return tuple(refused for node in calls for refused in _made(node, names, given)), tuple(named)


def _named(things: Iterable[Any], given: tuple[tuple[str, str], ...] = ()) -> Iterator[Asked]:
    """What is to be searched of things that a function names."""
    for part in (part for thing in things for part in _parts(thing)):
        if _is_ours(part) and _is_code(part) and not _is_refusal(part):
            yield Asked(part, given)


def _statements(thing: FunctionType) -> list[ast.stmt]:
    """What a function consists of, without its decorators: those name the register that it stands in."""
    statements = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    for statement in statements:
        if isinstance(statement, ast.FunctionDef):
            statement.decorator_list = []
    return list(statements)


def _made(node: ast.Call, names: dict[str, Any], given: Mapping[str, str]) -> Iterator[Refused]:
    """The refusal that a call makes, and those of the kinds that it hands on for others to make."""
    made = _resolve(node.func, names)
    if _is_refusal(made):
        yield from _refused(node, made, names, given)
    elif isinstance(made, type) and _is_ours(made):
        handed = [_resolve(value, names) for value in (*node.args, *(word.value for word in node.keywords))]
        yield from (Refused(kind.code, f"Error: {UNKNOWN}") for kind in handed if _is_refusal(kind))


def _given(call: ast.Call, names: dict[str, Any], given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The texts that a call gives to a function: written there, of the module, or given to the caller itself."""
    function = _resolve(call.func, names)
    if not isinstance(function, FunctionType):
        return ()
    positional = [node for node in call.args if not isinstance(node, ast.Starred)]
    pairs = [*zip(function.__code__.co_varnames, positional, strict=False)] if positional == call.args else []
    pairs += [(word.arg, word.value) for word in call.keywords if word.arg]
    known = [(name, _known(node, names, given)) for name, node in pairs]
    return tuple((name, text) for name, text in known if isinstance(text, str))


def _known(node: ast.expr, names: dict[str, Any], given: Mapping[str, str]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return _text(node, given)
    return given.get(node.id, names.get(node.id)) if isinstance(node, ast.Name) else None


def _parts(thing: Any) -> Iterator[Any]:
    """What a table of functions holds; anything else itself."""
    yield from behind.held(thing)
    if isinstance(thing, Mapping):
        thing = tuple(thing.values())
    if isinstance(thing, tuple):
        for part in thing:
            yield from _parts(part)
    else:
        yield thing


def _is_refusal(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Refusal)


def _is_ours(thing: Any) -> bool:
    """Tell whether a thing is of this project, and to be looked into."""
    module = getattr(thing, "__module__", None) or ""
    return module.startswith(OURS) and module not in _PASSED_OVER


def _is_code(thing: Any) -> bool:
    """Tell whether something can be read; what dataclasses generate has no text."""
    if isinstance(thing, FunctionType):
        return not inspect.unwrap(thing).__code__.co_filename.startswith("<")
    return isinstance(thing, type)


def _is_lambda(thing: FunctionType) -> bool:
    """Tell whether a function is no statement of its own, so that only the names in it can be read."""
    return thing.__code__.co_name == "<lambda>"


def _resolve(node: ast.expr, names: dict[str, Any]) -> Any:
    """What an expression of names and dots stands for in a module; None where that is not known."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        base = _resolve(node.value, names)
        if isinstance(base, ModuleType | type):
            found = inspect.getattr_static(base, node.attr, None)
            return getattr(found, "__func__", found)
    return None


def _refused(node: ast.Call, kind: type[Refusal], names: dict[str, Any], given: Mapping[str, str]) -> Iterator[Refused]:
    """The refusal; none where its exit code is a value, because it then passes on what another has refused."""
    code = next((word.value for word in node.keywords if word.arg == "code"), None)
    known = code.value if isinstance(code, ast.Constant) else _resolve(code, names) if code else kind.code
    text = _text(node.args[0], given) if node.args else ""
    start = "" if issubclass(kind, Silent) else "Usage: " if kind is Usage else "Error: "
    if isinstance(known, int):
        yield Refused(known, f"{start}{text}")


def _text(node: ast.expr, given: Mapping[str, str]) -> str:
    """A message, with a name in braces for what is filled in and not known."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, given) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        name = _name(node.value)
        return given[name] if isinstance(node.value, ast.Name) and name in given else f"{{{name}}}"
    return f"{{{name}}}" if (name := _name(node)) != UNKNOWN else UNKNOWN


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id.lstrip("_")
    if isinstance(node, ast.Attribute):
        return node.attr.lstrip("_")
    if isinstance(node, ast.Call):
        name = _name(node.func)
        return _name(node.args[0]) if name in _SAFE else name
    return UNKNOWN
