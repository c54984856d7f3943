"""What a master has sent and is not yet served: what it costs, how much it may be, and how long it stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine as Database
from tests.unit.upstream_master import (
    ACCOUNT,
    SOURCE,
    ZONE,
    Master,
    change,
    line,
    one,
    record,
    records,
    rpc,
    sends,
)
from tests.unit.upstream_slave import NEEDED

from tholos.kernel import due
from tholos.resources.cluster import received, room
from tholos.resources.cluster.adopt import adopt
from tholos.resources.cluster.prepared import read
from tholos.resources.dns import zone as zones

__all__ = ["one", "rpc"]

pytestmark = [NEEDED, pytest.mark.thorough]
REFUSED = 8


def adds(one: Master, number: int, value: str = "", name: str = ZONE) -> int:
    """What the slave says to one more record."""
    said = record(number, f"h{number}", "TXT", f'"{value or number}"')
    return one.call("v-insert-dns-record", ACCOUNT, name, said, "no")


@contextmanager
def written() -> Iterator[list[int]]:
    """How many characters each statement is given meanwhile."""
    sizes: list[int] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        if not statement.startswith("INSERT INTO audit"):
            sizes.append(len(str(parameters)))

    event.listen(Database, "before_cursor_execute", note)
    try:
        yield sizes
    finally:
        event.remove(Database, "before_cursor_execute", note)


def test_a_record_costs_the_same_however_many_came_before(one: Master) -> None:
    assert one.send(ZONE, records(), "yes") == [0, 0, 0]
    with written() as few:
        assert adds(one, 10, "x" * 200) == 0
    for number in range(11, 60):
        assert adds(one, number, "x" * 200) == 0
    with written() as many:
        assert adds(one, 60, "x" * 200) == 0
    assert abs(sum(many) - sum(few)) < 100
    assert one.rebuild() == 0
    assert set(one.listed()) == {str(number) for number in (1, 2, 3, *range(10, 61))}


def test_no_more_waits_for_a_zone_than_there_is_room_for(one: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ZONE_ROOM", 2000)
    assert sends(one, "other.test", SOURCE) == 0
    assert one.send(ZONE, records(), "yes") == [0, 0, 0]
    assert adds(one, 9, "x" * 200) == 0
    assert [adds(one, number, "x" * 200) for number in range(10, 30)][-1] == REFUSED
    code, text = one.rpc.run("v-insert-dns-record", ACCOUNT, ZONE, record(98, "more", "TXT", '"' + "x" * 900 + '"'))
    assert (code, "v-rebuild-dns-domain" in text) == (REFUSED, True)
    assert adds(one, 9, "x" * 200, "other.test") == 0, "it is another zone's room"
    # What the zone's file replaces counts no more, and nothing does once it is served.
    assert one.send(ZONE, records(), "yes") == [0, 0, 0]
    assert adds(one, 9, "x" * 200) == 0
    assert one.rebuild() == 0
    assert sends(one, ZONE, SOURCE) == 0
    assert adds(one, 10, "x" * 200) == 0


def test_no_more_waits_for_an_account_than_there_is_room_for(one: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ACCOUNT_ROOM", 6000)
    names = [f"zone{number}.test" for number in range(20)]
    codes = [code for name in names for code in one.send(name, records(), "yes")]
    assert set(codes) == {0, REFUSED, 3}, "records of a zone that was not taken are none"
    code, text = one.rpc.run("v-insert-dns-domain", ACCOUNT, line("last.test"), SOURCE)
    assert (code, "v-rebuild-dns-domains" in text) == (REFUSED, True)
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert one.served(names[0])
    # What was served takes no room, however much comes in the course of time.
    for _ in range(20):
        one.add(names[0])
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    one.add(names[1])


def test_records_that_were_sent_first_go_with_their_zone(one: Master) -> None:
    assert one.send(ZONE, records(), "yes") == [0, 0, 0]
    assert adds(one, 9) == 0
    assert one.call("v-delete-dns-domain", ACCOUNT, ZONE, "yes") == 0
    one.add()
    assert set(one.listed()) == {"1", "2", "3"}
    assert adds(one, 9) == 3
    assert sends(one, ZONE, SOURCE) == 0
    assert adds(one, 9) == 0
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    one.add()
    assert set(one.listed()) == {"1", "2", "3"}
    # A master that sends all of them anew begins with none.
    assert sends(one, ZONE, SOURCE) == 0
    assert adds(one, 9) == 0
    assert sends(one, ZONE, SOURCE, "records") == 0
    for number, said in enumerate(records().split("\n")):
        assert one.call("v-insert-dns-record", ACCOUNT, ZONE, said, "no") == 0, number
    assert one.rebuild() == 0
    assert set(one.listed()) == {"1", "2", "3"}


def test_a_zone_whose_records_are_on_their_way_is_left_alone_by_a_rebuild_of_all(one: Master) -> None:
    one.add("half.test")
    one.add("told.test")
    assert one.call("v-insert-dns-domain", ACCOUNT, line("half.test", SERIAL="3000000009"), SOURCE, " ", "no") == 0
    asked = line("told.test", SLAVE="yes", MASTER="198.51.100.9")
    assert one.call("v-insert-dns-domain", ACCOUNT, asked, SOURCE, "yes", "no") == 0
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert "3000000009" not in one.served("half.test")
    assert "type secondary" in one.rpc.engine.applier.host.named.configuration("told.test"), "it has no records"
    assert one.put("half.test", records(record(9, "new", "A", "192.0.2.99"))) == 0
    assert one.call("v-insert-dns-records", ACCOUNT, "half.test", "/tmp/vst-sync.half.test", "no") == 0
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert "3000000009" in one.served("half.test") and "192.0.2.99" in one.served("half.test")
    # A line alone is served when it is this zone that is rebuilt.
    assert one.call("v-insert-dns-domain", ACCOUNT, line("half.test", SERIAL="3000000010"), SOURCE, "yes", "no") == 0
    assert one.rebuild("half.test") == 0
    assert "3000000010" in one.served("half.test")


def test_what_was_dropped_goes_in_the_end_while_its_master_is_busy(
    one: Master, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        at = time.time()

        def time(self) -> float:
            return self.at

    clock = Clock()
    monkeypatch.setattr(due, "time", clock)
    one.add("gone.test")
    one.add("busy.test")
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    engine = one.rpc.engine
    began = clock.at

    def ends() -> float:
        with engine.store.reading() as connection:
            return float(connection.exec_driver_sql("SELECT at FROM due_calls").scalar_one()) - began

    seen = []
    for _ in range(30):
        clock.at += 14 * 60
        one.add("busy.test")
        seen.append(ends())
    assert seen[0] > 28 * 60
    assert seen[-1] <= 6 * 3600
    assert one.served("gone.test")
    one.rpc.run("v-delete-dns-domains-dropped", ACCOUNT, SOURCE)
    assert (one.served("gone.test"), bool(one.served("busy.test"))) == ("", True)


def test_records_are_read_and_printed_before_the_writers_turn(one: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[str] = []

    def noting(module: ModuleType, name: str) -> None:
        work = getattr(module, name)

        def noted(*given: object, **named: object) -> object:
            if threading.current_thread().name == "writer":
                inside.append(name)
            return work(*given, **named)

        monkeypatch.setattr(module, name, noted)

    noting(received, "read_record")
    noting(zones, "owner")
    bad = [record(number, f"bad{number}", "CNAME", "x.test.") for number in range(20, 30)]
    bad += [record(number + 10, f"bad{number}", "A", "192.0.2.1") for number in range(20, 30)]
    for rebuild in ("v-rebuild-dns-domain", "v-rebuild-dns-domains"):
        assert one.send(ZONE, records(*bad), "yes") == [0, 0, 0]
        inside.clear()
        assert one.call(rebuild, ACCOUNT, *([ZONE] if rebuild.endswith("domain") else []), "yes", "no") == 0
        assert inside == []
        assert one.served().count("192.0.2.1\n") >= 10
        assert one.call("v-delete-dns-domain", ACCOUNT, ZONE, "yes") == 0


def test_records_that_came_since_they_were_read_count(one: Master) -> None:
    assert one.send(ZONE, records(record(7, "seven", "A", "192.0.2.7")), "yes") == [0, 0, 0]
    stale = {ZONE: read([records()])}
    change(one.rpc.engine, lambda tx: adopt(tx, ACCOUNT, ZONE, stale))
    assert "7" in one.listed()
