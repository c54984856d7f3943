"""Servers whose zones this node copies and serves, without knowing anything else about them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert

from tholos.kernel.command import command
from tholos.kernel.errors import Exists
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.peer.model import PRIMARY, dns_peers
from tholos.resources.peer.record import Peer, all_peers, exists, require
from tholos.resources.peer.resource import DnsPeer
from tholos.resources.peer.types import TransferKey
from tholos.resources.peer.views import PEERS
from tholos.resources.peer.want import PEER
from tholos.resources.system.model import require_system
from tholos.resources.types import AnyAddress


@command("dns.primary.add", legacy="v-add-dns-primary ADDRESS KEY", rest="POST /dns-primaries")
def add(tx: Tx, address: AnyAddress, key: TransferKey) -> None:
    """Serve all zones of another Tholos server too; KEY is what v-add-dns-secondary has shown there."""
    require_system(tx, "DNS_SYSTEM")
    if exists(tx, PRIMARY, address):
        raise Exists(f"DNS primary {address} already exists", argument="address")
    values = {"role": PRIMARY, "address": address, "node": key.node, "name": key.name, "secret": key.key}
    tx.execute(insert(dns_peers).values(created=tx.context.now, **values))
    tx.want(PEER, "all")
    note(tx, SYSTEM, "DNS", f"Zones are copied from a primary (Address: {address}).")


@command("dns.primary.delete", legacy="v-delete-dns-primary ADDRESS", rest="DELETE /dns-primaries/{address}")
def remove(tx: Tx, address: AnyAddress) -> None:
    """Serve the zones of another server no longer."""
    require_system(tx, "DNS_SYSTEM")
    require(tx, PRIMARY, address)
    tx.execute(delete(dns_peers).where(dns_peers.c.role == PRIMARY, dns_peers.c.address == address))
    tx.want(PEER, "all")
    note(tx, SYSTEM, "DNS", f"Zones are copied from a primary no longer (Address: {address}).")


@command(
    "dns.primary.list",
    legacy="v-list-dns-primaries [FORMAT]",
    rest="GET /dns-primaries",
    view=PEERS,
    resource=DnsPeer,
)
def show_all(state: State) -> Sequence[Peer]:
    """List the servers whose zones are served here too."""
    return all_peers(state, PRIMARY)
