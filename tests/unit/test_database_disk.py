"""What databases take is asked for outside of the writer, and counts towards their account."""

from __future__ import annotations

import json
import threading

import pytest
from tests.conftest import call

from tholos.apply.host import Host
from tholos.apply.machine import READINGS
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.errors import NoConnection
from tholos.kernel.tx import State
from tholos.resources.database.disk import keep_sizes, measure_databases

MEGABYTE = 1024 * 1024


@pytest.fixture
def shops(town: Engine) -> Engine:
    """Two databases of alice."""
    for line in (
        "v-change-sys-config-value DB_SYSTEM mysql",
        "v-add-database-host mysql localhost root socket",
        "v-add-database alice shop shop DbPass12345",
        "v-add-database alice blog blog DbPass12345",
    ):
        assert call(town, *line.split()) == (0, "")
    return town


def disk(engine: Engine) -> dict[str, str]:
    """What the lists say, database by database, and of the account."""
    shown = json.loads(call(engine, "v-list-databases", "alice", "json")[1])
    account = json.loads(call(engine, "v-list-user", "alice", "json")[1])["alice"]
    return {name: found["U_DISK"] for name, found in shown.items()} | {"alice": account["U_DISK_DB"]}


def test_measuring_one_and_all(shops: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"alice_shop": 3 * MEGABYTE + 10, "alice_blog": 10 * MEGABYTE - 10}
    monkeypatch.setitem(READINGS, "database size", lambda _host, _server, name: sizes[name])
    assert call(shops, "v-update-database-disk", "alice", "alice_shop") == (0, "")
    assert disk(shops) == {"alice_shop": "4", "alice_blog": "0", "alice": "4"}
    assert call(shops, "v-update-databases-disk", "alice") == (0, "")
    assert disk(shops) == {"alice_shop": "4", "alice_blog": "10", "alice": "13"}


def test_many_small_ones_are_rounded_up_together(shops: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READINGS, "database size", lambda _host, _server, _name: MEGABYTE // 2 - 10)
    assert call(shops, "v-add-database", "alice", "wiki", "wiki", "DbPass12345") == (0, "")
    assert call(shops, "v-update-databases-disk", "alice") == (0, "")
    assert disk(shops) == {"alice_shop": "1", "alice_blog": "1", "alice_wiki": "1", "alice": "2"}


def test_a_slow_server_does_not_hold_the_writer(shops: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(_host: Host, _server: str, _name: str) -> int:
        asked.set()
        assert answer.wait(60)
        return 5 * MEGABYTE

    monkeypatch.setitem(READINGS, "database size", slow)
    thread = threading.Thread(target=call, args=(shops, "v-update-database-disk", "alice", "alice_shop"))
    thread.start()
    assert asked.wait(60)
    assert call(shops, "v-delete-database", "alice", "alice_blog") == (0, "")
    answer.set()
    thread.join(60)
    assert disk(shops) == {"alice_shop": "5", "alice": "5"}


def test_a_server_that_is_down_is_exit_code_15_and_keeps_the_figures(
    shops: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READINGS, "database size", lambda _host, _server, _name: 7 * MEGABYTE)
    assert call(shops, "v-update-databases-disk", "alice") == (0, "")

    def down(_host: Host, server: str, _name: str) -> int:
        raise NoConnection(f"{server} can't be reached")

    monkeypatch.setitem(READINGS, "database size", down)
    said = (15, "Error: mysql/localhost can't be reached\n")
    assert call(shops, "v-update-databases-disk", "alice") == said
    assert call(shops, "v-update-database-disk", "alice", "alice_shop") == said
    # What is wrong with the call itself is still said first.
    assert call(shops, "v-update-database-disk", "alice", "alice_nosuch")[0] == 3
    assert disk(shops) == {"alice_shop": "7", "alice_blog": "7", "alice": "14"}


def test_a_background_measure_reads_a_snapshot_and_writes_what_is_still_there(
    shops: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READINGS, "database size", lambda _host, _server, _name: MEGABYTE)
    context = shops.dispatcher.context(ROOT, "127.0.0.1")
    with shops.store.reading() as connection:
        sizes = measure_databases(State(connection, context), "alice")
    assert call(shops, "v-delete-database", "alice", "alice_blog") == (0, "")
    shops.writer.submit(Work(lambda tx: keep_sizes(tx, sizes), context)).result()
    assert disk(shops) == {"alice_shop": "1", "alice": "1"}
