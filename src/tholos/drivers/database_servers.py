"""How the engine is let in at database servers: a private file for each (``apply/sql/place.py``)."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.sql.place import DIRECTORY, Place, encoded, path_of
from tholos.apply.steps import Directory, Remove, Step, Write
from tholos.kernel.want import Key
from tholos.resources.database.want import ServerWant


def plan(key: Key, want: ServerWant | None, host: Host) -> Iterator[Step]:
    """The file of a server, which holds the administrator's password, for root alone."""
    path = path_of("/".join(key))
    if want is None:
        yield Remove(path)
        return
    yield Directory(DIRECTORY, 0o700)
    place = Place(want.engine, want.host, want.port, want.login, want.password)
    yield Write(path, encoded(place), mode=0o600)


DRIVER = Driver("database_servers", "database_server", 30, plan)
