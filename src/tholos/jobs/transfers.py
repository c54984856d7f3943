"""Zones that a server has been told to transfer: in step is only what its name server really serves."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from tholos.resources.cluster.marks import UNSERVED, Done
from tholos.resources.cluster.shipping import Shipment

LATE = 30.0
"""Seconds that a name server may take to serve what it was told of, before that is called an error."""
HERE = "127.0.0.1"
"""Where this node's own name server answers."""
Serials = Callable[[str, Collection[str]], Mapping[str, int | None] | None]
"""Ask the name server of a host for the serials of zones.

A zone that it does not serve has none; one for which no answer came is left out. None instead of all: nobody is asked.
"""


def nobody(_host: str, _zones: Collection[str]) -> None:
    """Ask nobody, as a rehearsal does: then what a server has taken is believed to be served."""


class Transfers:
    """Compares what one server's name server serves with what it should; used by one thread."""

    def __init__(self, host: str, serials: Serials) -> None:
        self._host = host
        self._serials = serials
        self._since: dict[str, tuple[int | None, float]] = {}
        self._deaf = False
        self.waiting = False
        """Whether anything is not yet served that may still come."""

    def begin(self) -> None:
        """Begin a round of work: a name server that did not answer is asked again."""
        self._deaf = self.waiting = False

    def forget(self, domain: str) -> None:
        """Remember nothing of a zone that is transferred no longer."""
        self._since.pop(domain, None)

    def forget_all(self) -> None:
        """Remember nothing of any zone: the server has none any more."""
        self._since.clear()

    def seen(self, handed: Sequence[tuple[Done, Shipment]]) -> Iterator[Done]:
        """What has become of zones that a server has taken: UNSERVED is the error of those that may still come."""
        theirs = {} if self._deaf or not handed else self._serials(self._host, [done.domain for done, _ in handed])
        if theirs is None:
            yield from (done for done, _ in handed)
            return
        # Who asks in vain waits for that: once in a round.
        self._deaf = not theirs
        signed = [zone.domain for _, zone in handed if zone.signed and zone.domain in theirs]
        own = (self._serials(HERE, signed) if signed else None) or {}
        for done, zone in handed:
            wanted = own.get(zone.domain) if zone.signed else zone.serial
            yield self._judged(done, zone, wanted, theirs)

    def _judged(self, done: Done, zone: Shipment, wanted: int | None, theirs: Mapping[str, int | None]) -> Done:
        if wanted is not None and theirs.get(zone.domain) == wanted:
            self._since.pop(zone.domain, None)
            return done
        now = time.monotonic()
        serial, since = self._since.get(zone.domain, (None, now))
        if serial != zone.serial:
            self._since[zone.domain] = zone.serial, now
        if serial != zone.serial or now - since < LATE:
            self.waiting = True
            return done._replace(error=UNSERVED)
        return done._replace(error=_why(zone, wanted, theirs))


def _why(zone: Shipment, wanted: int | None, theirs: Mapping[str, int | None]) -> str:
    if zone.domain not in theirs:
        return "its name server does not answer"
    there = theirs[zone.domain]
    if there is None:
        return "its name server does not serve the zone"
    return f"its name server has serial {there}, and this one has {'another' if wanted is None else wanted}"
