"""Which of several faults of a call is told: the one that the facts' checks come to first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ADDRESS, call, copied

from tholos.bootstrap import Engine

SITE, ZONE = ("alice", "alice.test"), ("alice", "zone.test")


@pytest.fixture(scope="module")
def ready(peopled: Path) -> Iterator[Engine]:
    """A node with a zone, and where bob is suspended; what is refused changes nothing of it."""
    with copied(peopled) as engine:
        for words in (
            ("v-change-sys-config-value", "DB_SYSTEM", "mysql"),
            ("v-add-dns-domain", *ZONE, ADDRESS),
            ("v-suspend-user", "bob"),
        ):
            assert call(engine, *words)[0] in (0, 5), words
        yield engine


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("v-add-access-key", "nobody", "a;b"), 3),
        (("v-add-access-key", "alice", "a;b"), 2),
        (("v-add-cron-job", "nobody", *"11111", "true", "bad"), 3),
        (("v-add-cron-job", "bob", *"11111", "true", "bad"), 5),
        (("v-add-cron-job", "alice", *"11111", "true", "bad"), 2),
        (("v-add-database", "alice", "n", "u", "pw", "mysql", "a"), 3),
        (("v-add-database", "alice", "n", "u", "pw", "mysql", "a;b"), 3),
        (("v-add-dns-domain", "nobody", "n.test", ADDRESS, "bad!"), 3),
        (("v-add-dns-domain", *ZONE, ADDRESS, "bad!"), 4),
        (("v-add-dns-domain", *ZONE, ADDRESS, *[""] * 9, "maybe"), 4),
        (("v-add-dns-domain", "alice", "sub.zone.test", ADDRESS, "bad!"), 2),
        (("v-add-dns-domain", "admin", "sub.zone.test", ADDRESS, "bad!"), 4),
        (("v-add-dns-domain", "alice", "n.test", ADDRESS, "bad!"), 2),
        (("v-add-dns-domain", "alice", "n.test", ADDRESS, *[""] * 9, "maybe"), 2),
        (("v-add-dns-record", "nobody", "zone.test", "w", "A", "1.2.3.4", "", "0", "", "bad"), 3),
        (("v-add-dns-record", "bob", "zone.test", "w", "A", "1.2.3.4", "", "0"), 5),
        (("v-add-dns-record", "alice", "none.test", "w", "A", "1.2.3.4", "", "0"), 3),
        (("v-add-dns-record", "nobody", "zone.test", "w", "A", "1.2.3"), 2),
        (("v-add-dns-record", *ZONE, "w", "A", "1.2.3.4", "", "0"), 2),
        (("v-add-dns-record", *ZONE, "w", "A", "1.2.3.4", "", "90", "", "bad"), 2),
        (("v-add-sys-ip", ADDRESS, "255.255.255.0", "eth0", "alice", "shared", "a;b"), 4),
        (("v-add-sys-ip", "198.18.0.9", "255.255.255.0", "eth0", "nobody", "shared", "a;b"), 3),
        (("v-add-sys-ip", "198.18.0.9", "255.255.255.0", "eth0", "alice", "shared", "", "1.2.3"), 2),
        (("v-add-user", "alice", "", "a@example.org"), 4),
        (("v-add-user", "new", "", "a@example.org"), 2),
        (("v-add-user-notification", "nobody", "t", "n", "a b;"), 3),
        (("v-add-user-notification", "alice", "t", "n", "a b;"), 2),
        (("v-add-web-domain-httpauth", "nobody", "alice.test", "a b", "pw"), 3),
        (("v-add-web-domain-httpauth", "alice", "none.test", "a b", "pw"), 3),
        (("v-add-web-domain-httpauth", *SITE, "a b", "pw"), 2),
        (("v-change-dns-domain-dnssec", "alice", "none.test", "maybe"), 3),
        (("v-change-dns-domain-dnssec", *ZONE, "maybe"), 2),
        (("v-change-dns-record", "nobody", "none.test", "1", "www", "BAD", "1.2.3.4"), 3),
        (("v-change-dns-record", "alice", "none.test", "1", "www", "A", "bad value"), 3),
        (("v-change-dns-record", *ZONE, "999", "www", "A", "1.2.3.4", "", "", "bad"), 3),
        (("v-change-dns-record", *ZONE, "1", "www", "BAD", "1.2.3.4"), 2),
        (("v-change-dns-record", *ZONE, "1", "www", "A", "1.2.3.4", "", "", "bad"), 2),
        (("v-change-web-domain-httpauth", "alice", "none.test", "a;b", "pw"), 3),
        (("v-change-web-domain-httpauth", *SITE, "a;b", "pw"), 2),
        (("v-copy-user-package", "nothing", "a b;"), 3),
        (("v-copy-user-package", "no;thing", "silver"), 3),
        (("v-copy-user-package", "default", "a b;"), 2),
        (("v-rebuild-database", "alice", "bad name"), 3),
        (("v-rename-user-package", "nothing", "a b;"), 3),
        (("v-rename-user-package", "no;thing", "silver"), 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_fault_that_is_looked_for_first_is_told(ready: Engine, words: tuple[str, ...], code: int) -> None:
    assert call(ready, *words)[0] == code, call(ready, *words)
