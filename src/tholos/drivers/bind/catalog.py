"""The catalog of this node's zones: a zone that the server keeps itself, changed entry by entry."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.named.catalog import label
from tholos.apply.readings.named import server_ids
from tholos.apply.steps import Directory, Discard, Step, Write, Zone
from tholos.drivers.bind.places import CATALOG, CATALOG_NOTE, catalog_zone
from tholos.drivers.encoders import named, zone_name
from tholos.kernel.touched import Key
from tholos.resources.peer.want import CATALOG as SCOPE
from tholos.resources.peer.want import CatalogWant


def plan(key: Key, want: CatalogWant | None, host: Host) -> Iterator[Step]:
    """The catalog with the zones that there are now; one that is there is the server's, and stays as it is.

    The note beside it tells the driver of zones that there is a catalog, and which.
    """
    catalog = catalog_zone(key[0])
    if want is None:
        yield Zone(catalog, "")
        yield Discard(CATALOG)
        return
    user, group = server_ids(host)
    file = f"{CATALOG}/{catalog}.db"
    yield Directory(CATALOG, 0o1770, 0, group)
    yield Write(file, text(want), 0o640, user, group, keep=True)
    yield Zone(
        catalog,
        f" type primary; file {named(file)}; update-policy local; allow-query {{ localhost; tholos-peers; }}; ",
    )
    yield Write(CATALOG_NOTE, f"{zone_name(catalog)}\n".encode())


def text(want: CatalogWant) -> bytes:
    """The catalog as it begins (RFC 9432, 4): nobody asks for its SOA and NS records, so they say nothing."""
    head = (
        f"$TTL 0\n@ IN SOA invalid. hostmaster.invalid. {want.serial} 60 10 2419200 0\n"
        '@ IN NS invalid.\nversion IN TXT "2"\n'
    )
    entries = "".join(f"{label(zone, life)}.zones IN PTR {zone_name(zone)}.\n" for zone, life in want.zones)
    return (head + entries).encode()


DRIVER = Driver("bind_catalog", SCOPE, 39, plan)
