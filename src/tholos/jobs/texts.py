"""Temporary files that nobody can ask for any more go: when their time is over, and with their key or account."""

from __future__ import annotations

from tholos.jobs.woken import Woken
from tholos.kernel.tx import Ticket, Vault
from tholos.resources.access.model import FORGET_TEXTS

EVERY = 600.0
"""Seconds between two looks for old texts."""


class Texts:
    """Deletes temporary files, those of a deleted key before the call that deletes it is answered."""

    jobs = (FORGET_TEXTS,)

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._sweeping = Woken("texts", self._sweep)

    def start(self) -> None:
        """Look for old texts, and from then on."""
        self._sweeping.start()

    def stop(self) -> None:
        """Look no more."""
        self._sweeping.stop()

    def wait(self, ticket: Ticket) -> None:
        """Forget the texts of an account, or of one of its keys."""
        self._vault.forget_all(*ticket.arguments)

    def _sweep(self) -> float:
        self._vault.sweep()
        return EVERY
