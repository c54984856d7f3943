"""What a server has of our zones, as far as it can tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tholos.jobs.slave import Slave, Unreachable

# The API takes the blanks off the end of a text, and so perhaps the tab of its last line.
_LINE = re.compile(r"([a-z0-9._-]{1,254})(?:\t([0-9a-f]{64})?)?")
_LONGEST = 330
"""Bytes of a line at most."""
_SPARE = 1_000
_COUNTS = re.compile(r'"(U_DNS_DOMAINS|U_DNS_RECORDS)": ?"([0-9]{1,10})"')


def digests(
    slave: Slave, account: str, source: str, expected: int, chosen: Sequence[str] = ()
) -> dict[str, str] | None:
    """The digests of the zones that came from us, all or some, by name; None where the server is no Tholos.

    Each that we do not have is to be deleted: Unreachable for a list with very many more than were ``expected``.
    """
    most = 2 * expected + _SPARE
    some = [",".join(chosen)] if chosen else []
    text = slave.ask("v-list-dns-domains-src", account, source, "plain", *some, most=(most + 1) * _LONGEST)
    if text is None:
        return None
    lines = text.splitlines()
    if len(lines) > most:
        raise Unreachable(f"lists more than {most} zones as ours, and {expected} were expected")
    found = [_LINE.fullmatch(line) for line in lines]
    return {match[1]: match[2] or "" for match in found if match} if all(found) else None


def size(slave: Slave, account: str) -> str:
    """How many zones and records an account has, in one word; empty where the server does not say."""
    text = slave.ask("v-list-user", account, "json") or ""
    found = dict(_COUNTS.findall(text))
    return f"{found['U_DNS_DOMAINS']}/{found['U_DNS_RECORDS']}" if len(found) == 2 else ""
