"""Every declared command against the facts about the reference's: positions, usage, owner, and what lists print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.every import every
from tests.unit.test_render_views import filled as with_a_record

from tholos.edges import docs
from tholos.edges.hestia.render import render
from tholos.kernel.command import COMMANDS, Command, load

load()
FACTS: dict[str, dict[str, Any]] = {
    fact["name"]: fact
    for fact in json.loads((Path(__file__).parent.parent / "facts" / "commands.json").read_text(encoding="utf-8"))
}
FORMATS = sorted({form for fact in FACTS.values() for form in fact.get("formats", [])})
OWN = {name for names in docs.own().values() for name in names}
"""Commands that the reference has not; nothing is known about them but what they declare."""
SHARED = sorted(set(COMMANDS) - OWN)
DEVIATIONS = docs.deviations().contract
"""Why a command differs from the facts, by its name and the aspect; the same table is printed in the docs."""


def differences(command: Command, fact: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    """Every aspect in which a command differs: the aspect, what is declared, and what the facts say."""
    printed = FACTS[fact["same_as"]] if "same_as" in fact else fact
    for aspect, declared, known in (*_line(command, fact), *_output(command, printed)):
        if declared != known:
            yield aspect, declared, known


def _line(command: Command, fact: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    slots = [slot if isinstance(slot, str) else slot.word for slot in command.slots]
    # Arguments that a header does not show are the reference's own business; scripts do not give them.
    shown = [name for name, _, *hidden in fact["args"] if not hidden]
    yield "arguments", slots, shown if len(slots) <= len(shown) else [name for name, *_ in fact["args"]]
    required = {name for name, needed, *_ in fact["args"] if needed}
    yield "required", {parameter.word for parameter in command.parameters if parameter.required}, required
    if fact["min"] is not None:
        yield "minimum", command.minimum, fact["min"]
    if fact["usage"] is not None:
        yield "usage", command.usage.strip(), fact["usage"].strip()
    owner = fact.get("user_arg_real", fact["user_arg"])
    yield "owner", command.owner_position, owner or 0


def _output(command: Command, fact: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    view, known = command.view, fact.get("json", {})
    if view is None:
        yield "view", bool(known.get("keys")), False
        return
    renamed = {variable: key for key, variable in known.get("variables", {}).items()}
    yield "json", list(view.json), known.get("keys", [])
    if "plain" in fact and known.get("keys"):
        yield "plain", list(view.plain), [renamed.get(name, name.upper()) for name in fact["plain"]]
    yield "csv", view.csv.header.split(",") if view.csv else [], fact.get("csv", [])
    if "formats" in fact:
        filled, record = with_a_record(view, "a value")
        printed = {form for form in (*FORMATS, "xml", "") if render([record], filled, form)}
        yield "formats", printed, set(fact["formats"])


@every({name: name for name in SHARED})
def test_a_command_is_as_the_facts_say(name: str) -> None:
    found = {
        f"{name} {aspect}": (declared, known)
        for aspect, declared, known in differences(COMMANDS[name], FACTS[name])
        if f"{name} {aspect}" not in DEVIATIONS
    }
    assert not found, f"differs from the facts; correct it, or say why in edges/deviations.json: {found}"


def test_no_deviation_is_listed_that_there_is_not() -> None:
    there = {f"{name} {aspect}" for name in SHARED for aspect, _, _ in differences(COMMANDS[name], FACTS[name])}
    assert set(DEVIATIONS) == there
    assert all(reason.endswith(".") for reason in DEVIATIONS.values())


def test_every_command_of_the_reference_is_known_to_the_docs() -> None:
    groups = {name: group for group, names in docs.reference().items() for name in names}
    assert groups == {name: fact["group"] for name, fact in FACTS.items()}
    assert set(SHARED) <= set(FACTS)
    assert not OWN & set(FACTS)
    assert set(COMMANDS) >= OWN
