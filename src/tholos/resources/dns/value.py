"""Single values of a zone, by the reference's keys (``state.json``: dns.conf)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.view import words
from tholos.resources.dns.keys import tag_of
from tholos.resources.dns.record import Zone, require
from tholos.resources.dns.views import FIELDS
from tholos.resources.types import AccountName, Common, Domain
from tholos.resources.user.record import require as require_account

KEYS = words("DOMAIN IP TPL TTL EXP SOA SERIAL SRC RECORDS DNSSEC KEY SLAVE MASTER SUSPENDED TIME DATE")
"""The keys of a zone's record, in their order."""


class ZoneKey(Common):
    """The key of a zone's record, in upper case."""

    __slots__ = ()
    expected = f"one of {', '.join(KEYS)}"
    example = "SOA"


@command("dns.value.show", legacy="v-get-dns-domain-value USER DOMAIN KEY", role="user", cached=False)
def get(state: State, user: AccountName, domain: Domain, key: ZoneKey) -> str:
    """Print one value of a zone; an empty line when there is no such key."""
    require_account(state, user)
    zone = require(state, user, domain)
    return f"{value_of(state, zone, key) if key in KEYS else ''}\n"


def value_of(state: State, zone: Zone, key: str) -> str:
    """What a zone's record has for a key."""
    if key == "KEY":
        return tag_of(state, zone)
    field = FIELDS.get(key, key.lower())
    read: Callable[[Any], Any] = field if callable(field) else lambda row: getattr(row, str(field))
    value = read(zone)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
