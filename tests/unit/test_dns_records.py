"""Single records: when they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.conftest import ADDRESS, call, copied
from tests.unit.upstream_master import change

from tholos.bootstrap import Engine
from tholos.resources.dns.model import dns_records

ZONE = "alice.test"
BEFORE = ["10:11:12", "2020-01-02"]


@pytest.fixture
def node(peopled: Path) -> Iterator[Engine]:
    """A node with a zone, all of which was written a while ago."""
    with copied(peopled) as engine:
        for words in (
            ("v-change-sys-config-value", "DNS_SYSTEM", "bind9"),
            ("v-add-dns-domain", "alice", ZONE, ADDRESS),
        ):
            assert call(engine, *words) == (0, "")
        written = update(dns_records).values(created=datetime(2020, 1, 2, 10, 11, 12))
        change(engine, lambda tx: tx.execute(written))
        yield engine


def written(node: Engine, number: str) -> list[str]:
    """TIME and DATE of a record."""
    shown = json.loads(call(node, "v-list-dns-records", "alice", ZONE, "json")[1])[number]
    return [shown["TIME"], shown["DATE"]]


def test_a_record_that_is_changed_has_the_time_of_the_change(node: Engine) -> None:
    assert call(node, "v-change-dns-record", "alice", ZONE, "12", "mail", "A", "192.0.2.9") == (0, "")
    assert written(node, "12") != BEFORE
    assert written(node, "9") == BEFORE


@pytest.mark.parametrize("command", ["v-suspend-dns-record", "v-unsuspend-dns-record", "v-change-dns-record-id"])
def test_a_record_that_says_the_same_keeps_its_time(node: Engine, command: str) -> None:
    number = "40" if command == "v-change-dns-record-id" else "12"
    assert call(node, command, "alice", ZONE, "12", *([number] if number != "12" else [])) == (0, "")
    assert written(node, number) == BEFORE
