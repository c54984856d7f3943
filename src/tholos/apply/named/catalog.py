"""Catalogs of zones (RFC 9432): asking the name server who is in one, and changing that by dynamic update (RFC 2136).

The server makes a key for updates from this machine at each start (``update-policy local``), which only root can read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tholos.apply.named.message import ControlError, read_key
from tholos.kernel.errors import ServiceFailed

ADDRESS = "127.0.0.1"
SESSION_KEY = Path("/run/named/session.key")
PATIENCE = 5.0
"""Seconds that the server may take for an answer."""
_KEY_NAME = "local-ddns"


def label(zone: str) -> str:
    """The name of a zone's entry, which is the same each time that the zone is in a catalog."""
    return hashlib.blake2b(zone.encode(), digest_size=16).hexdigest()


def is_member(catalog: str, zone: str) -> bool:
    """Tell whether a zone is named in a catalog; ServiceFailed when the server does not answer."""
    from dns import flags, message, query
    from dns.exception import DNSException

    question = message.make_query(f"{label(zone)}.zones.{catalog}.", "PTR", flags=0)
    try:
        answer = query.udp(question, ADDRESS, timeout=PATIENCE)
    except (DNSException, OSError) as error:
        raise ServiceFailed(f"the name server does not answer :: {error}") from error
    return bool(answer.flags & flags.AA) and bool(answer.answer)


def enter(catalog: str, zone: str, *, present: bool) -> None:
    """Name a zone in a catalog, or no longer; ServiceFailed when the server refuses."""
    from dns import query, rcode, tsig
    from dns.exception import DNSException
    from dns.update import UpdateMessage

    try:
        key = read_key(SESSION_KEY.read_bytes())
        signing = tsig.Key(_KEY_NAME, key.secret, f"hmac-{key.algorithm}")
        change = UpdateMessage(f"{catalog}.", keyring=signing)
        name = f"{label(zone)}.zones"
        change.delete(name)
        if present:
            change.add(name, 0, "PTR", f"{zone}.")
        answer = query.tcp(change, ADDRESS, timeout=PATIENCE)
    except (DNSException, OSError, ControlError) as error:
        raise ServiceFailed(f"the name server could not be told of {zone} :: {error}") from error
    if answer.rcode() != rcode.NOERROR:
        raise ServiceFailed(f"the name server refused {zone} in the catalog :: {rcode.to_text(answer.rcode())}")
