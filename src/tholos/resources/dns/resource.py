"""Zones, records and templates as the REST API shows them."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import msgspec

from tholos.resources.shown import Moment, moment, some


class DnsDomain(msgspec.Struct, frozen=True):
    """A zone: where its template's records point, its serial, and the server that it is transferred from, if any."""

    user: str
    domain: str
    zone: str
    ip: str
    template: str
    ttl: int
    expires_on: date | None
    soa: str
    serial: int
    dnssec: bool
    source: str | None
    primary: str | None
    records: int
    suspended: bool
    created: Moment

    @classmethod
    def of(cls, zone: Any) -> Self:
        """The resource of a record."""
        return cls(
            user=zone.account,
            domain=zone.domain,
            zone=zone.zone,
            ip=zone.ip,
            template=zone.template,
            ttl=zone.ttl,
            expires_on=_day(zone.expires),
            soa=zone.soa,
            serial=zone.serial,
            dnssec=zone.dnssec,
            source=some(zone.src),
            primary=some(zone.master),
            records=zone.records,
            suspended=zone.suspended,
            created=moment(zone.created),
        )


class DnsRecord(msgspec.Struct, frozen=True):
    """A record: its owner below the zone (``@`` is the zone itself), and its own TTL where it has one.

    ``created`` is when it was added, or when what it says was changed last.
    """

    user: str
    domain: str
    id: int
    record: str
    type: str
    priority: int | None
    value: str
    ttl: int | None
    suspended: bool
    created: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            user=record.account,
            domain=record.domain,
            id=record.number,
            record=record.record,
            type=record.type,
            priority=record.priority,
            value=record.value,
            ttl=record.own_ttl,
            suspended=record.suspended,
            created=moment(record.created),
        )


class DnsTemplateRecord(msgspec.Struct, frozen=True):
    """A record of a template, with ``%domain%``, ``%ip%``, ``%ns1%`` ... in place of what each zone has."""

    id: int
    record: str
    type: str
    priority: int | None
    value: str

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        priority = int(record.priority) if record.priority else None
        return cls(record.number, record.record, record.type, priority, record.value)


class DnsKey(msgspec.Struct, frozen=True):
    """The key that signs a zone: the record for the zone itself, and the DS record for the zone above."""

    domain: str
    record: str | None
    tag: int | None
    flag: int | None
    algorithm: str | None
    key: str | None
    ds: str | None

    @classmethod
    def of(cls, shown: Any) -> Self:
        """The resource of a key."""
        return cls(
            domain=shown.domain,
            record=some(shown.record),
            tag=_number(shown.keytag),
            flag=_number(shown.flag),
            algorithm=some(shown.algorithm),
            key=some(shown.key),
            ds=some(shown.ds),
        )


def _number(text: str) -> int | None:
    return int(text) if text else None


def _day(text: str) -> date | None:
    """The day of a date as it is stored; a cluster's master may have sent anything."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
