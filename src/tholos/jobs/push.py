"""Bringing zones to one server: the calls for a zone, right for whatever the server has of it before.

A zone's line is sent with FLUSH ``yes``: the line that is there is replaced and the records stay until the file of the
new ones takes their place; nothing of it is served before the zone is rebuilt. A file that would be larger than a
request may be begins with as many records as it may hold; each of the others follows in a call of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from urllib.parse import quote_plus

from sqlalchemy import Row

from tholos.jobs.inventory import digests
from tholos.jobs.slave import Slave, Unanswered, Unreachable
from tholos.resources.cluster.marks import Done
from tholos.resources.cluster.shipping import Shipment

FILE = "/tmp/vst-sync.{}"  # noqa: S108 - a word of the protocol: the other side puts it where it wants
MANY = 10
"""From so many zones on, the account's zones are rebuilt together and not one by one."""
LARGEST = 3 * 1024 * 1024
"""Bytes of a form that a file takes up at most: requests of more than 4 MiB are refused."""
TROUBLES = 5
"""Zones in a row to which a server has no answer, after which it is the server that is thought to be at fault."""
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
    slave: Slave,
    account: str,
    source: str,
    wanted: Mapping[str, Shipment],
    rows: Sequence[Row[tuple[object, ...]]],
    expected: int,
) -> Iterator[Done]:
    """Bring the zones of some rows to a server, or take them off it; give what became of each when it is so.

    What is wrong with one zone is its own error. Unreachable is raised for what would be wrong with every other too.
    ``expected`` is how many zones of ours the server has at most.
    """
    return _Push(slave, account, source, expected).run(wanted, rows)


class _Push:
    """The calls for some zones of one server."""

    def __init__(self, slave: Slave, account: str, source: str, expected: int) -> None:
        self._slave = slave
        self._account = account
        self._source = source
        self._expected = expected
        self._troubles = 0

    def run(self, wanted: Mapping[str, Shipment], rows: Sequence[Row[tuple[object, ...]]]) -> Iterator[Done]:
        """What became of each zone, when it is so."""
        together = len(rows) >= MANY
        sent = []
        for row in rows:
            done = self._one(wanted.get(row.domain), row)
            if not done.digest:
                yield done
            elif together:
                sent.append(done)
            else:
                yield self._tried(done, partial(self._rebuild, done.domain))
        again = self._rebuilt_together(sent) if len(sent) >= MANY else {done.domain for done in sent}
        for done in sent:
            yield self._tried(done, partial(self._rebuild, done.domain)) if done.domain in again else done

    def _one(self, zone: Shipment | None, row: Row[tuple[object, ...]]) -> Done:
        done = Done(row.domain, row.account, row.marked)
        if zone is None:
            return self._tried(done, lambda: self._delete(row.domain))
        sent = done._replace(account=zone.account, digest=zone.digest)
        return self._tried(sent, lambda: self._send(zone))

    def _tried(self, done: Done, act: Callable[[], None]) -> Done:
        """What is to become of a zone if ``act`` succeeds, or why the server does not take it."""
        try:
            act()
        except Refused as refusal:
            self._troubles = 0
            return done._replace(digest="", error=str(refusal))
        except Unanswered as problem:
            self._blame_zone(problem)
            return done._replace(digest="", error=str(problem))
        self._troubles = 0
        return done

    def _blame_zone(self, problem: Unanswered) -> None:
        """Raise Unreachable when it is the server and not a zone that keeps it from answering."""
        self._troubles += 1
        if self._troubles >= TROUBLES:
            raise problem
        check(self._slave, self._account)

    def _rebuilt_together(self, sent: Sequence[Done]) -> set[str]:
        """Rebuild all zones of the account; give those of ours to rebuild once more, to hear what is wrong."""
        try:
            code = self._slave.call("v-rebuild-dns-domains", self._account, "yes", "no")
        except Unanswered as problem:
            # With very many zones it may take longer than is waited for.
            self._blame_zone(problem)
            return {done.domain for done in sent}
        if code in _BARRED:
            raise Unreachable(_BARRED[code])
        held = digests(self._slave, self._account, self._source, self._expected) if code == 0 else {}
        # A server that cannot tell what it has is believed, as the reference does.
        return {done.domain for done in sent if held is not None and held.get(done.domain) != done.digest}

    def _delete(self, domain: str) -> None:
        code = self._slave.call("v-delete-dns-domain", self._account, domain, "yes")
        _require(0 if code == _MISSING else code, "v-delete-dns-domain")

    def _send(self, zone: Shipment) -> None:
        self._call("v-insert-dns-domain", zone.line, self._source, "yes", "no")
        if zone.records is not None:
            path = FILE.format(zone.domain)
            first, others = parts(zone.records)
            _require(self._slave.put(path, first), "v-make-tmp-file")
            self._call("v-insert-dns-records", zone.domain, path, "no")
            for record in others:
                self._call("v-insert-dns-record", zone.domain, record, "no")

    def _rebuild(self, domain: str) -> None:
        self._call("v-rebuild-dns-domain", domain, "yes", "no")

    def _call(self, command: str, *arguments: str) -> None:
        _require(self._slave.call(command, self._account, *arguments), command)


def parts(records: str) -> tuple[str, list[str]]:
    """The records that fit into one file, and the lines of those that do not."""
    lines = records.split("\n")
    sizes = accumulate(len(quote_plus(line)) + len(quote_plus("\n")) for line in lines)
    fitting = sum(1 for size in sizes if size <= LARGEST)
    return "\n".join(lines[:fitting]), lines[fitting:]


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
