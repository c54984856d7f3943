"""No account reaches into another: every command with a key of each of two accounts, RPC and REST, and by password.

A new command is covered by being declared. One that names no account must say here why that is harmless. There is no
edge that keeps sessions: an account's own name and password, which is how the reference's panel begins one, are tried.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.conftest import snapshot
from tests.rehearsed import NOT_THERE
from tests.rest_app import Rest
from tests.rpc_app import Key, Rpc, fields, running

from tholos.edges.rest.absent import ABSENT
from tholos.edges.rest.kinds import shape
from tholos.edges.rest.routes import Route
from tholos.kernel.command import COMMANDS, Command, Parameter, load
from tholos.kernel.errors import Forbidden
from tholos.resources.database.types import DatabaseName
from tholos.resources.types import Domain
from tholos.resources.web.types import NewDomain

pytestmark = pytest.mark.thorough

load()
ACCOUNTS = ("alice", "dora")
WITHOUT_OWNER = {
    "v-cancel-job": "It knows the caller's own jobs alone (test_jobs_rest.py).",
    "v-list-job": "It knows the caller's own jobs alone (test_jobs_rest.py).",
    "v-list-jobs": "It knows the caller's own jobs alone (test_jobs_rest.py).",
    "v-list-database-types": "It tells which engines the node has, which every account sees by its own databases.",
    "v-search-command": "It searches the names and the help of commands, which are public.",
}
NOTHING_TO_DO = {
    # As upstream, they act on what the account has of a name, and on nothing when that is nothing.
    "v-suspend-domain",
    "v-unsuspend-domain",
}
OF_USERS = [COMMANDS[name] for name in sorted(COMMANDS) if COMMANDS[name].role == "user" and name not in WITHOUT_OWNER]
OF_THE_NODE = [COMMANDS[name] for name in sorted(COMMANDS) if COMMANDS[name].role != "user"]
ALL = pytest.mark.parametrize("command", OF_USERS, ids=lambda command: command.legacy)
BOTH = pytest.mark.parametrize(("mine", "other"), [ACCOUNTS, ACCOUNTS[::-1]], ids=lambda name: name)
Keys = dict[str, Key]
PASSWORD = "aGoodPassword1"
THINGS = (
    "v-add-web-domain {0} {0}.test",
    "v-add-web-domain-alias {0} {0}.test shop.{0}.test",
    "v-add-web-domain-httpauth {0} {0}.test visitor aGoodPassword1",
    "v-add-dns-domain {0} {0}.test 198.18.0.1",
    "v-add-cron-job {0} 1 2 3 4 5 true",
    "v-add-database {0} db user aGoodPassword1 mysql",
    "v-add-user-notification {0} topic notice",
)
"""What each account has, of every noun that there is."""


@pytest.fixture(scope="module")
def node(seeded: Path) -> Iterator[tuple[Rpc, Keys]]:
    with running(seeded) as rpc:
        profiles = rpc.engine.applier.host.root / "etc/tholos/profiles"
        profiles.mkdir(parents=True, exist_ok=True)
        commands = ",".join(sorted(COMMANDS))
        (profiles / "everything").write_text(f"ROLE='user'\nCOMMANDS='{commands}'\n")
        yield rpc, {name: _account(rpc, name) for name in ACCOUNTS}


def _account(rpc: Rpc, name: str) -> Key:
    assert rpc.run("v-add-user", name, PASSWORD, f"{name}@example.org")[0] == 0
    for line in THINGS:
        assert rpc.run(*shlex.split(line.format(name)))[0] in (0, *NOT_THERE), line
    return rpc.add_key(name, "everything", "test", "json")


def _value(slot: Parameter, owner: str, things: str) -> str:
    """An argument: the account, a thing of an account, or the example of its type."""
    if slot.is_owner:
        return owner
    if issubclass(slot.type, Domain) and not issubclass(slot.type, NewDomain):
        return f"{things}.test"
    if issubclass(slot.type, DatabaseName):
        return f"{things}_db"
    return slot.type.example


def _values(command: Command, owner: str, things: str) -> list[str]:
    return ["" if isinstance(slot, str) else _value(slot, owner, things) for slot in command.slots]


def _json(slot: Parameter, text: str) -> Any:
    match shape(slot.type):
        case "integer":
            return int(text)
        case "boolean":
            return text in ("yes", "on")
        case "array":
            return text.split(",")
    return text


def _send(rpc: Rpc, key: Key, command: Command, owner: str, things: str) -> tuple[int, str]:
    """Send the REST request of a command; give its status and the answer."""
    route = Route(command)
    values = {slot.name: _value(slot, owner, things) for slot in command.parameters}
    path = route.at(values).removeprefix("/api/v2")
    body: dict[str, Any] = {}
    for field in route.fields:
        slot = field.slots[0]
        example = {field.name: field.together.example} if field.together else getattr(slot.type, "body_example", None)
        body |= example or {slot.name: _json(slot, values[slot.name])}
    if route.method == "GET" and body:
        path, body = f"{path}?{urlencode({name: str(value) for name, value in body.items()})}", {}
    answer = Rest(rpc, key).send(route.method, path, body or None)
    return answer.status, answer.body


def _rows_of(rpc: Rpc, name: str) -> dict[str, list[str]]:
    """What an account has in the state; the audit is about whoever called."""
    rpc.engine.gate.recorder.flush()
    rows: Any = snapshot(rpc.engine)["rows"]
    tables = {table: found for table, found in rows.items() if table != "audit"}
    return {
        table: [row for row in found if f"{name}'" in row or f"{name}.test" in row] for table, found in tables.items()
    }


def test_what_names_no_account_is_excused() -> None:
    assert {command.legacy for command in OF_USERS if command.owner_position == 0} == set()
    assert set(WITHOUT_OWNER) <= set(COMMANDS)


@ALL
@BOTH
def test_another_account_is_refused(node: tuple[Rpc, Keys], command: Command, mine: str, other: str) -> None:
    rpc, keys = node
    before = snapshot(rpc.engine)["rows"]
    answer = rpc.post(keys[mine].form(command.legacy, *_values(command, other, other)))
    assert (answer.status, answer.headers["hestia-exit-code"]) == (401, str(Forbidden.code)), answer.body
    if command.legacy not in ABSENT:
        status, body = _send(rpc, keys[mine], command, other, other)
        assert (status, "/problems/forbidden" in body) == (403, True), body
    rpc.engine.gate.recorder.flush()
    after: Any = snapshot(rpc.engine)["rows"]
    assert {**after, "history": None} == {**before, "history": None}  # type: ignore[dict-item]


@pytest.mark.parametrize("command", OF_THE_NODE, ids=lambda command: command.legacy)
def test_what_is_the_administrators_is_refused(node: tuple[Rpc, Keys], command: Command) -> None:
    """Though the account is its own, and though its key's profile lists the command."""
    rpc, keys = node
    before = snapshot(rpc.engine)["rows"]
    answer = rpc.post(keys["alice"].form(command.legacy, *_values(command, "alice", "alice")))
    assert answer.status == 401, answer.body
    if command.legacy not in ABSENT:
        assert _send(rpc, keys["alice"], command, "alice", "alice")[0] == 403
    rpc.engine.gate.recorder.flush()
    after: Any = snapshot(rpc.engine)["rows"]
    assert {**after, "history": None} == {**before, "history": None}  # type: ignore[dict-item]


@ALL
@BOTH
def test_a_password_opens_no_account(node: tuple[Rpc, Keys], command: Command, mine: str, other: str) -> None:
    """Whoever is not the first administrator calls with keys alone, even for what is its own."""
    rpc, _ = node
    before = _rows_of(rpc, other)
    for owner in (mine, other):
        proof = {"user": mine, "password": PASSWORD}
        answer = rpc.post(proof | fields(command.legacy, *_values(command, owner, owner)))
        assert (answer.status, answer.body) == (401, "Error: authentication failed")
    assert _rows_of(rpc, other) == before


@ALL
def test_things_of_another_account_are_not_found(node: tuple[Rpc, Keys], command: Command) -> None:
    rpc, keys = node
    if not any(issubclass(slot.type, Domain) and not issubclass(slot.type, NewDomain) for slot in command.parameters):
        return
    before = _rows_of(rpc, "dora")
    answer = rpc.post(keys["alice"].form(command.legacy, *_values(command, "alice", "dora")))
    assert (answer.headers["hestia-exit-code"] == "0") == (command.legacy in NOTHING_TO_DO), answer.body
    if command.legacy not in ABSENT:
        status, body = _send(rpc, keys["alice"], command, "alice", "dora")
        assert 400 <= status < 500 or command.legacy in NOTHING_TO_DO, body
    assert _rows_of(rpc, "dora") == before


@ALL
def test_an_own_account_gets_past_the_gate(node: tuple[Rpc, Keys], command: Command) -> None:
    """Else the tests above would hold whatever the gate does."""
    rpc, keys = node
    before = _rows_of(rpc, "dora")
    answer = rpc.post(keys["alice"].form(command.legacy, *_values(command, "alice", "alice")))
    assert "argument doesn" not in answer.body
    assert "permission" not in answer.body
    if command.legacy not in ABSENT:
        status, body = _send(rpc, keys["alice"], command, "alice", "alice")
        assert status not in (401, 500), body
        assert status != 403 or "password" in command.name or "second_factor" in command.name, body
    assert _rows_of(rpc, "dora") == before
