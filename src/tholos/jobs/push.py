"""Bringing zones to one server: the calls for a zone, right for whatever the server has of it before.

A zone's line is sent with FLUSH ``yes``: the line that is there is replaced and the records stay until the file of the
new ones takes their place; nothing of it is served before the zone is rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Row

from tholos.jobs.inventory import digests
from tholos.jobs.slave import Slave, Unreachable
from tholos.resources.cluster.marks import Done
from tholos.resources.cluster.shipping import Shipment

FILE = "/tmp/vst-sync.{}"  # noqa: S108 - a word of the protocol: the other side puts it where it wants
MANY = 10
"""From so many zones on, the account's zones are rebuilt together and not one by one."""
_MISSING = 3
_BARRED = {
    9: "the key or password is refused",
    10: "the key does not allow this, or this address is not allowed",
    11: "the API or DNS is switched off there",
    13: "its disk is full",
    21: "the API is switched off there",
}
"""What concerns the whole server."""


class Refused(Exception):  # noqa: N818 - it is an answer more than an error.
    """A server does not take one zone; the text says which call was refused."""


def check(slave: Slave, account: str) -> None:
    """Raise Unreachable when the server does not answer, or has no such account."""
    code = slave.call("v-list-user", account)
    if code != 0:
        raise Unreachable(_BARRED.get(code, f"there is no account {account} there (exit code {code})"))


def join(slave: Slave, account: str) -> None:
    """The first calls to a server; raise Unreachable when it cannot be used."""
    code = slave.call("v-list-sys-config")
    if code != 0:
        raise Unreachable(_BARRED.get(code, f"v-list-sys-config failed with exit code {code}"))
    check(slave, account)
    slave.call("v-add-cron-restart-job")


def push(
    slave: Slave, account: str, source: str, wanted: Mapping[str, Shipment], rows: Sequence[Row[tuple[object, ...]]]
) -> Iterator[Done]:
    """Bring the zones of some rows to a server, or take them off it; give what became of each when it is so."""
    done = [_one(slave, account, source, wanted.get(row.domain), row) for row in rows]
    sent = {each.domain: each.digest for each in done if each.digest}
    if len(sent) >= MANY:
        sent = _rebuilt_together(slave, account, source, sent)
    for each in done:
        yield _rebuilt(slave, account, each) if each.domain in sent else each


def _rebuilt_together(slave: Slave, account: str, source: str, sent: Mapping[str, str]) -> dict[str, str]:
    """Rebuild all of the account's zones; give those of ours that are to be rebuilt again, to hear what is wrong."""
    code = slave.call("v-rebuild-dns-domains", account, "yes", "no")
    if code in _BARRED:
        raise Unreachable(_BARRED[code])
    held = digests(slave, account, source) if code == 0 else {}
    # A server that cannot tell what it has is believed, as the reference does.
    return {name: digest for name, digest in sent.items() if held is not None and held.get(name) != digest}


def _one(slave: Slave, account: str, source: str, shipment: Shipment | None, row: Row[tuple[object, ...]]) -> Done:
    done = Done(row.domain, row.account, row.marked)
    try:
        if shipment is None:
            _delete(slave, account, row.domain)
            return done
        _send(slave, account, source, shipment)
    except Refused as refusal:
        return done._replace(error=str(refusal))
    return done._replace(account=shipment.account, digest=shipment.digest)


def _delete(slave: Slave, account: str, domain: str) -> None:
    code = slave.call("v-delete-dns-domain", account, domain, "yes")
    _require(0 if code == _MISSING else code, "v-delete-dns-domain")


def _send(slave: Slave, account: str, source: str, zone: Shipment) -> None:
    _require(slave.call("v-insert-dns-domain", account, zone.line, source, "yes", "no"), "v-insert-dns-domain")
    if zone.records is not None:
        path = FILE.format(zone.domain)
        _require(slave.put(path, zone.records), "v-make-tmp-file")
        _require(slave.call("v-insert-dns-records", account, zone.domain, path, "no"), "v-insert-dns-records")


def _rebuilt(slave: Slave, account: str, done: Done) -> Done:
    try:
        _require(slave.call("v-rebuild-dns-domain", account, done.domain, "yes", "no"), "v-rebuild-dns-domain")
    except Refused as refusal:
        return done._replace(error=str(refusal))
    return done


def _require(code: int, command: str) -> None:
    """Refused when a call failed for this zone, Unreachable when it would fail for every one."""
    if code in _BARRED:
        raise Unreachable(_BARRED[code])
    if code != 0:
        raise Refused(f"{command} failed with exit code {code}")


def wipe(slave: Slave, account: str, source: str) -> None:
    """Take every zone of ours off a server; Unreachable when it does not do that."""
    for command, *arguments in (
        ("v-delete-dns-domains-src", account, source, "no"),
        ("v-rebuild-dns-domains", account, "yes"),
    ):
        code = slave.call(command, *arguments)
        if code != 0:
            raise Unreachable(_BARRED.get(code, f"{command} failed with exit code {code}"))
