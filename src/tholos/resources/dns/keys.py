"""The keys that sign zones, as BIND has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.dns.record import Zone, require
from tholos.resources.dns.resource import DnsKey
from tholos.resources.dns.types import DnssecForm
from tholos.resources.dns.views import KEY
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account


@dataclass(frozen=True)
class ShownKey:
    """A zone's key as it is listed; everything is empty while the zone is not signed."""

    domain: str
    record: str = ""
    keytag: str = ""
    flag: str = ""
    algorithm: str = ""
    key: str = ""
    ds: str = ""


@command(
    "dns.key.show",
    legacy="v-list-dnssec-public-key USER DOMAIN [FORMAT] [DNSTYPE]",
    usage="USER DOMAIN [FORMAT]",
    rest="GET /users/{user}/dns-domains/{domain}/key",
    role="user",
    view=KEY,
    resource=DnsKey,
    output="",
    cached=False,
)
def show(state: State, user: AccountName, domain: Domain, dnstype: DnssecForm | None = None) -> ShownKey:
    """Show the key that signs a zone; with DNSTYPE DS its record is that for the zone above."""
    require_account(state, user)
    zone = require(state, user, domain)
    for key in keys_of(state, zone)[:1]:
        own = f"{zone.zone}. IN DNSKEY {key['flag']} 3 {key['algorithm']} {key['key']}"
        record = key["ds"] if dnstype == "DS" else own
        tag, flag, algorithm = (str(key[word]) for word in ("tag", "flag", "algorithm"))
        return ShownKey(zone.domain, record, tag, flag, algorithm, key["key"], key["ds"])
    return ShownKey(zone.domain)


def keys_of(state: State, zone: Zone) -> Sequence[Mapping[str, Any]]:
    """The keys that sign a zone, of which the first is the one that the zone above vouches for."""
    if not zone.dnssec:
        return ()
    found: Sequence[Mapping[str, Any]] = state.context.machine.read("dnssec_keys", zone.account, zone.zone)
    return found


def tag_of(state: State, zone: Zone) -> str:
    """The tag of a zone's key, empty while it has none."""
    return next((str(key["tag"]) for key in keys_of(state, zone)), "")
