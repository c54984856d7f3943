"""What takes longest about records of another server, done before the writer's turn: they are read, and printed.

In its turn the writer only looks whether they are still the same. The names of the zone are then found as they were
printed (``dns/kept.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import NamedTuple

from sqlalchemy import select

from tholos.kernel.errors import Invalid
from tholos.kernel.tx import State
from tholos.resources.cluster.model import dns_received
from tholos.resources.cluster.received import LeftOut, ReceivedRecord, numbered, read_records, read_zone
from tholos.resources.cluster.sound import Parted, sound
from tholos.resources.cluster.waiting import kept, served, size_of, stored, texts
from tholos.resources.dns.types import UpdateSerial
from tholos.resources.dns.zone import ZoneData
from tholos.resources.types import AccountName, Domain

_MOST = 16 * 1024 * 1024
"""Characters of records that are read before for one call: what is more, the writer reads itself, zone by zone."""
_SERVER = "ns.invalid"
_TURN = Lock()
_LONG = 10.0
"""Seconds that a call waits for its turn to read."""


class Read(NamedTuple):
    """The texts of a zone's records, and what they say; ``parted`` is what of ``together`` makes a zone."""

    texts: Sequence[str]
    records: Sequence[ReceivedRecord | LeftOut]
    together: Sequence[ReceivedRecord] = ()
    parted: Parted = ((), ())

    def sound(self, zone: ZoneData, together: Sequence[ReceivedRecord]) -> Parted:
        """What of a zone's records makes one, as it was found before if they are still the same."""
        return self.parted if together and together == self.together else sound(zone, together)


Prepared = Mapping[str, Read]
"""What was read, by the zones' names in A-labels."""


def read(sent: Sequence[str]) -> Read:
    """What texts say."""
    return Read(sent, [record for text in sent for record in read_records(text)])


def prepare(
    state: State, user: AccountName, domain: Domain, update_serial: UpdateSerial | None = None
) -> Prepared | None:
    """Read and print a zone whose records wait; None where none do."""
    return _prepared(state, user, [domain.ascii])


def prepare_all(state: State, user: AccountName, update_serial: UpdateSerial | None = None) -> Prepared | None:
    """Read and print the zones of an account whose records wait; None where none do."""
    waiting = select(dns_received.c.domain).where(dns_received.c.account == user).order_by(dns_received.c.domain)
    return _prepared(state, user, [row.domain for row in state.rows(waiting)])


def _prepared(state: State, user: str, names: Sequence[str]) -> Prepared | None:
    # It takes much memory for its while, so one call does it at a time; the writer does it for who has waited long.
    if not _TURN.acquire(timeout=_LONG):
        return None
    try:
        return _read_all(state, user, names)
    finally:
        _TURN.release()


def _read_all(state: State, user: str, names: Sequence[str]) -> Prepared | None:
    found: dict[str, Read] = {}
    room = _MOST
    for name in names:
        size = size_of(state, user, Domain(name))
        room -= size
        if size and room >= 0:
            found[name] = _parted(state, user, Domain(name), read(texts(state, user, Domain(name))))
    return found or None


def _parted(state: State, user: str, domain: Domain, sent: Read) -> Read:
    """Records as they will be a zone, which is printed; what makes none is for the writer to refuse."""
    line, known = kept(state, user, domain), served(state, domain)
    before = [] if known is None or line is None or line.replaced else stored(state, known.id)
    together = [*numbered([*before, *(one for one in sent.records if isinstance(one, ReceivedRecord))]).values()]
    with suppress(Invalid):
        ttl = read_zone(line.line).ttl if line is not None and line.line else known.ttl if known is not None else 0
        parted = sound(ZoneData(domain.ascii, _SERVER, 1, ttl, ()), together)
        return sent._replace(together=together, parted=parted)
    return sent
