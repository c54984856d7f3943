"""What an account's own connections hold on PostgreSQL keeps nobody waiting in the writer."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import psycopg
import pytest
from tests.conftest import call

from tholos.apply.sql.pgsql import PgsqlConnection
from tholos.apply.sql.place import LONG, SOON, Place
from tholos.bootstrap import Engine


@pytest.mark.parametrize("line", ["v-suspend-user alice", "v-delete-database alice alice_geo"])
def test_a_role_is_disconnected_before_it_is_locked_and_after(town: Engine, line: str) -> None:
    """It may hold a lock on itself: then it could not be locked out."""
    for before in (
        "v-change-sys-config-value DB_SYSTEM pgsql",
        "v-add-database-host pgsql localhost postgres socket",
        "v-add-database alice geo geo DbPass12345 pgsql",
    ):
        assert call(town, *before.split()) == (0, "")
    log = town.applier.host.root / "commands.log"
    told = len(log.read_text().splitlines())
    assert call(town, *line.split()) == (0, "")
    said = [line.split(" ", 2)[2] for line in log.read_text().splitlines()[told:] if line.startswith("sql pgsql")]
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
    at = said.index('ALTER ROLE "alice_geo" NOLOGIN')
    assert [said[at - 1], said[at + 1]] == [
        f"{ended}{which}usename = %s" for which in ("xact_start IS NOT NULL AND ", "")
    ]


def test_locks_are_waited_for_briefly_where_everybody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = socket.socketpair()
    options: list[str] = []
    told: list[str] = []

    def execute(text: str, _values: tuple[str, ...] = ()) -> SimpleNamespace:
        told.append(text)
        return SimpleNamespace(description=None)

    def connect(**more: str) -> SimpleNamespace:
        options.append(more["options"])
        return SimpleNamespace(fileno=here.fileno, execute=execute)

    monkeypatch.setattr(psycopg, "connect", connect)
    with here, there:
        connection = PgsqlConnection(Place("pgsql", "db.test", 5432, "postgres"), "")
        for text, seconds in (("REASSIGN", SOON), ("DROP", LONG), ("DROP", LONG), ("ALTER", SOON)):
            connection.rows(text, (), seconds)
    assert "-c lock_timeout=500ms" in options[0]
    patiently, briefly = "SET lock_timeout = '5s'", "SET lock_timeout = '500ms'"
    assert told == ["REASSIGN", patiently, "DROP", "DROP", briefly, "ALTER"]
