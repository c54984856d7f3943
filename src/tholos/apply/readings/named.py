"""Readings of the name server: whom it runs as, and the public keys of zones that it signs."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypedDict

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading

KEYS = "/var/lib/bind/keys"
"""Where the server keeps keys, in a directory for each zone."""
_ENTRY = 257
"""The flags of a key that the zone above vouches for (RFC 4034, 2.1.1: zone key and secure entry point)."""
_DIGEST = "SHA256"


def server_ids(host: Host) -> tuple[int, int]:
    """The user and the group that named runs as, which Debian makes with its package; 0 on a recording host."""
    if not host.rehearse:
        with suppress(KeyError):
            return pwd.getpwnam("bind").pw_uid, grp.getgrnam("bind").gr_gid
    return 0, 0


def names_in(host: Host, directory: str) -> list[str]:
    """What is in a directory of the server's; nothing where there is none."""
    try:
        with paths.directory(host.tree.root, directory) as descriptor:
            return sorted(os.listdir(descriptor))  # noqa: PTH208 - of a descriptor
    except OSError:
        return []


class ZoneKey(TypedDict):
    """A public key of a zone: its tag, flags and algorithm as numbers, itself in base64, and its DS record."""

    tag: int
    flag: int
    algorithm: int
    key: str
    ds: str


@reading("dnssec_keys")
def dnssec_keys(host: Host, _account: str, zone: str) -> list[ZoneKey]:
    """The public keys that a zone is signed with, those first that the zone above vouches for."""
    keys = list(_keys(host, zone, f"{KEYS}/{zone}"))
    return sorted(keys, key=lambda key: (key["flag"] != _ENTRY, key["tag"]))


def _keys(host: Host, zone: str, directory: str) -> Iterator[ZoneKey]:
    for name in names_in(host, directory):
        if name.startswith("K") and name.endswith(".key"):
            yield from parse(zone, (host.read(f"{directory}/{name}") or b"").decode(errors="replace"))


def parse(zone: str, text: str) -> Iterator[ZoneKey]:
    """The keys in a file as named writes it (a DNSKEY record after comments); what is no such record is left out."""
    from dns import dnssec, name, rdata
    from dns.exception import DNSException

    for line in text.splitlines():
        _, _, found = line.partition(" DNSKEY ")
        if not found or line.startswith(";"):
            continue
        with suppress(DNSException, ValueError):
            key: Any = rdata.from_text("IN", "DNSKEY", found)
            record = dnssec.make_ds(name.from_text(zone), key, _DIGEST)
            yield ZoneKey(
                tag=dnssec.key_id(key),
                flag=int(key.flags),
                algorithm=int(key.algorithm),
                key=found.split(maxsplit=3)[3].replace(" ", ""),
                ds=f"{zone}. IN DS {record.to_text().upper()}",
            )
