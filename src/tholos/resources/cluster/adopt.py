"""Putting what another server sent in the place of what is served: the first half of rebuilding a zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from tholos.kernel.errors import Exists, Invalid, NotExist
from tholos.kernel.tx import Tx
from tholos.resources.cluster.condemned import remove_condemned
from tholos.resources.cluster.lines import parse_line
from tholos.resources.cluster.model import dns_received
from tholos.resources.cluster.prepared import Prepared, Read, read
from tholos.resources.cluster.received import LeftOut, ReceivedRecord, ReceivedZone, numbered, read_zone
from tholos.resources.cluster.reported import report_records, report_values, report_zone
from tholos.resources.cluster.rights import require_free
from tholos.resources.cluster.shipping import digest_of, digest_of_transferred
from tholos.resources.cluster.waiting import empty, has_records, is_waiting, keep, kept, served, stored, texts
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.dns.past import take
from tholos.resources.dns.reach import sources_reached
from tholos.resources.dns.zone import ZoneData
from tholos.resources.domain.registered import registrable
from tholos.resources.types import Domain

_UNFIT = (Invalid, Exists, NotExist)
"""Why a zone that was sent may not become one that is served: it makes none, or the name is another's."""


def adopt(tx: Tx, user: str, domain: str, prepared: Prepared | None = None) -> bool:
    """Make what was sent of a zone the zone; tell whether anything was. ``prepared`` is what was read of it before.

    Raise Invalid when it makes no zone, Exists when the name is not free, NotExist for records of none.
    """
    name = Domain(domain)
    sent, records = kept(tx, user, name), texts(tx, user, name)
    if sent is None or not (sent.line or sent.replaced or records):
        return False
    zone_id = _adopt_line(tx, user, sent) if sent.line else _require_here(tx, user, name)
    row = tx.row(select(dns_domains).where(dns_domains.c.id == zone_id))
    assert row is not None
    whole = True
    if row.slave:
        tx.execute(delete(dns_records).where(dns_records.c.domain_id == zone_id))
    else:
        whole = _adopt_records(tx, row, _read(name, records, prepared), replaced=sent.replaced)
    digest = _digest(sent, records, slave=row.slave) if whole else ""
    empty(tx, user, name)
    keep(tx, user, name, line="", replaced=False, condemned=None, digest=digest)
    return True


def _digest(sent: Row[Any], records: Sequence[str], *, slave: bool) -> str:
    """What tells its sender that the zone is as it was sent; empty where not all of it was."""
    if slave:
        return digest_of_transferred(sent.src, sent.line) if sent.line else ""
    # What is too much for one file follows record by record.
    text = "\n".join(part.rstrip("\n") for part in records) if sent.replaced else ""
    return digest_of(sent.src, sent.line, text) if sent.line and text else ""


def _adopt_line(tx: Tx, user: str, sent: Row[Any]) -> int:
    """Give the zone the values that were sent, or make it; give its number in the table."""
    zone = read_zone(sent.line)
    values = _columns(zone) | {"src": sent.src}
    report_values(tx, user, zone.domain.ascii, sent.src, zone.odd)
    # The name may have been taken since the line was sent.
    require_free(tx, user, zone.domain, sent.src)
    known = served(tx, zone.domain)
    if known is not None:
        tx.execute(update(dns_domains).where(dns_domains.c.id == known.id).values(values))
        return int(known.id)
    names = {"account": user, "domain": zone.domain, "zone": zone.domain.ascii, "parent": registrable(zone.domain)}
    tx.execute(insert(dns_domains).values(created=tx.context.now, **names, **values))
    take(tx, zone.domain.ascii)
    return int(tx.value(select(dns_domains.c.id).where(dns_domains.c.zone == zone.domain.ascii)))


def _require_here(tx: Tx, user: str, domain: Domain) -> int:
    """The number of an account's zone; NotExist when it has none of this name."""
    known = served(tx, domain)
    if known is None or known.account != user:
        raise NotExist(f"dns domain {domain} doesn't exist", argument="domain")
    return int(known.id)


def _columns(zone: ReceivedZone) -> dict[str, object]:
    values = zone._asdict()
    del values["domain"], values["odd"]
    return values


def _read(name: Domain, sent: Sequence[str], prepared: Prepared | None) -> Read:
    """What texts say, as it was read before if they are still the same."""
    before = (prepared or {}).get(name.ascii)
    return before if before is not None and before.texts == sent else read(sent)


def _adopt_records(tx: Tx, zone: Row[Any], sent: Read, *, replaced: bool) -> bool:
    """Add the records that were sent to the zone's own, or put them in their place; tell whether it holds them all."""
    before = [] if replaced else stored(tx, zone.id)
    records = numbered([*before, *(one for one in sent.records if isinstance(one, ReceivedRecord))])
    data = ZoneData(zone.zone, zone.soa, zone.serial, zone.ttl, ())
    kept_records, unsound = sent.sound(data, [*records.values()])
    left_out = [*(one for one in sent.records if isinstance(one, LeftOut)), *unsound]
    report_records(tx, zone, kept_records, left_out)
    if not any(map(_is_server, kept_records)):
        raise Invalid(f"dns domain {zone.zone} has no name server", argument="domain")
    if not zone.soa:
        # What was sent as the primary server is the name of none.
        server = next(one.content.value for one in kept_records if _is_server(one))
        tx.execute(update(dns_domains).where(dns_domains.c.id == zone.id).values(soa=server.rstrip(".")))
    tx.execute(delete(dns_records).where(dns_records.c.domain_id == zone.id))
    rows = [_row(tx, zone.id, record) for record in sorted(kept_records, key=lambda one: one.number)]
    tx.execute(insert(dns_records), rows)
    return not left_out


def _is_server(one: ReceivedRecord) -> bool:
    """Tell whether a record names a server of its zone."""
    return one.content.type == "NS" and one.record == "@" and not one.suspended


def _row(tx: Tx, zone_id: int, record: ReceivedRecord) -> dict[str, object]:
    known = {"number": record.number, "record": record.record, "ttl": record.ttl, "suspended": record.suspended}
    return {"domain_id": zone_id, "created": tx.context.now, **known, **record.content._asdict()}


def adopt_all(tx: Tx, user: str, prepared: Prepared | None = None) -> frozenset[str]:
    """As ``adopt``, for every zone of an account that was sent, as far as the caller reaches them; give their names.

    One that makes no zone, or whose name is not free, is named in the history and stays as it was; so does one whose
    records are still to come. Zones that their sender dropped and did not send again go.
    """
    adopted = []
    columns = (dns_received.c.domain, dns_received.c.src, dns_received.c.line, has_records().label("has_records"))
    received = select(*columns).where(dns_received.c.account == user, is_waiting())
    sent = [row for row in tx.rows(received.order_by(dns_received.c.domain)) if not _is_half_sent(row)]
    # Another master may be half-way through its zones.
    reached = sources_reached(tx, {row.src for row in sent})
    for domain in (row.domain for row in sent if row.src in reached):
        if tx.goes_without(domain):
            continue
        try:
            with tx.connection.begin_nested():
                adopt(tx, user, domain, prepared)
        except _UNFIT as refusal:
            report_zone(tx, user, refusal.text)
        else:
            adopted.append(domain)
    remove_condemned(tx, user)
    return frozenset(adopted)


def _is_half_sent(row: Row[Any]) -> bool:
    """Tell whether a zone's line came and its records did not: whoever rebuilds all zones now is not its sender.

    A master that lets all be rebuilt has sent each with its records before, if it has any.
    """
    return not row.has_records and parse_line(row.line).get("SLAVE") != "yes"
