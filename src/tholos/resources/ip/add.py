"""Adding an address, and registering those that the machine has."""

from __future__ import annotations

from ipaddress import IPv4Interface

from sqlalchemy import delete, insert, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists
from tholos.kernel.late import Late
from tholos.kernel.tx import Tx
from tholos.resources.cluster.push import followed
from tholos.resources.ip.interfaces import present, require, where
from tholos.resources.ip.model import addresses
from tholos.resources.ip.public import moved
from tholos.resources.ip.record import public_form
from tholos.resources.ip.types import AddressName, AddressStatus, InterfaceName, Netmask, PublicAddress
from tholos.resources.log.model import note
from tholos.resources.system.model import root_user
from tholos.resources.types import AccountName, Address
from tholos.resources.user.record import require_active
from tholos.resources.web.model import web_domains

_SHARED = AddressStatus("shared")


@command(
    "address.add",
    legacy="v-add-sys-ip IP NETMASK [INTERFACE] [USER] [IP_STATUS] [IP_NAME] [NAT_IP]",
    usage="IP NETMASK [INTERFACE] [USER] [STATUS] [NAME] [NATED_IP]",
    rest="POST /addresses",
)
def add(
    tx: Tx,
    ip: Address,
    netmask: Netmask,
    interface: InterfaceName | None = None,
    user: AccountName | None = None,
    ip_status: AddressStatus = _SHARED,
    ip_name: Late[AddressName] | None = None,
    nat_ip: Late[PublicAddress] | None = None,
) -> None:
    """Serve sites on another address; one that the machine does not have is put on its interface."""
    card = require(tx, interface)
    _require_free(tx, ip, user)
    with followed(tx):
        _insert(
            tx,
            IPv4Interface(f"{ip}/{netmask}"),
            interface=card.name,
            owner=user or root_user(tx),
            status=ip_status,
            name=ip_name.take() if ip_name else "",
            nat=nat_ip.take() if nat_ip else "",
            added=where(tx, ip) is None,
        )
    note(tx, "system", "Network", f"Added address (Address: {ip}, Interface: {card.name}).")


def _require_free(tx: Tx, ip: Address, user: AccountName | None) -> None:
    if tx.value(select(addresses.c.ip).where(addresses.c.ip == ip)) is not None:
        raise Exists(f"{ip} is already exists", argument="ip")
    if user is not None:
        require_active(tx, user)


def _insert(tx: Tx, address: IPv4Interface, **values: object) -> None:
    ip, netmask = str(address.ip), str(address.netmask)
    tx.execute(insert(addresses).values(ip=ip, netmask=netmask, created=tx.context.now, **values))
    tx.want("address", ip)


@command("address.register", legacy="v-update-sys-ip", rest="POST /register-addresses")
def register(tx: Tx) -> None:
    """Register the addresses that the machine has; sites and zones follow when its only address has changed."""
    with followed(tx):
        _register(tx)


def _register(tx: Tx) -> None:
    found = {str(each.ip): (card.name, each) for card in present(tx) for each in card.addresses}
    known = {row.ip: row for row in tx.rows(select(addresses).order_by(addresses.c.created))}
    missing = [ip for ip in found if ip not in known]
    gone = [ip for ip in known if ip not in found]
    for ip in missing:
        name, address = found[ip]
        _insert(tx, address, interface=name, owner=root_user(tx))
        note(tx, "system", "Network", f"Registered address (Address: {ip}, Interface: {name}).")
    if len(known) == len(gone) == len(missing) == 1:
        _move(tx, gone[0], missing[0])


def _move(tx: Tx, old: str, new: str) -> None:
    """Have a new address take the place of the machine's only one, which it does not have any more."""
    row = tx.row(select(addresses).where(addresses.c.ip == old))
    if row is None or row.added:
        return
    kept = {"owner": row.owner, "status": row.status, "name": row.name, "nat": row.nat}
    tx.execute(update(addresses).where(addresses.c.ip == new).values(kept))
    for site in tx.rows(select(web_domains.c.account, web_domains.c.domain).where(web_domains.c.ip == old)):
        tx.want("site", site.account, site.domain)
    tx.execute(update(web_domains).where(web_domains.c.ip == old).values(ip=new))
    tx.execute(delete(addresses).where(addresses.c.ip == old))
    tx.drop("address", old)
    moved(tx, public_form(row), row.nat or new)
    note(tx, "system", "Network", f"Address changed (From: {old}, To: {new}).")
