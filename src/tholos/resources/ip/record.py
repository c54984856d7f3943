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
    return str(_choose(state, account, ip).ip)


def choose_public_address(state: State, account: str, ip: str | None) -> str:
    """As ``choose_address``, and as the world knows it: what names have to point to."""
    return public_form(_choose(state, account, ip))


def public_form(row: Row[Any]) -> str:
    """The address by which the world reaches one of the node's: that of its NAT where it stands behind one."""
    return str(row.nat or row.ip)


def _choose(state: State, account: str, ip: str | None) -> Row[Any]:
    if ip is not None:
        row = require(state, ip)
        if row.owner != account and row.status != "shared":
            raise Forbidden(f"{account} can't use {ip}", argument="ip")
        return row
    found = usable(state, account)
    if not found:
        raise NotExist("no avaiable IP address", argument="ip")
    return found[0]
