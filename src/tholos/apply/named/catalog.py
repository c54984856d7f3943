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
_LIVES = (0, 1)


def label(zone: str, life: int) -> str:
    """The name of a zone's entry in a catalog, one of two by turns.

    A zone that was deleted and made anew has the other one, by which a server that copies it knows that nothing of the
    old one counts any more (RFC 9432, 5.4), also when it has not seen the catalog in between.
    """
    return hashlib.blake2b(f"{zone}{'/' * life}".encode(), digest_size=16).hexdigest()


def life_in(catalog: str, zone: str) -> int | None:
    """By which of its two names a zone is in a catalog, None when it is not in it.

    Raise ServiceFailed when the server does not answer.
    """
    return next((life for life in _LIVES if _is_named(catalog, label(zone, life))), None)


def _is_named(catalog: str, name: str) -> bool:
    from dns import flags, message, query
    from dns.exception import DNSException

    question = message.make_query(f"{name}.zones.{catalog}.", "PTR", flags=0)
    try:
        answer = query.udp(question, ADDRESS, timeout=PATIENCE)
    except (DNSException, OSError) as error:
        raise ServiceFailed(f"the name server does not answer :: {error}") from error
    return bool(answer.flags & flags.AA) and bool(answer.answer)


def enter(catalog: str, zone: str, life: int | None) -> None:
    """Name a zone in a catalog by one of its two names, or no longer; ServiceFailed when the server refuses."""
    from dns import query, rcode, tsig
    from dns.exception import DNSException
    from dns.update import UpdateMessage

    try:
        key = read_key(SESSION_KEY.read_bytes())
        signing = tsig.Key(_KEY_NAME, key.secret, f"hmac-{key.algorithm}")
        change = UpdateMessage(f"{catalog}.", keyring=signing)
        for each in _LIVES:
            change.delete(f"{label(zone, each)}.zones")
        if life is not None:
            change.add(f"{label(zone, life)}.zones", 0, "PTR", f"{zone}.")
        answer = query.tcp(change, ADDRESS, timeout=PATIENCE)
    except (DNSException, OSError, ControlError) as error:
        raise ServiceFailed(f"the name server could not be told of {zone} :: {error}") from error
    if answer.rcode() != rcode.NOERROR:
        raise ServiceFailed(f"the name server refused {zone} in the catalog :: {rcode.to_text(answer.rcode())}")
