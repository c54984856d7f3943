"""Asking a name server for the serials of zones: over UDP, many at once, and waiting for no answer for long."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rdataclass
import dns.rdatatype

from tholos.kernel.groups import groups

PATIENCE = 0.5
"""Seconds that are waited for the answers to questions that were asked together."""
TOGETHER = 100
"""Questions that are asked together: their answers must have room where the kernel keeps them."""
MOST_ADDRESSES = 4
PORT = 53


def serials(host: str, zones: Collection[str], port: int = PORT) -> dict[str, int | None]:
    """The serials of zones as a host's name server has them, None for those that it does not serve.

    A zone for which no answer came is not among them. Of several addresses that a host has the first is asked that
    answers; one that answers none of the first zones is asked no more.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError:
        return {}
    found = (_serials(family, address, zones) for family, *_, address in addresses[:MOST_ADDRESSES])
    return next(filter(None, found), {})


def _serials(family: int, address: Any, zones: Collection[str]) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for group in groups(zones, TOGETHER):
        answers = dict(_ask(family, address, group))
        found |= answers
        if not answers:
            break
    return found


def _ask(family: int, address: Any, zones: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    first = secrets.randbelow(1 << 16)
    asked = {(first + number) % (1 << 16): zone for number, zone in enumerate(zones)}
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as connection:
            # Answers of this one address alone are taken.
            connection.connect(address)
            for number, zone in asked.items():
                connection.send(dns.message.make_query(zone, "SOA", id=number, flags=0).to_wire())
            deadline = time.monotonic() + PATIENCE
            while asked and (left := deadline - time.monotonic()) > 0:
                connection.settimeout(left)
                yield from _answer(connection.recv(4096), asked)
    except OSError:
        # Nobody is there, or no more answers come.
        return


def _answer(wire: bytes, asked: dict[int, str]) -> Iterator[tuple[str, int | None]]:
    """The zone that an answer is about and its serial; nothing for what is no answer, or was cut off."""
    try:
        answer = dns.message.from_wire(wire)
        zone = asked.get(answer.id)
        question = zone and dns.message.make_query(zone, "SOA", id=answer.id, flags=0)
        if not question or not question.is_response(answer) or answer.flags & dns.flags.TC:
            return
        del asked[answer.id]
        own = answer.get_rrset(answer.answer, question.question[0].name, dns.rdataclass.IN, dns.rdatatype.SOA)
    except (dns.exception.DNSException, ValueError):
        return
    served = own is not None and answer.flags & dns.flags.AA
    yield str(zone), int(own[0].serial) if own is not None and served else None
