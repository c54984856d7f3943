"""Zones as other servers are sent them: stored records as text, as the reference's ``dns.conf`` has them.

A signed zone is always transferred: a server that had its records would sign them with keys of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from tholos.kernel.tx import State
from tholos.resources.cluster.lines import make_line, parse_line
from tholos.resources.cluster.marks import ours
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.ip.model import addresses
from tholos.resources.ip.record import public_form
from tholos.resources.system.model import setting

BY_TRANSFER = "hestia-zone"
"""The setting with which zones are transferred by the name servers themselves (RFC 5936)."""
_CHANGING = ("SERIAL", "RECORDS")
"""What a transferred zone's record may say differently without being sent again."""


class Shipment(NamedTuple):
    """A zone as it is sent: its line, the lines of its records (None: it is transferred), and what tells it apart.

    ``serial`` is what a server should serve that transfers it from here, None where that is not so, or not known;
    the serial of a zone that is ``signed`` is this node's name server's own matter.
    """

    domain: str
    account: str
    line: str
    records: str | None
    digest: str
    serial: int | None = None
    signed: bool = False


class Terms(NamedTuple):
    """How zones are sent: this server's name, whether by transfer, and from which address."""

    source: str
    by_transfer: bool
    address: str


def terms(state: State) -> Terms:
    """How this node sends zones now."""
    source = state.context.machine.read("facts").hostname
    return Terms(source, setting(state, "DNS_CLUSTER_SYSTEM") == BY_TRANSFER, source_address(state))


def source_address(state: State) -> str:
    """The address from which other servers are to transfer zones; empty while this node knows of none."""
    first = state.row(select(addresses.c.ip, addresses.c.nat).order_by(addresses.c.created, addresses.c.ip))
    return public_form(first) if first is not None else ""


def transfers(state: State, how: Terms) -> bool:
    """Tell whether other servers transfer any zone of this node."""
    return how.by_transfer or state.row(ours().where(dns_domains.c.dnssec).limit(1)) is not None


def shipments(state: State, chosen: Collection[str] | None = None) -> Iterator[Shipment]:
    """The zones that belong on other servers, all or those of some names, in A-labels as the name on the wire is."""
    sent = ours().order_by(dns_domains.c.zone)
    if chosen is not None:
        sent = sent.where(dns_domains.c.zone.in_(chosen))
    how = terms(state)
    for zone in state.rows(sent):
        yield _shipment(state, zone, how)


def _shipment(state: State, zone: Row[Any], how: Terms) -> Shipment:
    own = select(dns_records).where(dns_records.c.domain_id == zone.id).order_by(dns_records.c.number)
    records = state.rows(own)
    pairs = _zone_pairs(zone, len(records))
    if how.by_transfer or zone.dnssec:
        pairs |= {"SLAVE": "yes", "MASTER": zone.master or how.address}
        line = make_line(pairs)
        serial = None if zone.suspended or pairs["MASTER"] != how.address else zone.serial
        digest = digest_of_transferred(how.source, line)
        return Shipment(zone.zone, zone.account, line, None, digest, serial, zone.dnssec)
    text = "\n".join(make_line(_record_pairs(record)) for record in records)
    line = make_line(pairs)
    return Shipment(zone.zone, zone.account, line, text, digest_of(how.source, line, text))


def digest_of(source: str, line: str, records: str) -> str:
    """What tells a copied zone from any other state of it; both sides compute it from the same text."""
    return _digest(source, line, *records.rstrip("\n").split("\n"))


def digest_of_transferred(source: str, line: str) -> str:
    """What tells a transferred zone from one that must be sent anew: its line, but for what a transfer brings."""
    return _digest(source, make_line({key: value for key, value in parse_line(line).items() if key not in _CHANGING}))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _zone_pairs(zone: Row[Any], count: int) -> dict[str, str]:
    return {
        "DOMAIN": zone.zone,
        "IP": zone.ip,
        "TPL": zone.template,
        "TTL": str(zone.ttl),
        "EXP": zone.expires,
        "SOA": zone.soa,
        "SERIAL": f"{zone.serial:010d}",
        "SRC": zone.src,
        "RECORDS": str(count),
        "DNSSEC": _yes_no(zone.dnssec),
        "KEY": "",
        "SLAVE": "no",
        "MASTER": zone.master,
        "SUSPENDED": _yes_no(zone.suspended),
        "TIME": f"{zone.created:%H:%M:%S}",
        "DATE": f"{zone.created:%Y-%m-%d}",
    }


def _record_pairs(record: Row[Any]) -> Mapping[str, str]:
    pairs = {
        "ID": str(record.number),
        "RECORD": record.record,
        "TYPE": record.type,
        "PRIORITY": "" if record.priority is None else str(record.priority),
        "VALUE": record.value.replace("'", "%quote%"),
        "SUSPENDED": _yes_no(record.suspended),
        "TIME": f"{record.created:%H:%M:%S}",
        "DATE": f"{record.created:%Y-%m-%d}",
    }
    return pairs | ({"TTL": str(record.ttl)} if record.ttl is not None else {})
