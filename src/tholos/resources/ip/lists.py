"""Listing addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State
from tholos.kernel.view import Csv, Field, Labels, Table, View, moments, words
from tholos.resources.ip.model import addresses
from tholos.resources.ip.record import usable
from tholos.resources.ip.resource import ServedAddress, UsableAddress
from tholos.resources.types import AccountName, Address
from tholos.resources.user.record import require as require_account
from tholos.resources.web.model import web_domains


def _listed() -> Select[Any]:
    mine = web_domains.c.ip == addresses.c.ip
    users = select(func.group_concat(web_domains.c.account.distinct())).where(mine)
    return select(
        addresses,
        users.scalar_subquery().label("accounts"),
        select(func.count()).where(mine).scalar_subquery().label("u_web_domains"),
    ).order_by(addresses.c.ip)


def _users(record: Any) -> str:
    return ",".join(sorted((record.accounts or "").split(",")))


_FIELDS: dict[str, Field] = {
    "U_SYS_USERS": _users,
    "MASK": "netmask",
    # In tables for people, what is empty prints as no.
    "NAT_SHOWN": lambda record: record.nat or "no",
    "NAME_SHOWN": lambda record: record.name or "no",
    **moments("created"),
}
_COLUMNS = words("IP OWNER STATUS NAME U_SYS_USERS U_WEB_DOMAINS INTERFACE NETMASK NAT TIME DATE")
_CSV = Csv(_COLUMNS, ",".join(_COLUMNS), frozenset(("U_SYS_USERS",)))

ADDRESS = View(
    key="IP",
    fields=_FIELDS,
    json=_COLUMNS[1:],
    plain=_COLUMNS,
    csv=_CSV,
    shell=Labels(
        (
            ("IP:", "IP"),
            ("NETMASK:", "NETMASK"),
            ("INTERFACE:", "INTERFACE"),
            ("NAT:", "NAT"),
            ("OWNER:", "OWNER"),
            ("STATUS:", "STATUS"),
            ("NAME:", "NAME"),
            ("USERS:", "U_SYS_USERS"),
            ("DOMAINS:", "U_WEB_DOMAINS"),
            ("TIME:", "TIME"),
            ("DATE:", "DATE"),
        ),
        width=16,
    ),
)
ADDRESSES = View(
    key="IP",
    fields=_FIELDS,
    json=_COLUMNS[1:],
    plain=_COLUMNS,
    csv=_CSV,
    shell=Table(
        (
            ("IP", "IP"),
            ("MASK", "NETMASK"),
            ("NAT", "NAT_SHOWN"),
            ("STATUS", "STATUS"),
            ("WEB", "U_WEB_DOMAINS"),
            ("DATE", "DATE"),
        )
    ),
)
_USABLE = words("IP OWNER STATUS NAME NAT")
USABLE = View(
    key="IP",
    fields=_FIELDS,
    json=_USABLE[1:],
    plain=_USABLE,
    csv=Csv(_USABLE, ",".join(_USABLE)),
    shell=Table((("IP", "IP"), ("NAT", "NAT_SHOWN"), ("OWNER", "OWNER"), ("STATUS", "STATUS"), ("NAME", "NAME_SHOWN"))),
)


@command(
    "address.show", legacy="v-list-sys-ip IP [FORMAT]", rest="GET /addresses/{ip}", view=ADDRESS, resource=ServedAddress
)
def show(state: State, ip: Address) -> Row[Any]:
    """Show an address."""
    row = state.row(_listed().where(addresses.c.ip == ip))
    if row is None:
        raise NotExist(f"IP {ip} doesn't exist", argument="ip")
    return row


@command(
    "address.list", legacy="v-list-sys-ips [FORMAT]", rest="GET /addresses", view=ADDRESSES, resource=ServedAddress
)
def show_all(state: State) -> Sequence[Row[Any]]:
    """List the addresses that sites are served on."""
    plain = {name: addresses.c[name] for name in ("ip", "owner", "status", "interface", "netmask")}
    return state.listed(_listed(), plain)


@command(
    "user.addresses.list",
    legacy="v-list-user-ips USER [FORMAT]",
    rest="GET /users/{user}/addresses",
    role="user",
    view=USABLE,
    resource=UsableAddress,
)
def show_usable(state: State, user: AccountName) -> Sequence[Row[Any]]:
    """List the addresses that an account may use."""
    require_account(state, user)
    return sorted(usable(state, user), key=lambda row: str(row.ip))
