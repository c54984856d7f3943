"""Listing zones and records."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.dns import records
from tholos.resources.dns.record import Zone, of_account, require
from tholos.resources.dns.records import Record
from tholos.resources.dns.resource import DnsDomain, DnsRecord
from tholos.resources.dns.types import RecordId
from tholos.resources.dns.views import RECORD, RECORDS, ZONE, ZONES
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account


@command(
    "dns.domain.show",
    legacy="v-list-dns-domain USER DOMAIN [FORMAT]",
    rest="GET /users/{user}/dns-domains/{domain}",
    role="user",
    view=ZONE,
    resource=DnsDomain,
)
def show(state: State, user: AccountName, domain: Domain) -> Zone:
    """Show a zone."""
    require_account(state, user)
    return require(state, user, domain)


@command(
    "dns.domain.list",
    legacy="v-list-dns-domains USER [FORMAT]",
    rest="GET /users/{user}/dns-domains",
    role="user",
    view=ZONES,
    resource=DnsDomain,
)
def show_all(state: State, user: AccountName) -> Sequence[Zone]:
    """List the zones of an account."""
    require_account(state, user)
    return of_account(state, user)


@command(
    "dns.record.list",
    legacy="v-list-dns-records USER DOMAIN [FORMAT]",
    rest="GET /users/{user}/dns-domains/{domain}/records",
    role="user",
    view=RECORDS,
    resource=DnsRecord,
)
def show_records(state: State, user: AccountName, domain: Domain) -> Sequence[Record]:
    """List the records of a zone."""
    require_account(state, user)
    return records.of_zone(state, require(state, user, domain))


@command(
    "dns.record.show",
    legacy="v-list-dns-record USER DOMAIN ID [FORMAT]",
    rest="GET /users/{user}/dns-domains/{domain}/records/{id}",
    role="user",
    view=RECORD,
    resource=DnsRecord,
)
def show_record(state: State, user: AccountName, domain: Domain, id: RecordId) -> Record:
    """Show a record of a zone."""
    require_account(state, user)
    return records.require(state, require(state, user, domain), id)
