"""Serials of zones never go back, and a zone that is made anew is another one in a catalog."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from tests.conftest import call
from tests.unit.upstream_master import ACCOUNT, Master, change, one, rpc
from tests.unit.upstream_master import ZONE as SENT

from tholos.apply.named.catalog import label
from tholos.apply.named.rehearsed import RehearsedNamed
from tholos.apply.named.zones import is_behind
from tholos.apply.steps import Member
from tholos.bootstrap import Engine
from tholos.drivers.bind.catalog import text
from tholos.resources.dns import past
from tholos.resources.dns.model import dns_past
from tholos.resources.dns.serial import FIRST, SIGNER, after_signer, first_after, following
from tholos.resources.dns.zone import EXPIRE
from tholos.resources.peer.want import CatalogWant

__all__ = ["one", "rpc"]

ZONE = "again.test"
SERIALS = st.integers(0, 2**32 - 1)


def good(engine: Engine, *words: str) -> str:
    """Call a command that must succeed; give what it prints."""
    code, text = call(engine, *words)
    assert code == 0, (words, text)
    return text


def serial(engine: Engine, account: str = "alice") -> int:
    return int(good(engine, "v-list-dns-domain", account, ZONE, "plain").split("\t")[6])


def add(engine: Engine, account: str = "alice", *, signed: bool = False) -> int:
    """Add the zone; give its serial."""
    good(engine, "v-add-dns-domain", account, ZONE, "198.18.0.1", *[""] * 9, "yes" if signed else "no")
    return serial(engine, account)


def test_a_zone_that_is_added_again_goes_on_where_the_deleted_one_ended(town: Engine) -> None:
    assert add(town) == FIRST
    for last in range(3):
        good(town, "v-add-dns-record", "alice", ZONE, f"a{last}", "A", "192.0.2.1")
    for number in range(1, 4):
        good(town, "v-delete-dns-domain", "alice", ZONE)
        assert add(town) == FIRST + 3 + number


def test_whoever_has_the_name_next_goes_on_too(town: Engine) -> None:
    add(town)
    good(town, "v-delete-user", "alice")
    good(town, "v-add-user", "carol", "CarolPass123", "carol@example.org")
    assert add(town, "carol") == FIRST + 1


def test_a_refused_deletion_is_not_remembered(town: Engine) -> None:
    add(town)
    assert call(town, "v-delete-dns-domain", "alice", "other.test")[0] != 0
    assert serial(town) == FIRST


def test_the_serials_of_the_signing_server_are_passed(town: Engine) -> None:
    add(town, signed=True)
    good(town, "v-delete-dns-domain", "alice", ZONE)
    assert add(town, signed=True) == FIRST + SIGNER + 1
    good(town, "v-change-dns-domain-dnssec", "alice", ZONE, "no")
    assert serial(town) == FIRST + 2 * SIGNER + 2
    good(town, "v-change-dns-domain-dnssec", "alice", ZONE, "no")
    assert serial(town) == FIRST + 2 * SIGNER + 3
    good(town, "v-change-dns-domain-dnssec", "alice", ZONE, "yes")
    assert serial(town) == FIRST + 2 * SIGNER + 4


@given(SERIALS)
def test_the_first_serial_is_behind_none_that_was_there_before(last: int) -> None:
    begun = first_after(last)
    assert 0 < begun < 2**32
    assert begun in (following(last), FIRST)
    assert is_behind(last, begun)


@pytest.mark.parametrize(
    ("last", "begun"),
    [(None, FIRST), (FIRST, FIRST + 1), (2**32 - 1, 1), (7, 8), (2_026_010_101, FIRST), (1_500_000_000, FIRST)],
)
def test_a_new_zone_begins(last: int | None, begun: int) -> None:
    assert first_after(last) == begun


@given(SERIALS)
def test_what_a_signer_may_have_counted_is_before(last: int) -> None:
    ahead = after_signer(last)
    assert 0 < ahead < 2**32
    assert is_behind((last + SIGNER - 1) % 2**32, ahead)


def test_a_zone_is_another_one_in_the_catalog_when_it_is_made_anew(town: Engine) -> None:
    good(town, "v-add-dns-secondary", "192.0.2.53", "json")
    catalog = (town.applier.host.read("/var/lib/bind/catalog/name") or b"").decode().strip()
    seen = []
    for _ in range(3):
        add(town)
        seen.append(town.applier.host.named.life_in(catalog, ZONE))
        good(town, "v-suspend-dns-domain", "alice", ZONE)
        assert town.applier.host.named.life_in(catalog, ZONE) is None
        good(town, "v-unsuspend-dns-domain", "alice", ZONE)
        assert town.applier.host.named.life_in(catalog, ZONE) == seen[-1]
        good(town, "v-delete-dns-domain", "alice", ZONE)
        assert town.applier.host.named.life_in(catalog, ZONE) is None
    assert seen == [0, 1, 0]


def test_a_catalog_that_is_made_later_has_the_same_names(town: Engine) -> None:
    add(town)
    good(town, "v-delete-dns-domain", "alice", ZONE)
    add(town)
    good(town, "v-add-dns-secondary", "192.0.2.53", "json")
    (made,) = (town.applier.host.root / "var/lib/bind/catalog").glob("*.db")
    assert f"{label(ZONE, 1)}.zones IN PTR {ZONE}.\n" in made.read_text()


def test_a_member_has_one_name_of_two() -> None:
    made = text(CatalogWant("0123456789ab", 1, (("a.test", 0), ("b.test", 1)))).decode()
    assert f"{label('a.test', 0)}.zones IN PTR a.test.\n{label('b.test', 1)}.zones IN PTR b.test.\n" in made
    assert len({label(zone, life) for zone in ("a.test", "b.test") for life in (0, 1)}) == 4


def test_the_other_name_is_put_back(town: Engine) -> None:
    host = town.applier.host
    host.do(Member("c.invalid", ZONE, present=True, life=1), "batch")
    assert not host.is_done(Member("c.invalid", ZONE, present=True, life=0))
    (back,) = host.undo_of(Member("c.invalid", ZONE, present=False), "batch")
    host.do(Member("c.invalid", ZONE, present=False), "batch")
    host.undo(back)
    assert host.named.life_in("c.invalid", ZONE) == 1


def test_a_rehearsal_forgets_what_is_no_member(tmp_path: Path) -> None:
    said: list[tuple[str, ...]] = []
    named = RehearsedNamed(tmp_path / "named", said.append)
    for life in (None, 0, 0, 1, None):
        named.enter("c.invalid", ZONE, life)
        assert named.life_in("c.invalid", ZONE) == life
    assert [words[-1] for words in said] == ["yes", "yes", "no"]


def remembered(engine: Engine) -> set[str]:
    """The names of zones of which the last serial is known."""
    with engine.store.reading() as connection:
        return {row.zone for row in connection.execute(select(dns_past))}


def some(engine: Engine, *names: str) -> None:
    """Have zones, and have them no more."""
    for command in ("v-add-dns-domain", "v-delete-dns-domain"):
        for name in names:
            good(engine, command, "alice", name, *(["198.18.0.1"] if "add" in command else []))


def test_names_are_forgotten_long_after_the_last_copy_was_given_up(town: Engine) -> None:
    assert timedelta(seconds=EXPIRE) * 2 < past.KEPT_FOR < timedelta(days=365)
    some(town, ZONE, "old.test", "new.test", "living.test")
    add(town)
    good(town, "v-add-dns-domain", "alice", "living.test", "198.18.0.1")
    names = {"old.test", ZONE}
    long_ago = update(dns_past).where(dns_past.c.zone.in_(names), dns_past.c.deleted.is_not(None))
    change(town, lambda tx: tx.execute(long_ago.values(deleted=tx.context.now - past.KEPT_FOR - timedelta(days=1))))
    some(town, "last.test")
    assert remembered(town) == {ZONE, "new.test", "living.test", "last.test"}
    good(town, "v-delete-dns-domain", "alice", ZONE)
    assert ZONE in remembered(town)
    assert add(town) == FIRST + 2


def test_an_account_has_so_many_names_remembered(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "MOST", 5)
    good(town, "v-add-dns-domain", "admin", "admins.test", "198.18.0.1")
    good(town, "v-delete-dns-domain", "admin", "admins.test")
    add(town)
    good(town, "v-delete-dns-domain", "alice", ZONE)
    add(town)
    for number in range(12):
        some(town, f"n{number}.test")
        assert len(remembered(town)) <= 2 + 6
    assert {"admins.test", ZONE, "n11.test"} <= remembered(town), "what others have, what there is, what was last"


def test_a_zone_that_another_server_sends_keeps_what_is_remembered(one: Master) -> None:
    run = one.rpc.run
    assert run("v-add-dns-domain", ACCOUNT, SENT, "198.18.0.1") == (0, "")
    assert run("v-delete-dns-domain", ACCOUNT, SENT) == (0, "")
    one.add()
    with one.rpc.engine.store.reading() as connection:
        row = connection.execute(select(dns_past).where(dns_past.c.zone == SENT)).one()
    assert (row.deleted, row.deletions) == (None, 1)
