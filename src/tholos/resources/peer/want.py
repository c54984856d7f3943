"""What the name server should know of peers, and the catalog of this node's zones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.cluster.model import dns_hosts
from tholos.resources.dns.model import dns_domains, dns_past
from tholos.resources.dns.want import LIFE
from tholos.resources.peer.model import PRIMARY, SECONDARY, dns_peers

PEER = "dns peer"
"""The scope of all peers together: they share one file, and are few."""
CATALOG = "dns catalog"
"""The scope of this node's catalog, by the node's name."""


@dataclass(frozen=True)
class Peering:
    """A server, the node whose zones are copied, and the key that the two have."""

    address: str
    node: str
    name: str
    secret: str


@dataclass(frozen=True)
class PeersWant:
    """Who copies from here, and from whom is copied; ``cluster`` are addresses that need no key (``hestia-zone``)."""

    secondaries: tuple[Peering, ...]
    primaries: tuple[Peering, ...]
    cluster: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogWant:
    """A catalog, and the zones (with their ``life``) and the serial that it begins with; later ones come and go."""

    node: str
    serial: int
    zones: tuple[tuple[str, int], ...]


def own_node(state: State) -> str:
    """The name of this node in catalogs, empty while nobody copies its zones."""
    return state.value(select(dns_peers.c.node).where(dns_peers.c.role == SECONDARY).limit(1)) or ""


def _peer_keys(state: State) -> Iterable[Key]:
    return [("all",)] if _cluster(state) or state.value(select(dns_peers.c.address).limit(1)) is not None else []


@scope(PEER, keys=_peer_keys)
def peers_want(state: State, _key: Key) -> PeersWant:
    """All peers."""
    return PeersWant(_peerings(state, SECONDARY), _peerings(state, PRIMARY), _cluster(state))


def _cluster(state: State) -> tuple[str, ...]:
    """The addresses of servers of the DNS cluster that transfer zones."""
    rows = state.rows(select(dns_hosts.c.addresses).where(dns_hosts.c.addresses != ""))
    return tuple(sorted({address for row in rows for address in row.addresses.split()}))


def _peerings(state: State, role: str) -> tuple[Peering, ...]:
    ours = select(dns_peers).where(dns_peers.c.role == role).order_by(dns_peers.c.address)
    return tuple(Peering(row.address, row.node, row.name, row.secret) for row in state.rows(ours))


def _catalog_keys(state: State) -> Iterable[Key]:
    return [(node,)] if (node := own_node(state)) else []


@scope(CATALOG, keys=_catalog_keys)
def catalog_want(state: State, key: Key) -> CatalogWant | None:
    """The catalog of this node, None when nobody copies its zones any more.

    Zones that are paused, or only copied here, are not in it.
    """
    if own_node(state) != key[0]:
        return None
    zones = select(dns_domains.c.zone, LIFE).outerjoin(dns_past, dns_past.c.zone == dns_domains.c.zone)
    ours = zones.where(~dns_domains.c.suspended, ~dns_domains.c.slave).order_by(dns_domains.c.zone)
    serial = int(state.context.now.timestamp())
    return CatalogWant(key[0], serial, tuple((row.zone, row.life) for row in state.rows(ours)))
