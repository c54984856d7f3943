"""Accounts get numbers that nothing else on the machine has, each once, and names that no package's user has."""

from __future__ import annotations

import grp

import pytest
from sqlalchemy import select, update
from tests.conftest import call

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import Tx
from tholos.resources.user import numbers
from tholos.resources.user.model import accounts, uid_of
from tholos.resources.user.types import NewAccountName


def _give_up_to(engine: Engine, uid: int) -> None:
    def write(tx: Tx) -> None:
        tx.execute(update(numbers.SEQUENCE).where(numbers.SEQUENCE.c.name == "accounts").values(seq=uid - uid_of(0)))

    engine.writer.submit(Work(write, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()


def _add(engine: Engine, name: str) -> int:
    assert call(engine, "v-add-user", name, "DavePass1", f"{name}@example.org") == (0, "")
    with engine.store.reading() as connection:
        return uid_of(connection.execute(select(accounts.c.id).where(accounts.c.name == name)).scalar_one())


def test_the_numbers_of_systemd_and_of_nobody_are_left_out(engine: Engine) -> None:
    _give_up_to(engine, 59_998)
    assert [_add(engine, name) for name in ("ann", "ben", "cat")] == [59_999, 65_536, 65_537]
    assert call(engine, "v-delete-user", "cat")[0] == 0
    assert _add(engine, "dan") == 65_538


def test_an_account_that_has_such_a_number_keeps_it(engine: Engine) -> None:
    before = _add(engine, "old")
    _give_up_to(engine, 61_000)
    assert _add(engine, "new") == 65_536
    with engine.store.reading() as connection:
        kept = connection.execute(select(accounts.c.id).where(accounts.c.name == "old")).scalar_one()
    assert uid_of(kept) == before


def test_the_numbers_end(engine: Engine) -> None:
    _give_up_to(engine, 99_998)
    assert _add(engine, "ann") == 99_999
    code, text = call(engine, "v-add-user", "ben", "DavePass1", "ben@example.org")
    assert (code, text) == (8, "Error: user number limit is reached :: all up to 99999 have been given\n")


RESERVED = """
    postgres Postgres bind named mysql Debian-exim exim dovecot dovenull proftpd vsftpd clamav debian-spamd nginx redis
    tholos tholos-edge systemd-network docker postfix
"""


@pytest.mark.parametrize("name", RESERVED.split())
def test_the_user_of_a_package_is_nobodys(name: str) -> None:
    with pytest.raises(Invalid):
        NewAccountName.parse(name, "user")


@pytest.mark.parametrize("name", ["admin", "alice", "tholo", "binder", "exima", "redis2"])
def test_other_names_are_free(name: str) -> None:
    assert NewAccountName.parse(name, "user") == name


def test_the_group_of_a_package_is_nobodys(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(name: str) -> grp.struct_group:
        return grp.struct_group((name, "x", 999, []))

    monkeypatch.setattr(grp, "getgrnam", found)
    code, text = call(engine, "v-add-user", "printers", "DavePass1", "printers@example.org")
    assert (code, text) == (4, "Error: user printers exists\n")
