"""What the driver of peers leaves of servers whose zones were copied: nothing of those that are gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import call

from tholos.apply.host import Host
from tholos.bootstrap import Engine
from tholos.kernel.errors import ServiceFailed

pytestmark = pytest.mark.thorough
GONE, KEPT = "0123456789ab", "ba9876543210"
KEY = ".01234567:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OF_GONE = (
    f"{GONE}.catalog.invalid.db",
    f"{GONE}.catalog.invalid.db.jnl",
    f"__catz___default_{GONE}.catalog.invalid_a.test.db",
    f"__catz___default_{GONE}.catalog.invalid_a.test.db.jnl",
)
OF_KEPT = (
    "alice.test.db",
    "db-1234",
    f"x{GONE}.catalog.invalid.db",
    f"{KEPT}.catalog.invalid.db",
    f"__catz___default_{KEPT}.catalog.invalid_{GONE}.catalog.invalid_a.test.db",
)
OF_EITHER = f"__catz__{'6c' * 32}.db"
"""What named calls a zone with a long name: whose it is cannot be told."""


@pytest.fixture
def copies(town: Engine) -> Path:
    """The directory of what named has copied from two primaries."""
    assert call(town, "v-change-sys-config-value", "DNS_SYSTEM", "bind9") == (0, "")
    for address, node in (("198.51.100.7", GONE), ("198.51.100.8", KEPT)):
        assert call(town, "v-add-dns-primary", address, f"{node}{KEY}") == (0, "")
    directory: Path = town.applier.host.root / "var/lib/bind/copies"
    for name in (*OF_GONE, *OF_KEPT, OF_EITHER):
        (directory / name).write_text("zone")
    return directory


def left(copies: Path) -> set[str]:
    """The names in the directory but those that wait for their purge."""
    return {path.name for path in copies.iterdir() if not path.name.startswith(".tholos-")}


def test_what_a_primary_has_brought_goes_with_it(town: Engine, copies: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("kept")
    (copies / OF_GONE[0]).unlink()
    (copies / OF_GONE[0]).symlink_to(target)
    assert call(town, "v-delete-dns-primary", "198.51.100.7") == (0, "")
    assert left(copies) == {*OF_KEPT, OF_EITHER}
    assert target.read_text() == "kept"
    assert call(town, "v-delete-dns-primary", "198.51.100.8") == (0, "")
    assert left(copies) == set(OF_KEPT[:3])


def test_it_stays_when_the_call_fails(town: Engine, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ServiceFailed("named-checkconf does not like it")

    monkeypatch.setattr(Host, "_check", refuse)
    assert call(town, "v-delete-dns-primary", "198.51.100.7")[0] == 20
    assert left(copies) == {*OF_GONE, *OF_KEPT, OF_EITHER}
