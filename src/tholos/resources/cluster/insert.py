"""Taking zones from another server (``dns-cluster.md``, slave side).

What is sent is kept aside, and only rebuilding the zone puts it in the place of what is served: whatever happens to the
other server in between, the zone stays as it was. See ``adopt.py``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.model import dns_received
from tholos.resources.cluster.received import read_record, read_zone
from tholos.resources.cluster.types import InsertFlush, Line, RecordFile, RecordLine, Source
from tholos.resources.dns.model import dns_domains
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active

_REPLACED = InsertFlush("")


def served(state: State, domain: Domain) -> Row[Any] | None:
    """A zone of this node, whoever has it, or None."""
    return state.row(select(dns_domains).where(dns_domains.c.zone == domain.ascii))


def exists(domain: Domain) -> Exists:
    """The refusal of a zone that is there already."""
    return Exists(f"dns domain {domain} exists", argument="domain")


def kept(state: State, user: str, domain: Domain) -> Row[Any] | None:
    """What is remembered of a zone that another server sent, or None."""
    place = (dns_received.c.account == user, dns_received.c.domain == domain.ascii)
    return state.row(select(dns_received).where(*place))


def is_sent(row: Any) -> bool:
    """Tell whether anything was sent that is not yet served."""
    return bool(row.line or row.added or row.records is not None)


def is_waiting() -> Any:
    """As ``is_sent``, for a select."""
    received = dns_received.c
    return or_(received.line != "", received.added != "", received.records.is_not(None))


def keep(tx: Tx, user: str, domain: Domain, **values: object) -> None:
    """Remember something of a zone that another server sent."""
    row = insert(dns_received).values(account=user, domain=domain.ascii, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["account", "domain"], set_=values))


@command(
    "cluster.zone.insert",
    legacy="v-insert-dns-domain USER DATA [SRC] [FLUSH]",
    usage="USER DATA [SRC] [FLUSH] [RESTART]",
)
def insert_zone(
    tx: Tx, user: AccountName, data: Line, src: Source | None = None, flush: InsertFlush = _REPLACED
) -> None:
    """Take a zone's own values from another server; they are served once the zone is rebuilt."""
    require_system(tx, "DNS_SYSTEM")
    require_active(tx, user)
    zone = read_zone(data)
    known = served(tx, zone.domain)
    if known is not None and (known.account != user or (flush == "no" and not _is_condemned(tx, user, zone.domain))):
        raise exists(zone.domain)
    emptied: dict[str, object] = {"records": "", "added": ""} if flush == "records" else {}
    keep(tx, user, zone.domain, line=data, src=src or "", condemned=None, digest="", **emptied)


@command(
    "cluster.record.insert",
    legacy="v-insert-dns-record USER DOMAIN DATA",
    usage="USER DOMAIN DATA [RESTART]",
)
def insert_record(tx: Tx, user: AccountName, domain: Domain, data: RecordLine) -> None:
    """Take a record of a zone from another server; it is served once the zone is rebuilt."""
    before = _require(tx, user, domain)
    read_record(data)
    keep(tx, user, domain, added=f"{before.added if before else ''}{data}\n", digest="")


@command(
    "cluster.records.insert",
    legacy="v-insert-dns-records USER DOMAIN DATA_FILE",
    usage="USER DOMAIN DATAFILE [RESTART]",
)
def insert_records(tx: Tx, user: AccountName, domain: Domain, data_file: RecordFile) -> None:
    """Take all records of a zone from another server; they are served once the zone is rebuilt."""
    _require(tx, user, domain)
    # A path is here in its content's place where there is no such file, which is no error.
    if not data_file.startswith("/"):
        keep(tx, user, domain, records=data_file, added="", digest="")


def _require(tx: Tx, user: AccountName, domain: Domain) -> Row[Any] | None:
    """What was sent of a zone before; NotExist when there is no such zone."""
    require_system(tx, "DNS_SYSTEM")
    require_active(tx, user)
    known, before = served(tx, domain), kept(tx, user, domain)
    if (known is None or known.account != user) and (before is None or not before.line):
        raise NotExist(f"dns domain {domain} doesn't exist", argument="domain")
    return before


def _is_condemned(tx: Tx, user: str, domain: Domain) -> bool:
    before = kept(tx, user, domain)
    return before is not None and before.condemned is not None
