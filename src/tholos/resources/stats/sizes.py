"""Bytes as the protocol shows them: in megabytes of 2 to the power of 20 bytes."""

from __future__ import annotations

MB = 2**20


def begun(size: int) -> int:
    """Megabytes that are at least begun, as du(1) rounds what lies on a disk."""
    return -(-size // MB)


def full(size: int) -> int:
    """Full megabytes: traffic is not charged before it was sent."""
    return size // MB
