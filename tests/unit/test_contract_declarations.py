"""What every declaration must have, so that docs, REST, audit and profiles can be derived from it."""

from __future__ import annotations

import inspect
import re
from collections import Counter

from tests.every import every

from tholos.kernel.command import COMMANDS, Command, Parameter, load
from tholos.kernel.view import View

load()
ALL = every(COMMANDS)
EVERY_PARAMETER = every(
    {f"{name} {parameter.word}": parameter for name, command in COMMANDS.items() for parameter in command.parameters}
)
SECRET_WORDS = ("PASSWORD", "SECRET", "DBPASS", "HASH")


@ALL
def test_its_help_is_one_plain_sentence(command: Command) -> None:
    assert re.fullmatch(r"[A-Z].{8,110}\.", command.summary)
    assert command.legacy not in command.summary


@ALL
def test_its_name_is_noun_and_verb(command: Command) -> None:
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", command.name)
    assert re.fullmatch(r"v-[a-z0-9-]+", command.legacy)


def test_no_two_commands_share_a_name_or_a_route() -> None:
    names = Counter(command.name for command in COMMANDS.values())
    routes = Counter(re.sub(r"\{.*?\}", "{}", command.rest) for command in COMMANDS.values() if command.rest)
    assert not [name for name, count in (names + routes).items() if count > 1]


@ALL
def test_its_route_uses_its_own_parameters(command: Command) -> None:
    if not command.rest:
        return
    method, _, path = command.rest.partition(" ")
    assert re.fullmatch(r"(/[a-z0-9-]+|/\{[a-z_]+\})+", path)
    assert method in (("POST", "PUT", "PATCH", "DELETE") if command.changes else ("GET", "POST"))
    assert set(re.findall(r"\{(.*?)\}", path)) <= {parameter.name for parameter in command.parameters}


@ALL
def test_a_default_is_none_or_a_value_of_its_type(command: Command) -> None:
    signature = inspect.signature(command.function).parameters
    for parameter in command.parameters:
        default = signature[parameter.name].default
        if not parameter.required and default is not None and not isinstance(default, bool):
            assert isinstance(default, parameter.type)


@ALL
def test_its_view_can_be_printed(command: Command) -> None:
    view = command.view
    if isinstance(view, View):
        assert not any("%" in word or '"' in word for word in (*view.json, view.wrapper))
        assert view.csv is None or len(view.csv.header.split(",")) == len(view.csv.columns)
        assert view.csv is None or view.csv.quoted <= set(view.csv.columns)


@EVERY_PARAMETER
def test_a_secret_is_masked(parameter: Parameter) -> None:
    if any(word in parameter.word for word in SECRET_WORDS):
        assert getattr(parameter.type, "secret", False), "it would be printed"


@EVERY_PARAMETER
def test_an_argument_says_what_it_takes(parameter: Parameter) -> None:
    kind = parameter.type
    assert kind.expected not in ("", "text"), f"{kind.__name__} says not what it expects"
    assert (inspect.getdoc(kind) or "").strip()
    parsed = kind.parse(kind.example, parameter.name)
    assert parsed is not None
