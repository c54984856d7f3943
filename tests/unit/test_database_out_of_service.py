"""A server that was marked as out of service and does not answer keeps nobody from suspending and terminating accounts.

What was to be done there is done when it answers again, as the state is by then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import select
from tests.conftest import call, copied, snapshot
from tests.waiting import until

from tholos.apply.batch import Plan
from tholos.apply.model import sql_purges
from tholos.apply.reconcile import purge
from tholos.apply.sql.place import Rows
from tholos.apply.steps import Forsake, Postpone, Statement
from tholos.bootstrap import ROOT, Engine
from tholos.edges.rest.plan import planned
from tholos.kernel.errors import NoConnection
from tholos.kernel.postponed import postponed

HOST = "db2.example.org"


class Elsewhere:
    """A server of a rehearsal that is down for a while, while all others are up."""

    def __init__(self, engine: Engine, type: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.type = engine, type
        self.down = False
        self._servers = servers = engine.applier.host.servers
        self._run, self._made, self._drop = servers.run, servers.made, servers.drop
        for name in ("run", "made", "drop"):
            monkeypatch.setattr(servers, name, getattr(self, name))

    @property
    def server(self) -> str:
        """Its name in statements."""
        return f"{self.type}/{HOST}"

    def _require_up(self, server: str) -> None:
        if self.down and server == self.server:
            raise NoConnection(f"{server} can't be reached")

    def run(self, server: str, statements: Iterable[Statement], **more: Any) -> Rows:
        """As the rehearsal does, or not at all."""
        self._require_up(server)
        return self._run(server, statements, **more)

    def made(self, server: str, thing: str) -> bool | None:
        """As the rehearsal does, or not at all."""
        self._require_up(server)
        return self._made(server, thing)

    def drop(self, server: str, thing: str, statements: Iterable[Statement]) -> None:
        """As the rehearsal does, or not at all."""
        self._require_up(server)
        self._drop(server, thing, statements)

    def mark(self, word: str) -> None:
        """Suspend or unsuspend the server."""
        assert call(self.engine, f"v-{word}-database-host", self.type, HOST) == (0, "")

    def goes(self) -> None:
        """It is out of service: marked, and down."""
        self.mark("suspend")
        self.down = True

    def comes(self) -> None:
        """It answers again, and somebody has looked."""
        self.down = False
        purge(self.engine.writer, self.engine.dispatcher.context(ROOT, "127.0.0.1"))

    def told(self) -> list[str]:
        """What it was told so far, without being asked."""
        log = (self.engine.applier.host.root / "commands.log").read_text().splitlines()
        told = [line.removeprefix(f"sql {self.server} ") for line in log if line.startswith(f"sql {self.server} ")]
        return [line for line in told if line != "SELECT 1"]

    def has(self) -> list[str]:
        """What it has."""
        below = self.engine.applier.host.root / "sql" / self.server.replace("/", "-")
        return sorted(path.name for path in below.iterdir()) if below.exists() else []


@pytest.fixture(params=["mysql", "pgsql"])
def elsewhere(town: Engine, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """The server that has alice's shop; her blog is on this machine."""
    for line in (
        "v-change-sys-config-value DB_SYSTEM mysql,pgsql",
        f"v-add-database-host {request.param} localhost root socket",
        f"v-add-database-host {request.param} {HOST} keeper secret",
        f"v-add-database alice shop shop DbPass12345 {request.param} {HOST}",
        f"v-add-database alice blog blog DbPass12345 {request.param} localhost",
    ):
        assert call(town, *line.split()) == (0, "")
    return Elsewhere(town, request.param, monkeypatch)


def left(engine: Engine) -> int:
    """How many things are to be planned again when a server is back."""
    with engine.store.reading() as connection:
        return len(connection.execute(select(postponed)).all())


def shown(engine: Engine) -> dict[str, str]:
    """The databases of alice, and whether each is suspended."""
    found = json.loads(call(engine, "v-list-databases", "alice", "json")[1])
    return {name: each["SUSPENDED"] for name, each in found.items()}


CALLS = (
    "v-suspend-user alice",
    "v-delete-user alice",
    "v-suspend-database alice alice_shop",
    "v-delete-database alice alice_shop",
    "v-delete-databases alice",
    "v-change-database-password alice alice_shop another",
)


def test_while_nobody_has_marked_it_a_server_that_is_down_is_exit_code_15(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.down = True
    before = snapshot(town)
    for line in CALLS:
        assert call(town, *line.split())[0] == 15, line
    assert snapshot(town) == before


def test_one_that_is_marked_and_answers_is_told_at_once(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.mark("suspend")
    assert call(town, "v-suspend-user", "alice") == (0, "")
    assert "LOCK" in elsewhere.told()[-2] or "NOLOGIN" in elsewhere.told()[-2]
    assert left(town) == 0


@pytest.mark.parametrize("line", CALLS)
def test_one_that_is_marked_keeps_nobody(town: Engine, elsewhere: Elsewhere, line: str) -> None:
    elsewhere.goes()
    assert call(town, *line.split()) == (0, "")
    assert left(town) > 0
    elsewhere.comes()
    assert left(town) == 0


def test_an_account_is_suspended_there_when_the_server_is_back(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.goes()
    assert call(town, "v-suspend-user", "alice") == (0, "")
    assert shown(town) == {"alice_shop": "yes", "alice_blog": "yes"}
    before = len(elsewhere.told())
    purge(town.writer, town.dispatcher.context(ROOT, "127.0.0.1"))
    assert (left(town), len(elsewhere.told())) == (2, before)
    elsewhere.comes()
    mysql = elsewhere.type == "mysql"
    lock = "ALTER USER `alice_shop`@`%%` ACCOUNT LOCK" if mysql else 'ALTER ROLE "alice_shop" NOLOGIN'
    assert lock in elsewhere.told()[before:]


def test_what_was_taken_back_meanwhile_is_not_done(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.goes()
    before = len(elsewhere.told())
    for command in ("v-suspend-user", "v-unsuspend-user"):
        assert call(town, command, "alice") == (0, "")
    elsewhere.comes()
    assert [line for line in elsewhere.told()[before:] if "LOCK" in line or "NOLOGIN" in line] == []


def test_a_deleted_account_leaves_nothing_there(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.goes()
    assert call(town, "v-delete-user", "alice") == (0, "")
    assert elsewhere.has() == ["database alice_shop", "login alice_shop"]
    elsewhere.comes()
    # What it has is closed by now, and dropped after that.
    elsewhere.comes()
    assert elsewhere.has() == []


def test_it_is_still_to_be_done_after_a_restart(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.goes()
    assert call(town, "v-delete-database", "alice", "alice_shop") == (0, "")
    assert left(town) == 2
    with copied(town.directory.parent) as again:
        until(lambda: left(again) == 0)


def test_it_is_done_also_when_the_server_is_in_use_again_before_it_answers(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.goes()
    assert call(town, "v-delete-database", "alice", "alice_shop") == (0, "")
    elsewhere.mark("unsuspend")
    # Until then its name is not free, and the server is not forgotten.
    host = ("v-delete-database-host", elsewhere.type, HOST)
    assert call(town, *host) == (7, f"Error: host {HOST} is used\n")
    elsewhere.down = False
    again = ("v-add-database", "alice", "shop", "shop", "DbPass12345", elsewhere.type, HOST)
    assert call(town, *again)[0] == 4
    elsewhere.comes()
    assert call(town, *again) == (0, "")


def test_a_dead_server_is_forgotten_with_all_that_was_to_be_done_there(town: Engine, elsewhere: Elsewhere) -> None:
    host = (elsewhere.type, HOST)
    elsewhere.down = True
    elsewhere.mark("suspend")
    assert call(town, "v-delete-database-host", *host)[0] == 7
    assert call(town, "v-delete-user", "alice") == (0, "")
    assert call(town, "v-delete-database-host", *host) == (0, "")
    assert left(town) == 0
    elsewhere.down = False
    before = len(elsewhere.told())
    assert call(town, "v-add-database-host", *host, "keeper", "secret") == (0, "")
    elsewhere.comes()
    assert [line for line in elsewhere.told()[before:] if "DROP" in line or "alice" in line] == []


def test_what_waited_for_being_dropped_is_forgotten_too(
    town: Engine, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hangs:
        def drop(self, server: str, _thing: str, _statements: Iterable[Statement]) -> None:
            raise NoConnection(f"{server} can't be reached")

    monkeypatch.setattr(elsewhere, "_drop", Hangs().drop)
    monkeypatch.setattr("tholos.resources.database.servers.DROPS", "0")
    assert call(town, "v-delete-database", "alice", "alice_shop") == (0, "")
    elsewhere.goes()
    assert call(town, "v-delete-database-host", elsewhere.type, HOST) == (0, "")
    assert not town.applier.host.retired.awaits(elsewhere.server, 0)
    with town.store.reading() as connection:
        assert connection.execute(select(sql_purges)).all() == []


def test_nothing_new_is_promised_at_one_that_is_down(town: Engine, elsewhere: Elsewhere) -> None:
    elsewhere.goes()
    before = snapshot(town)
    temporary = ("v-add-database-temp-user", "alice", "alice_shop", elsewhere.type)
    assert call(town, *temporary)[0] == (15 if elsewhere.type == "mysql" else 2)
    assert call(town, "v-change-database-user", "alice", "alice_shop", "other")[0] == 15
    assert call(town, "v-change-database-owner", "alice_shop", "alice")[0] != 0
    assert snapshot(town) == before


def test_a_dry_run_says_what_is_put_off(town: Engine) -> None:
    key = ("mysql", HOST, "alice_shop")
    plan = Plan((Postpone(f"mysql/{HOST}", "database_login", key), Forsake("mysql/other.example.org")))
    shown = planned(plan, town.applier.host, whole=True)
    assert [(each.server, "alice_shop" in each.text) for each in shown.statements] == [(f"mysql/{HOST}", True)]
    assert (shown.files, shown.commands) == ([], [])
