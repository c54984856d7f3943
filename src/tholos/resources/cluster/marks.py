"""What is to be copied: written down in the transaction of the change itself, taken up by a job, and ticked off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, delete, false, func, literal, select, update
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.hosts import change_host, stamp
from tholos.resources.cluster.model import LEAVING, MEMBER, dns_hosts, dns_pushes
from tholos.resources.dns.model import dns_domains
from tholos.resources.system.model import setting
from tholos.resources.user.model import accounts

CLUSTER_ACCOUNT = "dns-cluster"
"""What is in such an account's name, or is its role, came from another server and is sent to none."""
UNSERVED = "not yet transferred"
"""The error of a zone that a server has taken, and whose name server may still be transferring it."""
LONGEST_ERROR = 500
"""Signs of an error that are kept."""

# Every change of a zone asks for them, and making a statement takes longer than carrying it out.
_HOSTS = select(dns_hosts.c.host).where(dns_hosts.c.phase != LEAVING)


class Done(NamedTuple):
    """What became of one zone on one server: what it has now (empty: nothing), and what is wrong with that.

    ``marked`` is the mark that was seen before: a newer one stays, and so does any while something is wrong.
    """

    domain: str
    account: str
    marked: int
    digest: str = ""
    error: str = ""


def mark(tx: Tx, user: str, domain: str) -> None:
    """Write down that a zone, by its name in A-labels, may differ from what the servers of the cluster have of it.

    What is not ours to send is marked only where it was sent before.
    """
    hosts = tx.rows(_HOSTS)
    if not hosts:
        return
    if tx.row(ours().where(dns_domains.c.zone == domain)) is None:
        tx.execute(update(dns_pushes).where(dns_pushes.c.domain == domain).values(_anew(tx)))
        return
    for (host,) in hosts:
        _mark(tx, host, domain, user)


def withdraw(tx: Tx, user: str, domain: str) -> None:
    """Write down that a zone, by its name in A-labels, is to be taken off every server, be it ours to send or not.

    It comes there again when it is marked again, or when everything is compared.
    """
    for (host,) in tx.rows(_HOSTS):
        _mark(tx, host, domain, user, marked=-stamp())


def mark_account(tx: Tx, user: str) -> None:
    """Write down the same for every zone of an account, of which more or fewer may be ours to send than before."""
    tx.execute(update(dns_pushes).where(dns_pushes.c.domain.in_(_zones_of(user))).values(_anew(tx)))
    for (host,) in tx.rows(_HOSTS):
        columns = {"host": literal(host), "domain": dns_domains.c.zone, "account": dns_domains.c.account}
        new = columns | {"marked": literal(stamp()), "since": literal(tx.context.now)}
        chosen = ours().where(dns_domains.c.account == user).with_only_columns(*new.values())
        tx.execute(insert(dns_pushes).from_select([*new], chosen).on_conflict_do_nothing())


def _zones_of(user: str) -> Select[Any]:
    return select(dns_domains.c.zone).where(dns_domains.c.account == user)


def _anew(tx: Tx) -> dict[str, object]:
    """What a row has that is marked."""
    return {"marked": stamp(), "since": func.coalesce(dns_pushes.c.since, tx.context.now), "error": ""}


def ours() -> Select[Any]:
    """The zones that belong on other servers: not those that came from one, nor those that are transferred to us."""
    zones = select(dns_domains).join(accounts, accounts.c.name == dns_domains.c.account)
    kept_here = accounts.c.name.contains(CLUSTER_ACCOUNT, autoescape=True)
    return zones.where(~dns_domains.c.slave, dns_domains.c.src == "", accounts.c.role != CLUSTER_ACCOUNT, ~kept_here)


def _mark(tx: Tx, host: str, domain: str, account: str, **known: object) -> None:
    values = {"account": account, "marked": stamp(), "error": "", **known}
    row = insert(dns_pushes).values(host=host, domain=domain, since=tx.context.now, **values)
    since = func.coalesce(dns_pushes.c.since, row.excluded.since)
    tx.execute(row.on_conflict_do_update(index_elements=["host", "domain"], set_={**values, "since": since}))


def busy_hosts(state: State, *, fresh: bool = False) -> Sequence[str]:
    """The servers for which there is anything to do; with ``fresh``, more than to try again what they refused."""
    behind = select(dns_pushes.c.host).where(dns_pushes.c.host == dns_hosts.c.host, dns_pushes.c.marked != 0)
    if fresh:
        behind = behind.where(dns_pushes.c.error == "")
    member: ColumnElement[bool] = (
        (dns_hosts.c.phase == MEMBER) & ~dns_hosts.c.suspended & ((dns_hosts.c.sync != 0) | behind.exists())
    )
    asked = (dns_hosts.c.phase != MEMBER) | (dns_hosts.c.wipe != 0)
    if setting(state, "DNS_CLUSTER") != "yes":
        member = false()
    return [row.host for row in state.rows(select(dns_hosts.c.host).where(member | asked))]


def host_row(state: State, host: str) -> Row[Any] | None:
    """A server in whatever phase, or None."""
    return state.row(select(dns_hosts).where(dns_hosts.c.host == host))


def pushes(state: State, host: str, *, marked: bool) -> Sequence[Row[Any]]:
    """What a server has of each zone: of all, or of those that are marked.

    The longest waiting are first, and those last that it did not take before: they keep no other waiting.
    """
    wanted = select(dns_pushes).where(dns_pushes.c.host == host)
    if marked:
        wanted = wanted.where(dns_pushes.c.marked != 0).order_by(
            dns_pushes.c.error != "", dns_pushes.c.since, dns_pushes.c.domain
        )
    return state.rows(wanted)


def count(state: State, host: str) -> int:
    """How many zones a server may have."""
    return int(state.value(select(func.count()).select_from(dns_pushes).where(dns_pushes.c.host == host)))


def tick_off(tx: Tx, host: str, done: Iterable[Done]) -> None:
    """Write down what a server took and what it refused; a zone that is gone on both sides is forgotten."""
    for each in done:
        place = (dns_pushes.c.host == host, dns_pushes.c.domain == each.domain)
        settled = (*place, dns_pushes.c.marked == each.marked)
        if each.error:
            tx.execute(update(dns_pushes).where(*place).values(acknowledged=each.digest))
            tx.execute(update(dns_pushes).where(*settled).values(error=each.error[:LONGEST_ERROR]))
        elif each.digest:
            tx.execute(update(dns_pushes).where(*place).values(acknowledged=each.digest, account=each.account))
            tx.execute(update(dns_pushes).where(*settled).values(marked=0, since=None, error=""))
        else:
            tx.execute(update(dns_pushes).where(*place).values(acknowledged=""))
            tx.execute(delete(dns_pushes).where(*settled))


def intend(tx: Tx, host: str, zones: Mapping[str, str]) -> None:
    """Write down that a server is to be brought some zones (by name: whose they are), whatever it seems to have."""
    for domain, account in zones.items():
        _mark(tx, host, domain, account, acknowledged="")


def agree(tx: Tx, host: str, zones: Mapping[str, tuple[str, str]]) -> None:
    """Write down what a server has as it should be, by what it says itself (by name: whose it is, and its digest)."""
    ours_now = {row.zone for row in tx.rows(ours().where(dns_domains.c.zone.in_(zones)))}
    for domain, (account, digest) in zones.items():
        # One that is deleted meanwhile is to be taken off, and was not marked while there was no row.
        gone = {} if domain in ours_now else {"marked": stamp(), "since": tx.context.now}
        row = insert(dns_pushes).values(host=host, domain=domain, account=account, acknowledged=digest, **gone)
        same = {"acknowledged": row.excluded.acknowledged}
        tx.execute(row.on_conflict_do_update(index_elements=["host", "domain"], set_=same))


def finish(tx: Tx, host: str, *, sync: int = 0, size: str | None = None) -> None:
    """Write down that a server was reached, and that a comparison asked for by number is over."""
    values: dict[str, object] = {"succeeded": tx.context.now, "error": ""}
    change_host(tx, host, **values if size is None else values | {"size": size})
    if sync:
        tx.execute(update(dns_hosts).where(dns_hosts.c.host == host, dns_hosts.c.sync == sync).values(sync=0))


def forget_all(tx: Tx, host: str, wipe: int) -> None:
    """Write down that a server has none of our zones any more, because it was asked to drop them.

    What was marked after that request stays to be brought there.
    """
    mine = dns_pushes.c.host == host
    tx.execute(delete(dns_pushes).where(mine, dns_pushes.c.marked < wipe))
    tx.execute(update(dns_pushes).where(mine).values(acknowledged=""))
    tx.execute(update(dns_hosts).where(dns_hosts.c.host == host, dns_hosts.c.sync < wipe).values(sync=0))
    tx.execute(update(dns_hosts).where(dns_hosts.c.host == host, dns_hosts.c.wipe == wipe).values(wipe=0))
