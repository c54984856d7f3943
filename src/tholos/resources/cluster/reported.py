"""What an account's history says of zones that another server sent and that could not be taken as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from tholos.kernel.log import log
from tholos.kernel.tx import Tx
from tholos.resources.cluster.received import LeftOut, ReceivedRecord
from tholos.resources.log.model import note

_REPORTED = 20
"""Records of a zone that are named."""


def report_zone(tx: Tx, user: str, refusal: str) -> None:
    """A zone was left out."""
    _warn(tx, user, f"Zone of another server left out: {refusal}.")


def report_values(tx: Tx, user: str, zone: str, src: str, odd: Sequence[str]) -> None:
    """Values of a zone, if any, were put right or left out."""
    if odd:
        _warn(tx, user, f"Zone {zone} from {_whose(src)}: {', '.join(odd)}.")


def report_records(tx: Tx, zone: Row[Any], taken: Sequence[ReceivedRecord], left_out: Sequence[LeftOut]) -> None:
    """Records of a zone were left out, or values of those that were taken."""
    whose = f"of {zone.zone} from {_whose(zone.src)}"
    for record in [record for record in taken if record.odd][:_REPORTED]:
        _warn(tx, zone.account, f"Record {record.number} {whose}: {', '.join(record.odd)}.")
    for line, reason in left_out[:_REPORTED]:
        _warn(tx, zone.account, f"Record {whose} left out: {reason} ({line[:200]}).")
    if left_out:
        log.warning("records of another server left out", zone=zone.zone, source=zone.src, records=len(left_out))


def _whose(src: str) -> str:
    return src or "another server"


def _warn(tx: Tx, user: str, text: str) -> None:
    note(tx, user, "DNS", text, "Warning")
