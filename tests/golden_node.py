"""The node on which most goldens are replayed: what the reference had, as far as it is managed here."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.conftest import call, copied
from tests.goldens import Golden, elsewhere, outputs

from tholos.bootstrap import Engine

_SMALL: dict[str, object] = {"WEB_DOMAINS": 3, "WEB_ALIASES": 5, "DNS_DOMAINS": 2, "DNS_RECORDS": 30, "MAIL_DOMAINS": 2}
_SMALL |= {"MAIL_ACCOUNTS": 5, "DATABASES": 2, "CRON_JOBS": 3, "DISK_QUOTA": 10000, "BANDWIDTH": 50000, "BACKUPS": 2}
_NS: dict[str, object] = {"NS": "ns1.ref.test,ns2.ref.test"}
_SYSTEM: dict[str, object] = {
    "WEB_DOMAINS": 1,
    "WEB_ALIASES": 1,
    "DNS_DOMAINS": 1,
    "MAIL_DOMAINS": 1,
    "MAIL_ACCOUNTS": 1,
    "DATABASES": 0,
}
_SEED = """\
v-add-user-package /tmp/default default yes
v-add-user-package /tmp/system system yes
v-update-user-package default
v-add-user-package /tmp/small small
v-change-user-contact admin admin@ref.test
v-change-user-language admin en
v-change-sys-config-value DB_SYSTEM pgsql,mysql
v-add-database-host mysql localhost root socket
v-add-database-host pgsql localhost root socket
v-add-web-domain admin node1.ref.test 198.18.0.1 yes none
v-add-user alice AlicePass123 alice@example.org default Alice Liddell
v-add-user bob BobPass12345 bob@example.org small Bob B
v-add-web-domain alice alice.test 198.18.0.1
v-add-web-domain-alias alice alice.test shop.alice.test
v-add-web-domain alice blog.alice.test 198.18.0.1 yes none
v-add-web-domain bob bob.test 198.18.0.1 yes www.bob.test,cdn.bob.test
v-add-web-domain-httpauth alice blog.alice.test authman AuthPass123
v-add-web-domain-redirect bob bob.test www.bob.test 301
v-add-dns-domain alice alice.test 198.18.0.1
v-add-dns-domain bob bob.test 198.18.0.1 ns1.bob.test ns2.bob.test
v-add-database alice shop shopuser DbPass12345 mysql
v-add-database alice geo geouser DbPass12345 pgsql
v-add-database bob wiki wiki DbPass12345 mysql localhost utf8mb4
v-add-cron-job alice 5 '*/2' '*' '*' 1-5 '/usr/bin/php /home/alice/cron.php --x='"'"'a b'"'"' > /dev/null 2>&1'
v-add-cron-job alice 0 3 '*' '*' '*' /bin/true
v-add-cron-job bob 1 2 3 4 5 'echo hello'
v-suspend-cron-job alice 2
v-log-user-login alice 198.18.0.50 success fingerprint123
v-log-user-login alice 198.18.0.51 failed fingerprint124
v-add-sys-ip 198.18.0.2 255.255.255.0 eth0 alice dedicated ip2.ref.test
v-change-user-ns bob ns1.bob.test ns2.bob.test
v-add-web-domain bob old.bob.test
v-suspend-web-domain bob old.bob.test
v-add-user carol CarolPass123 carol@example.org small
v-add-web-domain carol carol.test
v-suspend-user carol
v-update-user-stats"""
_KEYS = (
    ("Rmr59lYCc0ScGhh0IzUR", "admin", "*", "admin all"),
    ("tFI5ThKy9WwXFACFfkIC", "admin", "billing", "billing only"),
    ("0vK1LyNC8vArvGTtF9cl", "alice", "update-dns-records,mail-accounts", "alice key"),
)
"""The reference's keys: id, account, permissions, comment."""


class Node(NamedTuple):
    """A started engine; ``keys`` has the id that each of the reference's keys has here."""

    engine: Engine
    keys: dict[str, str]

    def answer(self, case: Golden) -> tuple[int, str]:
        """Call what the reference was called; its ids of keys stand in the answer."""
        code, text = call(self.engine, case.command, *(self.keys.get(value, value) for value in case.values))
        for theirs, ours in self.keys.items():
            text = text.replace(ours, theirs)
        return code, text


@contextmanager
def reference_node(seeded: Path) -> Iterator[Node]:
    """A node as the reference was."""
    with copied(seeded) as engine:
        for name, package in {"default": _NS, "system": _NS | _SYSTEM, "small": _NS | _SMALL}.items():
            text = "".join(f"{key}='{value}'\n" for key, value in package.items())
            engine.dispatcher.vault.put("root/", name, text)
        call(engine, "v-change-user-name", "admin", "System", "Administrator")
        for line in _SEED.splitlines():
            command, *values = shlex.split(line)
            assert call(engine, command, *values) == (0, ""), line
        _write_logs(engine)
        yield Node(engine, dict(_keys(engine)))


def _keys(engine: Engine) -> Iterator[tuple[str, str]]:
    assert call(engine, "v-change-sys-config-value", "API_SYSTEM", "2") == (0, "")
    for theirs, account, permissions, comment in _KEYS:
        code, text = call(engine, "v-add-access-key", account, permissions, comment, "json")
        assert code == 0, text
        yield theirs, json.loads(text)["ACCESS_KEY_ID"]


def _write_logs(engine: Engine) -> None:
    """Write the requests that the reference had in its log."""
    (plain,) = (
        case.text for case in outputs(elsewhere) if case.line == "v-list-web-domain-accesslog alice alice.test 5 plain"
    )
    log = engine.applier.host.root / "var/log/nginx/domains/alice.test.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(plain or "")
