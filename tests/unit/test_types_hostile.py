"""Bad input of every class on every argument of every command: refused with nothing changed, or carried safely."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import copied
from tests.unit.hostile import NEVER, argument_types, hostile, is_file, parameters

from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS, Command, Parameter, as_it_is
from tholos.kernel.errors import BadCredentials, Invalid, NotExist, Refusal
from tholos.kernel.late import Late
from tholos.kernel.tables import metadata
from tholos.kernel.types import Parsed

pytestmark = pytest.mark.thorough

CASES = sorted({name for name, _ in parameters()})


@pytest.fixture(scope="module")
def busy(peopled: Path) -> Iterator[Engine]:
    """A node with accounts, for calls that may do anything to it: one for all of them."""
    with copied(peopled) as engine:
        yield engine


def everything(engine: Engine) -> tuple[list[str], dict[str, object]]:
    """Every row of the state and every file of the host."""
    root = engine.applier.host.root
    files: dict[str, object] = {
        str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() else None) for path in root.rglob("*")
    }
    with engine.store.reading() as connection:
        return [repr(row) for table in metadata.sorted_tables for row in connection.execute(table.select())], files


def good_values(command: Command) -> list[str]:
    """The example of every argument, in the order of the command line."""
    return ["" if isinstance(slot, str) else slot.type.example for slot in command.slots]


def refusal(engine: Engine, command: Command, values: list[str]) -> Refusal | None:
    """How a call is refused, or None when it is carried out; anything but a refusal is an error of ours."""
    try:
        text = engine.dispatcher.run(command, values, ROOT, "127.0.0.1").text
    except Refusal as refused:
        assert refused.message.isprintable() or "\n" in refused.text
        return refused
    text.encode()
    return None


def takes(kind: type[Parsed], raw: str) -> bool:
    """Tell whether a type accepts a value."""
    try:
        kind.parse(raw, "argument")
    except Refusal:
        return False
    return True


def refused_late(slot: Parameter, bad: str) -> Refusal:
    """How a command that asks for an argument's value is refused."""
    late = slot.bind(bad, as_it_is)
    assert isinstance(late, Late)
    with pytest.raises(Refusal) as told:
        late.take()
    return told.value


def is_missing(refused: Refusal, kind: type[Parsed], bad: str) -> bool:
    """Tell whether a refusal says that nothing was found, which only an empty name and a missing file may be told."""
    return refused.code == NotExist.code and (bad == "" or is_file(kind))


@pytest.mark.parametrize("name", CASES)
def test_what_is_refused_changes_nothing(name: str, quiet_town: Engine) -> None:
    command = COMMANDS[name]
    before = everything(quiet_town)
    for position, slot in enumerate(command.slots):
        if isinstance(slot, str):
            continue
        for kind, bad in hostile(slot.type.example):
            if takes(slot.type, bad) or (bad == "" and not slot.required):
                continue
            values = good_values(command)
            values[position] = bad
            refused = refusal(quiet_town, command, values)
            assert refused is not None, f"{slot.word} took {kind}"
            if slot.late:
                # What the state has against the call may be told first; what the argument has is then never asked for.
                refused = refused_late(slot, bad)
            assert refused.argument == slot.name or is_file(slot.type)
            assert refused.code in (Invalid.code, BadCredentials.code) or is_missing(refused, slot.type, bad)
    assert everything(quiet_town) == before


@pytest.mark.parametrize("name", CASES)
def test_what_is_accepted_is_carried_out_or_refused_with_a_reason(name: str, busy: Engine) -> None:
    command = COMMANDS[name]
    for position, slot in enumerate(command.slots):
        if isinstance(slot, str):
            continue
        for odd in dict(hostile(slot.type.example)).values():
            if takes(slot.type, odd):
                values = good_values(command)
                values[position] = odd
                refusal(busy, command, values)
    assert refusal(busy, COMMANDS["v-list-users"], ["json"]) is None


@pytest.mark.parametrize("word", ["RESTART", "FORMAT"])
def test_the_words_of_the_edge_take_nothing_hostile(word: str, quiet_town: Engine) -> None:
    command = COMMANDS["v-delete-web-domain" if word == "RESTART" else "v-list-users"]
    before = everything(quiet_town)
    for _, bad in hostile("yes"):
        values = good_values(command)
        values[command.slots.index(word)] = bad
        if word == "FORMAT":
            assert quiet_town.dispatcher.run(command, values, ROOT, "127.0.0.1").text == ""
        elif bad:
            assert isinstance(refusal(quiet_town, command, values), Invalid)
    assert everything(quiet_town) == before


@pytest.mark.parametrize("kind", argument_types(), ids=lambda kind: kind.__name__)
def test_no_type_takes_what_cannot_be_seen(kind: type[Parsed]) -> None:
    hidden = ("right to left", "zero width", "zero width joiner", "byte order mark")
    free = frozenset(hidden) if getattr(kind, "secret", False) else frozenset()
    taken = {name for name, bad in hostile(kind.example) if name in NEVER - free and takes(kind, bad)}
    assert not taken


LONG = 20_000


UNITS = (
    "a",
    "a-",
    "a.",
    "a@",
    "-",
    ".",
    " ",
    "a ",
    "a,",
    "*.",
    "1",
    "1.",
    "ñ",
    "\u0301",
    "xn--",
    "a/",
    "::",
    "%",
    "='",
)


@pytest.mark.parametrize("kind", argument_types(), ids=lambda kind: kind.__name__)
def test_no_type_is_slow_on_hostile_text(kind: type[Parsed]) -> None:
    for length in (60, 250, 399, LONG):
        for unit in UNITS:
            raw = (unit * length)[:length]
            started = time.thread_time()
            for bad in (raw, raw[:-1] + "!", "!" + raw[1:], raw[:-1] + "\n"):
                takes(kind, bad)
            assert time.thread_time() - started < 1
