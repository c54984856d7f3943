"""How the engine is let in at database servers: a private file for each (``apply/sql/place.py``).

On PostgreSQL every login may use what others' databases are made from, unless that is closed: whoever has a session
there keeps everybody's new databases waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.databases import open_to_all
from tholos.apply.sql.place import DIRECTORY, Place, decoded, encoded, path_of
from tholos.apply.steps import Directory, Forsake, Remove, Sql, Step, Write
from tholos.drivers.postgresql.databases import closed
from tholos.kernel.errors import NoConnection
from tholos.kernel.touched import Key
from tholos.resources.database.types import PGSQL
from tholos.resources.database.want import ServerWant

_SHARED = ("postgres", "template1")
"""Databases that every server of PostgreSQL has."""


def plan(key: Key, want: ServerWant | None, host: Host) -> Iterator[Step]:
    """The file of a server, which holds the administrator's password, for root alone; and what is shared is closed."""
    server = "/".join(key)
    path = path_of(server)
    if want is None:
        yield Remove(path)
        yield Forsake(server)
        return
    yield Directory(DIRECTORY, 0o700)
    place = Place(want.engine, want.host, want.port, want.login, want.password, want.suspended)
    before = host.read(path)
    yield Write(path, encoded(place), mode=0o600)
    if want.engine == PGSQL:
        # Closed they stay when the call fails later: nobody knows whether an administrator had closed them before.
        yield from (Sql(server, closed(name)) for name in _open(host, place, want.template, before))


def _open(host: Host, place: Place, template: str, before: bytes | None) -> Iterable[str]:
    """What is to be closed; of a server that cannot be asked yet, everything."""
    shared = (*_SHARED, template or _SHARED[-1])
    if place.out_of_service:
        return ()
    if before is None or msgspec.structs.replace(decoded(before), out_of_service=False) != place:
        return dict.fromkeys(shared)
    try:
        return open_to_all(host, place.name, *shared)
    except NoConnection:
        # It was closed when it was added. What somebody has opened since is seen another time.
        return ()


DRIVER = Driver("database_servers", "database_server", 30, plan)
