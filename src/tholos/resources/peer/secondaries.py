"""Servers that copy all zones of this node, without an API of theirs."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from tholos.kernel.command import command
from tholos.kernel.errors import Exists
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.peer.model import SECONDARY, dns_peers
from tholos.resources.peer.record import Peer, all_peers, exists, require
from tholos.resources.peer.resource import DnsPeer
from tholos.resources.peer.views import MADE, PEERS
from tholos.resources.peer.want import CATALOG, PEER, own_node
from tholos.resources.system.model import require_system
from tholos.resources.types import AnyAddress

_SECRET_BYTES = 32


@command(
    "dns.secondary.add",
    legacy="v-add-dns-secondary ADDRESS [FORMAT]",
    rest="POST /dns-secondaries",
    view=MADE,
    resource=DnsPeer,
    formats=("json", "plain", "shell"),
)
def add(tx: Tx, address: AnyAddress) -> Peer:
    """Let another Tholos server copy all zones of this one; the key that it needs is shown only now."""
    require_system(tx, "DNS_SYSTEM")
    if exists(tx, SECONDARY, address):
        raise Exists(f"DNS secondary {address} already exists", argument="address")
    node = own_node(tx) or secrets.token_hex(6)
    name = f"{node}.{secrets.token_hex(4)}"
    secret = base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    values = {"role": SECONDARY, "address": address, "node": node, "name": name, "secret": secret}
    tx.execute(insert(dns_peers).values(created=tx.context.now, **values))
    tx.want(PEER, "all")
    tx.want(CATALOG, node)
    note(tx, SYSTEM, "DNS", f"Zones are copied to a secondary (Address: {address}).")
    return Peer(address, name, tx.context.now, f"{name}:{secret}")


@command("dns.secondary.delete", legacy="v-delete-dns-secondary ADDRESS", rest="DELETE /dns-secondaries/{address}")
def remove(tx: Tx, address: AnyAddress) -> None:
    """Let a server copy zones no longer; what it has it keeps until it is told to drop it."""
    require_system(tx, "DNS_SYSTEM")
    require(tx, SECONDARY, address)
    ours = (dns_peers.c.role == SECONDARY, dns_peers.c.address == address)
    node = tx.value(select(dns_peers.c.node).where(*ours))
    tx.execute(delete(dns_peers).where(*ours))
    tx.want(PEER, "all")
    tx.want(CATALOG, node)
    note(tx, SYSTEM, "DNS", f"Zones are copied to a secondary no longer (Address: {address}).")


@command(
    "dns.secondary.list",
    legacy="v-list-dns-secondaries [FORMAT]",
    rest="GET /dns-secondaries",
    view=PEERS,
    resource=DnsPeer,
)
def show_all(state: State) -> Sequence[Peer]:
    """List the servers that copy all zones of this one."""
    return all_peers(state, SECONDARY)
