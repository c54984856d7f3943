"""Reading addresses: which of them an account may use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, or_, select

from tholos.kernel.errors import Forbidden, NotExist
from tholos.kernel.tx import State
from tholos.resources.ip.model import addresses


def find(state: State, ip: str) -> Row[Any] | None:
    """An address by its local or its public (NAT) form, or None."""
    return state.row(select(addresses).where(or_(addresses.c.ip == ip, addresses.c.nat == ip)))


def require(state: State, ip: str) -> Row[Any]:
    """An address, or NotExist."""
    row = find(state, ip)
    if row is None:
        raise NotExist(f"IP {ip} doesn't exist", argument="ip")
    return row


def usable(state: State, account: str) -> Sequence[Row[Any]]:
    """The addresses that an account may use: its own, then the shared ones."""
    mine = addresses.c.owner == account
    found = state.rows(select(addresses).where(or_(mine, addresses.c.status == "shared")).order_by(addresses.c.created))
    return sorted(found, key=lambda row: row.owner != account)


def choose_address(state: State, account: str, ip: str | None) -> str:
    """The address asked for, if the account may use it, else the account's first; NotExist or Forbidden."""
    if ip is not None:
        row = require(state, ip)
        if row.owner != account and row.status != "shared":
            raise Forbidden(f"{account} can't use {ip}", argument="ip")
        return str(row.ip)
    found = usable(state, account)
    if not found:
        raise NotExist("no avaiable IP address", argument="ip")
    return str(found[0].ip)
