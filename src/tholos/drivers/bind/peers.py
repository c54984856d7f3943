"""Who copies zones: keys, whom to tell of changes, and the catalogs of others, in two files for named.conf.

named leaves the files of a catalog that it is told of no longer, and those of the catalog's zones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.named import names_in, server_ids
from tholos.apply.steps import Check, Directory, Discard, Reconfigure, Step, Write
from tholos.drivers.bind.places import COPIES, catalog_zone
from tholos.drivers.encoders import named
from tholos.kernel.touched import Key
from tholos.resources.peer.want import PEER, Peering, PeersWant

_PEERS = "/etc/bind/tholos/peers.conf"
_CATALOGS = "/etc/bind/tholos/catalogs.conf"
_HEAD = "// Written by Tholos from its state; changes here are lost.\n"
_NODE = r"([0-9a-f]{12})\.catalog\.invalid"
_BROUGHT = re.compile(rf"(?:{_NODE}|__catz___default_{_NODE}_[!-~]+|__catz__[0-9a-f]{{64}})\.db(?:\.jnl)?")
"""A file of a catalog, or of one of its zones; of a zone with a long name there is only a digest (BIND 9.18)."""


def plan(_key: Key, want: PeersWant, host: Host) -> Iterator[Step]:
    """Both files, a check of the whole configuration, and the server reads it again."""
    _, group = server_ids(host)
    yield Directory(COPIES, 0o1770, 0, group)
    for path, text in ((_PEERS, peers_file(want)), (_CATALOGS, catalogs_file(want))):
        yield Write(path, text.encode(), 0o640, 0, group)
    for name in _left(want, host):
        yield Discard(f"{COPIES}/{name}")
    yield Check(("named-checkconf",))
    yield Reconfigure()


def _left(want: PeersWant, host: Host) -> Iterator[str]:
    """The files of primaries that there are no longer; what may be another's stays as long as there is one."""
    nodes = {peer.node for peer in want.primaries}
    for name in names_in(host, COPIES):
        found = _BROUGHT.fullmatch(name)
        if found is not None and (node := found[1] or found[2]) not in nodes and (node or not nodes):
            yield name


def peers_file(want: PeersWant) -> str:
    """Keys, the list of who may copy, the list of whom is told, and the catalogs of others."""
    keys = [_key_statement(peer) for peer in (*want.secondaries, *want.primaries)]
    cluster = [f"{ip_address(address)};" for address in want.cluster]
    allowed = " ".join([*(f"key {named(peer.name)};" for peer in want.secondaries), *cluster]) or "none;"
    notified = " ".join([*(f"{_source(peer)};" for peer in want.secondaries), *cluster])
    lists = [f"acl tholos-peers {{ {allowed} }};\n", f"primaries tholos-notified {{ {notified} }};\n"]
    return "".join((_HEAD, *keys, *lists, *map(_catalog_statement, want.primaries))).replace("{  }", "{ }")


def catalogs_file(want: PeersWant) -> str:
    """The option that has all zones of a catalog be copied; it belongs into the options of named.conf."""
    if not want.primaries:
        return _HEAD
    return f"{_HEAD}catalog-zones {{\n{''.join(map(_catalog_option, want.primaries))}}};\n"


def _key_statement(peer: Peering) -> str:
    return f"key {named(peer.name)} {{ algorithm hmac-sha256; secret {named(peer.secret)}; }};\n"


def _catalog_statement(peer: Peering) -> str:
    zone = catalog_zone(peer.node)
    file = named(f"{COPIES}/{zone}.db")
    return (
        f"zone {named(zone)} {{ type secondary; file {file}; primaries {{ {_source(peer)}; }}; "
        f"allow-query {{ localhost; }}; allow-transfer {{ none; }}; notify no; }};\n"
    )


def _catalog_option(peer: Peering) -> str:
    # Without the interval a new zone waits five seconds for the ones after it.
    return (
        f"\tzone {named(catalog_zone(peer.node))} default-primaries {{ {_source(peer)}; }} "
        f"zone-directory {named(COPIES)} in-memory no min-update-interval 0;\n"
    )


def _source(peer: Peering) -> str:
    return f"{ip_address(peer.address)} key {named(peer.name)}"


DRIVER = Driver("bind_peers", PEER, 38, plan)
