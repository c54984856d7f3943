"""What homes and sites take on the disk: measured outside of the writer, and kept with the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.tx import State, Tx
from tholos.resources.stats.model import disk_usage
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.model import accounts
from tholos.resources.user.record import find
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import find as find_site
from tholos.resources.web.want import site_home


class Measured(NamedTuple):
    """Bytes of a home without sites and mail, and of what its sites have by their names."""

    home: int
    sites: Mapping[str, int]


def measure(state: State, user: AccountName) -> Measured:
    """Look through a home; this takes as long as it has files, so nobody may wait for it in the writer."""
    return Measured(*state.context.machine.read("home size", user))


def measure_site(state: State, user: AccountName, domain: Domain) -> Measured:
    """Look through the files of a site."""
    site = find_site(state, user, domain)
    sizes = {} if site is None else {site.domain: state.context.machine.read("tree size", site_home(user, site.domain))}
    return Measured(0, sizes)


def keep_home(tx: Tx, user: str, measured: Measured) -> None:
    """Write down what a home takes, if its account is still there."""
    if find(tx, user) is not None:
        _put(tx, user, {"home": measured.home})


def keep_sites(tx: Tx, user: str, measured: Measured) -> None:
    """Write down what sites take; directories that are none, and sites that are gone meanwhile, are left out."""
    owned = web_domains.c.account == user
    for site in tx.rows(select(web_domains.c.id, web_domains.c.domain, web_domains.c.disk_bytes).where(owned)):
        size = measured.sites.get(site.domain, site.disk_bytes)
        if size != site.disk_bytes:
            tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(disk_bytes=size))


def keep_all(tx: Tx, user: str, measured: Measured) -> None:
    """Write down what all of an account takes, and when that was looked at."""
    if find(tx, user) is not None:
        _put(tx, user, {"home": measured.home, "measured": int(tx.context.now.timestamp())})
        keep_sites(tx, user, measured)


def _put(tx: Tx, user: str, values: dict[str, int]) -> None:
    put = insert(disk_usage).values(account=user, **{"measured": 0, **values})
    tx.execute(put.on_conflict_do_update(index_elements=["account"], set_=values))


def next_account(state: State, before: float) -> str | None:
    """The account that was looked at longest ago, before a second of 1970; those that never were come first."""
    fresh = select(disk_usage.c.account).where(disk_usage.c.measured >= before)
    found = select(accounts.c.name).outerjoin(disk_usage, disk_usage.c.account == accounts.c.name)
    row = state.row(found.where(accounts.c.name.not_in(fresh)).order_by(disk_usage.c.measured, accounts.c.id).limit(1))
    return None if row is None else str(row.name)


def pass_over(tx: Tx, user: str) -> None:
    """Note that an account had its turn, although nothing could be measured."""
    if find(tx, user) is not None:
        now = int(tx.context.now.timestamp())
        put = insert(disk_usage).values(account=user, home=0, measured=now)
        tx.execute(put.on_conflict_do_update(index_elements=["account"], set_={"measured": now}))
