"""Taking zones from another server (``dns-cluster.md``, slave side).

What is sent is kept aside, and only rebuilding the zone puts it in the place of what is served: whatever happens to the
other server in between, the zone stays as it was. See ``adopt.py``.
"""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.tx import Tx
from tholos.resources.cluster.condemned import goes_on
from tholos.resources.cluster.received import read_record, read_zone
from tholos.resources.cluster.rights import require_free
from tholos.resources.cluster.room import require_room_of_account
from tholos.resources.cluster.types import InsertFlush, Line, RecordFile, RecordLine, Source
from tholos.resources.cluster.waiting import add, empty, keep, kept
from tholos.resources.dns.reach import is_masters, is_reached, is_source_reached
from tholos.resources.dns.record import find
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active

_REPLACED = InsertFlush("")


@command(
    "cluster.zone.insert",
    legacy="v-insert-dns-domain USER DATA [SRC] [FLUSH]",
    usage="USER DATA [SRC] [FLUSH] [RESTART]",
)
def insert_zone(
    tx: Tx, user: AccountName, data: Line, src: Source | None = None, flush: InsertFlush = _REPLACED
) -> None:
    """Take a zone's own values from another server; they are served once the zone is rebuilt.

    A zone that another server brought, or that was added here, is refused, and so is a name that is not free here.
    """
    require_system(tx, "DNS_SYSTEM")
    require_active(tx, user)
    zone = read_zone(data)
    if src is None and is_masters(tx.context.caller):
        raise Invalid("src is required :: it says which zones are this server's", argument="src")
    require_free(tx, user, zone.domain, src or "", new=flush == "no")
    require_room_of_account(tx, user, len(data))
    sender = tx.context.caller.key if is_masters(tx.context.caller) else ""
    keep(tx, user, zone.domain, line=data, src=src or "", digest="", sender=sender)
    if flush == "records":
        _replace(tx, user, zone.domain)
    goes_on(tx, user, src or "")


@command(
    "cluster.record.insert",
    legacy="v-insert-dns-record USER DOMAIN DATA",
    usage="USER DOMAIN DATA [RESTART]",
)
def insert_record(tx: Tx, user: AccountName, domain: Domain, data: RecordLine) -> None:
    """Take a record of a zone from another server; it is served once the zone is rebuilt."""
    _require(tx, user, domain)
    read_record(data)
    # Nothing that grows with the records before is read or written: there may be very many.
    add(tx, user, domain, data)


@command(
    "cluster.records.insert",
    legacy="v-insert-dns-records USER DOMAIN DATA_FILE",
    usage="USER DOMAIN DATAFILE [RESTART]",
)
def insert_records(tx: Tx, user: AccountName, domain: Domain, data_file: RecordFile) -> None:
    """Take all records of a zone from another server; they are served once the zone is rebuilt."""
    # A path is here in its content's place where there is no such file, which is no error.
    missing = data_file.startswith("/")
    _require(tx, user, domain, sent=not missing)
    if not missing:
        _replace(tx, user, domain)
        add(tx, user, domain, data_file)


def _replace(tx: Tx, user: str, domain: Domain) -> None:
    """The records that come next take the place of all others of a zone."""
    empty(tx, user, domain)
    keep(tx, user, domain, replaced=True)


def _require(tx: Tx, user: AccountName, domain: Domain, *, sent: bool = True) -> None:
    """Raise NotExist when no line of the zone waits, but for what is not ``sent``.

    The line says whose the zone is: records that followed a refused one would change somebody else's.
    """
    require_system(tx, "DNS_SYSTEM")
    require_active(tx, user)
    before = kept(tx, user, domain)
    if before is not None and before.line and is_source_reached(tx, before.src):
        return
    served_here = is_reached(tx, find(tx, user, domain))
    if sent or not served_here:
        why = " :: v-insert-dns-domain comes first, and was refused or not called" if served_here else ""
        raise NotExist(f"dns domain {domain} doesn't exist{why}", argument="domain")
