"""Samples of the reference: how each command is called in a shell, PHP, Python and JavaScript, and over REST.

A sample is what stands below the functions ``call`` and ``rest`` of ``snippets/`` in a program. Its values are the
examples of the command's arguments. Tests take the samples from the written pages and run every one.
"""

from __future__ import annotations

import json
import shlex
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, NoneType
from urllib.parse import quote, urlencode

from tholos.edges.rest.fields import Field
from tholos.edges.rest.kinds import shape
from tholos.edges.rest.routes import Route
from tholos.kernel.command import Command, Parameter, Slot

TITLES: Mapping[str, str] = MappingProxyType(
    {"bash": "Shell", "php": "PHP", "python": "Python", "javascript": "JavaScript"}
)
"""The languages, by the word that marks their blocks."""
_FILES = {"bash": "shell", "php": "php", "python": "python", "javascript": "javascript"}
MAKE_FILE = "v-make-tmp-file"


def snippet(language: str) -> str:
    """The functions that samples in a language stand on."""
    return (Path(__file__).parent / "snippets" / f"{_FILES[language]}.txt").read_text(encoding="utf-8").rstrip()


def formats(command: Command) -> list[str]:
    """The formats in which a command prints."""
    view = command.view
    if command.formats or view is None:
        return list(command.formats or (command.format,))
    have = {"shell": view.shell, "json": view.json or view.shape == "names", "plain": view.plain, "csv": view.csv}
    return [name for name, layout in (have | {"list": view.plain}).items() if layout and name in view.formats]


def values(command: Command) -> list[str]:
    """The values of a sample call: what is required, what the command gives examples of, and json where it can."""
    shown = [_value(slot, formats(command)) for slot in wanted(command)]
    while shown and shown[-1] == "":
        shown.pop()
    return shown


def _value(slot: Slot | None, known: Sequence[str]) -> str:
    if isinstance(slot, Parameter):
        return slot.example
    return "json" if slot == "FORMAT" and "json" in known else ""


def wanted(command: Command) -> list[Slot | None]:
    """The positions that samples fill; None where one is left out."""
    return [slot if not isinstance(slot, Parameter) or slot.required or slot.shown else None for slot in command.slots]


def sample(command: Command, language: str) -> str:
    """The sample in a language."""
    write = _WRITERS[language]
    return "\n".join([*(write(call, "") for call in _files(command)), write(_call(command), _shows(command))])


Words = Sequence[str]


def _call(command: Command) -> Words:
    """The command and its values; a file is named where it was put."""
    written = values(command)
    for position, slot in enumerate(command.slots[: len(written)]):
        if isinstance(slot, Parameter) and _is_file(slot):
            written[position] = f"/tmp/{slot.name}"  # noqa: S108 - a name in the engine's own store, not a file.
    return [command.legacy, *written]


def _files(command: Command) -> Iterator[Words]:
    """The calls that put down the files that a command takes."""
    for slot in command.parameters:
        if _is_file(slot):
            yield [MAKE_FILE, slot.example, slot.name]


def _is_file(slot: Parameter) -> bool:
    return bool(getattr(slot.type, "from_file", False))


def _shows(command: Command) -> str:
    """What becomes of the output: json, text, or nothing where there is none."""
    if values(command)[-1:] == ["json"]:
        return "json"
    return "" if typing.get_type_hints(command.function).get("return") in (None, NoneType) else "text"


def _bash(words: Words, _shown: str) -> str:
    return f"call {shlex.join(words)}"


def _php(words: Words, shown: str) -> str:
    call = f"call({', '.join(_php_text(word) for word in words)})"
    return {"json": f"print_r(json_decode({call}, true));", "text": f"echo {call};"}.get(shown, f"{call};")


def _php_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _python(words: Words, shown: str) -> str:
    call = f"call({', '.join(map(_quoted, words))})"
    return {"json": f"print(json.loads({call}))", "text": f"print({call})"}.get(shown, call)


def _javascript(words: Words, shown: str) -> str:
    call = f"await call({', '.join(map(_quoted, words))})"
    return {"json": f"console.log(JSON.parse({call}));", "text": f"console.log({call});"}.get(shown, f"{call};")


def _quoted(text: str) -> str:
    """A JSON string, which is one of Python's and JavaScript's too."""
    return json.dumps(text, ensure_ascii=False)


_WRITERS: Mapping[str, Callable[[Words, str], str]] = MappingProxyType(
    {"bash": _bash, "php": _php, "python": _python, "javascript": _javascript}
)


def rest(command: Command) -> str:
    """The sample of the command's route, in a shell; nothing where there is none."""
    if not command.rest:
        return ""
    route = Route(command)
    found = {slot.name: slot.example for slot in command.parameters}
    path = route.at({name: quoted for name, quoted in found.items() if name in route.names}).partition("/api/v2")[2]
    shown = wanted(command)
    if route.method == "GET":
        query = urlencode({slot.name: _in_query(slot) for slot in route.others if slot in shown}, quote_via=quote)
        return shlex.join(["rest", "GET", f"{path}?{query}" if query else path])
    fields = [_in_body(field) for field in route.fields if field.slots[0] in shown]
    body = json.dumps({name: value for one in fields for name, value in one.items()}, ensure_ascii=False)
    return shlex.join(["rest", route.method, path, *([body] if fields else [])])


def _in_body(field: Field) -> dict[str, object]:
    """What a field is in a request's body: itself, or several."""
    slot = field.slots[0]
    if field.together is not None:
        return {field.name: field.together.example}
    match shape(slot.type):
        case "object":
            return dict(getattr(slot.type, "body_example"))  # noqa: B009 - only some types have it.
        case "integer":
            return {slot.name: int(slot.example)}
        case "boolean":
            return {slot.name: slot.example in ("yes", "on")}
        case "array":
            return {slot.name: slot.example.split(",")}
    return {slot.name: slot.example}


def _in_query(slot: Parameter) -> str:
    return {"yes": "true", "no": "false"}[slot.example] if shape(slot.type) == "boolean" else slot.example
