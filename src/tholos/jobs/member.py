"""One server of the cluster: a round of work for it, whatever the state says there is to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import Row

from tholos.jobs import inventory, push
from tholos.jobs.slave import Address, Slave, Unreachable, addresses_of
from tholos.jobs.state import JobState
from tholos.jobs.transfers import Serials, Transfers
from tholos.kernel.groups import groups
from tholos.kernel.log import log
from tholos.resources.cluster import marks, members
from tholos.resources.cluster.model import JOINING, LEAVING
from tholos.resources.cluster.shipping import Shipment, Terms, shipments, terms, transfers

LACKING = "not all of it is served there, see v-list-user-log of the account there"
"""The error of a zone that a server has taken without some of its records."""
TOGETHER = 250
"""Zones that are brought to a server before that is written down; a kill has at most so many sent again."""
Connect = Callable[[str, Address], Slave]
Refusals = Mapping[str, str]
"""Zones that a server did not take, and why."""


class Member:
    """Works for one server; used by one thread."""

    def __init__(self, host: str, state: JobState, connect: Connect, serials: Serials) -> None:
        self.host = host
        self._state = state
        self._connect = connect
        self._transfers = Transfers(host, serials)
        self._slave: Slave | None = None
        self._address: Address | None = None
        self._tells = True

    @property
    def waiting(self) -> bool:
        """Whether the server's name server is still transferring anything that it was told of in the last round."""
        return self._transfers.waiting

    def close(self) -> None:
        """End the connection."""
        if self._slave is not None:
            self._slave.close()
        self._slave = self._address = None
        self._tells = True

    def round(self) -> Refusals:
        """Do what there is to do for the server; Unreachable, which is written down too, when it cannot be done."""
        with self._state.reading() as state:
            row, how = marks.host_row(state, self.host), terms(state)
        self._transfers.begin()
        if row is None:
            return {}
        try:
            refusals = self._work(row, how)
            if self._slave is not None:
                self._slave.pause()
            return refusals
        except Unreachable as problem:
            self.close()
            log.warning("a server of the DNS cluster could not be reached", host=self.host, problem=str(problem))
            text = str(problem)
            if self._state.change(lambda tx: members.fail(tx, self.host, text)) == LEAVING:
                return {}
            raise

    def _work(self, row: Row[Any], how: Terms) -> Refusals:
        slave, source = self._connected(row), how.source
        if row.phase == LEAVING:
            push.wipe(slave, row.account, source)
            self._state.change(lambda tx: members.forget(tx, self.host))
            return {}
        if row.wipe:
            push.wipe(slave, row.account, source)
            self._transfers.forget_all()
            self._state.change(lambda tx: marks.forget_all(tx, self.host, row.wipe))
            if row.sync < row.wipe:
                return {}
        if row.phase == JOINING:
            push.join(slave, row.account)
            self._state.change(lambda tx: members.admit(tx, self.host))
        elif not row.sync and (row.suspended or not self._marked()):
            return {}
        self._let_copy(row, how)
        return self._compare(slave, row, source)

    def _let_copy(self, row: Row[Any], how: Terms) -> None:
        """Have the name server let this one transfer zones before it is told to, where zones are transferred."""
        with self._state.reading() as state:
            needed = transfers(state, how)
        addresses = (addresses_of(row.host) or row.addresses) if needed else ""
        if addresses != row.addresses:
            self._state.change(lambda tx: members.let_copy(tx, self.host, addresses))

    def _marked(self) -> Sequence[Row[Any]]:
        with self._state.reading() as state:
            return marks.pushes(state, self.host, marked=True)

    def _connected(self, row: Row[Any]) -> Slave:
        address = Address(row.host, row.port, row.login, row.secret, row.trust)
        if self._slave is None or self._address != address:
            self.close()
            self._slave, self._address = self._connect(row.type, address), address
        return self._slave

    def _compare(self, slave: Slave, row: Row[Any], source: str) -> Refusals:
        """Bring what differs to the server; a comparison of everything asks what the server really has."""
        refusals: dict[str, str] = {}
        push.check(slave, row.account)
        if row.sync:
            self._plan(slave, row, source)
        for group in groups(self._marked(), TOGETHER):
            refusals |= self._bring(slave, row, source, group)
        size = inventory.size(slave, row.account)
        self._state.change(lambda tx: marks.finish(tx, self.host, sync=row.sync, size=size))
        return refusals

    def _plan(self, slave: Slave, row: Row[Any], source: str) -> None:
        """Mark what differs between the state and the server, and nothing else."""
        with self._state.reading() as state:
            known = {each.domain: each for each in marks.pushes(state, self.host, marked=False)}
            wanted = {zone.domain: zone for zone in shipments(state)}
        held = inventory.digests(slave, row.account, source, len(known.keys() | wanted.keys()))
        changed = held is None and row.size != inventory.size(slave, row.account)
        acknowledged = {name: each.acknowledged for name, each in known.items()}
        theirs = acknowledged if held is None else held
        if changed:
            theirs = {}
        # What was to be taken off the server before this was asked for comes there again.
        withdrawn = {name for name, each in known.items() if -row.sync < each.marked < 0}
        differing = {
            name: zone.account
            for name, zone in wanted.items()
            if name in withdrawn or not theirs.get(name) or theirs[name] != zone.digest
        }
        agreed = {
            name: (zone.account, zone.digest)
            for name, zone in wanted.items()
            if name not in differing and acknowledged.get(name) != zone.digest
        }
        surplus = {name: row.account for name in (*known, *(held or ())) if name not in wanted}
        intended = {**surplus, **differing}
        # A change of very many rows would keep everybody else's waiting.
        for portion in groups(agreed.items(), TOGETHER):
            self._state.change(partial(marks.agree, host=self.host, zones=dict(portion)))
        for group in groups(intended.items(), TOGETHER):
            self._state.change(partial(marks.intend, host=self.host, zones=dict(group)))

    def _bring(self, slave: Slave, row: Row[Any], source: str, group: Sequence[Row[Any]]) -> Refusals:
        with self._state.reading() as state:
            expected = marks.count(state, self.host)
            kept = [each.domain for each in group if each.marked > 0]
            wanted: dict[str, Shipment] = {zone.domain: zone for zone in shipments(state, kept)}
        same = [each for each in group if each.domain in wanted and wanted[each.domain].digest == each.acknowledged]
        there = [marks.Done(each.domain, each.account, each.marked, each.acknowledged) for each in same]
        others = [each for each in group if each not in same]
        done: list[marks.Done] = []
        handed: list[tuple[marks.Done, Shipment]] = []
        try:
            for each in chain(there, push.push(slave, row.account, source, wanted, others, expected)):
                zone = wanted.get(each.domain)
                if zone is None or zone.serial is None:
                    self._transfers.forget(each.domain)
                    done.append(each)
                elif each.error:
                    done.append(each)
                else:
                    handed.append((each, zone))
            done = self._as_told(slave, row, source, done, {each.domain for each in others}, expected)
        finally:
            done.extend(self._transfers.seen(handed))
            self._write_down(group, done)
        return {each.domain: each.error for each in done if each.error not in ("", marks.UNSERVED)}

    def _as_told(
        self, slave: Slave, row: Row[Any], source: str, done: list[marks.Done], brought: Collection[str], expected: int
    ) -> list[marks.Done]:
        """What became of zones as the server itself tells, where it can: it may have left records out.

        One of an earlier version lists all that it has from us, as many as are ``expected``.
        """
        sent = {each.domain: each.digest for each in done if each.domain in brought and each.digest and not each.error}
        most, asks = expected + len(sent), sent and self._tells
        held = inventory.digests(slave, row.account, source, most, [*sent]) if asks else None
        if held is None:
            self._tells = self._tells and not sent
            return done
        lacking = {name for name, digest in sent.items() if held.get(name) != digest}
        return [each._replace(digest="", error=LACKING) if each.domain in lacking else each for each in done]

    def _write_down(self, group: Sequence[Row[Any]], done: Sequence[marks.Done]) -> None:
        """Tick off what became of zones, but for what is wrong with them as it was before."""
        known = {each.domain: (each.acknowledged, each.error) for each in group}
        news = [each for each in done if not each.error or (each.digest, each.error) != known[each.domain]]
        if news:
            self._state.change(lambda tx: marks.tick_off(tx, self.host, news))
