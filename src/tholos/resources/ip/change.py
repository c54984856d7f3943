"""Changing and deleting addresses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, Forbidden, InUse
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.push import followed
from tholos.resources.ip.interfaces import where
from tholos.resources.ip.model import addresses
from tholos.resources.ip.public import moved
from tholos.resources.ip.record import public_form, require
from tholos.resources.ip.types import AddressName, AddressStatus, PublicAddress
from tholos.resources.log.model import note
from tholos.resources.system.model import root_user
from tholos.resources.types import AccountName, Address
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active
from tholos.resources.web.model import web_domains


def _set(tx: Tx, ip: str, **values: object) -> None:
    tx.execute(update(addresses).where(addresses.c.ip == ip).values(values))
    changed = ", ".join(f"{key.capitalize()}: {value}" for key, value in values.items())
    note(tx, "system", "System", f"Address changed (Address: {ip}, {changed}).")


def _sites(state: State, ip: str) -> list[Row[Any]]:
    return list(state.rows(select(web_domains.c.account, web_domains.c.domain).where(web_domains.c.ip == ip)))


def _require_unused(state: State, ip: str) -> None:
    """Raise Exists (exit code 4) while sites are served on an address (is_ip_key_empty)."""
    count = len(_sites(state, ip))
    if count:
        raise Exists(f"address {ip} is in use, web domains: {count}", argument="ip")


@command(
    "address.name.change",
    legacy="v-change-sys-ip-name IP NAME",
    examples={"name": "ip2.example.org"},
    usage="IP IP_NAME",
    rest="PUT /addresses/{ip}/name",
)
def name(tx: Tx, ip: Address, name: AddressName) -> None:
    """Change the host name that is bound to an address."""
    row = require(tx, ip)
    _set(tx, row.ip, name=name)


@command(
    "address.nat.change",
    legacy="v-change-sys-ip-nat IP NAT_IP [RESTART]",
    examples={"nat_ip": "203.0.113.7"},
    rest="PUT /addresses/{ip}/nat",
)
def nat(tx: Tx, ip: Address, nat_ip: PublicAddress) -> None:
    """Change or clear the public address behind which an address stands; zones follow."""
    row = require(tx, ip)
    with followed(tx):
        _set(tx, row.ip, nat=nat_ip)
    for site in _sites(tx, row.ip):
        tx.want("site", site.account, site.domain)
    moved(tx, public_form(row), nat_ip or row.ip)


@command("address.owner.change", legacy="v-change-sys-ip-owner IP USER", rest="PUT /addresses/{ip}/owner")
def owner(tx: Tx, ip: Address, user: AccountName) -> None:
    """Give an address to another account; the first administrator's addresses are shared."""
    row = require(tx, ip)
    require_active(tx, user)
    _require_unused(tx, row.ip)
    _set(tx, row.ip, owner=user, status="shared" if user == root_user(tx) else "dedicated")


@command("address.status.change", legacy="v-change-sys-ip-status IP IP_STATUS", rest="PUT /addresses/{ip}/status")
def status(tx: Tx, ip: Address, ip_status: AddressStatus) -> None:
    """Let every account use an address, or its owner alone; a shared one belongs to the first administrator."""
    row = require(tx, ip)
    if row.status == ip_status:
        raise Exists(f"{ip_status} status is already set", argument="ip_status")
    users = {site.account for site in _sites(tx, row.ip)} - {row.owner}
    if ip_status == "dedicated" and users:
        raise InUse(f"address {ip} is in use by {len(users)} accounts", argument="ip")
    if ip_status == "shared":
        _set(tx, row.ip, status=ip_status, owner=root_user(tx))
    else:
        _set(tx, row.ip, status=ip_status)


@command("address.delete", legacy="v-delete-sys-ip IP", rest="DELETE /addresses/{ip}")
def remove(tx: Tx, ip: Address) -> None:
    """Stop serving sites on an address, and take it off its interface if it was put there."""
    row = require(tx, ip)
    _require_unused(tx, row.ip)
    place = where(tx, row.ip)
    if place is not None and not row.added and str(place[0].addresses[0].ip) == row.ip:
        raise Forbidden(f"{row.ip} is the primary address of {place[0].name}", argument="ip")
    with followed(tx):
        tx.execute(delete(addresses).where(addresses.c.ip == row.ip))
    tx.drop("address", row.ip)
    note(tx, "system", "System", f"Deleted address (Address: {row.ip}).")


@command("user.addresses.delete", legacy="v-delete-user-ips USER", rest="DELETE /users/{user}/addresses")
def remove_of_user(tx: Tx, user: AccountName) -> None:
    """Return the addresses of an account to the first administrator, dedicated."""
    require_account(tx, user)
    owned = tx.rows(select(addresses.c.ip).where(addresses.c.owner == user))
    for row in owned:
        _require_unused(tx, row.ip)
    for row in owned:
        _set(tx, row.ip, owner=root_user(tx), status="dedicated")


@command("address.counters.update", legacy="v-update-sys-ip-counters [IP]", usage="IP")
def update_counters(state: State, ip: Address | None = None) -> None:
    """Recount the sites on addresses; counters are always counted, so this only checks the address."""
    if ip is not None:
        require(state, ip)
