"""What is written down about logins: the log of logins and the history of accounts, both a moment later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from tholos.apply.authlog import AuthLog
from tholos.apply.host import Host
from tholos.apply.later import Later
from tholos.apply.writer import Work, Writer
from tholos.kernel.tx import Context, Tx
from tholos.resources.log.model import Level, note
from tholos.resources.user.model import accounts

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9.:_-]")
HISTORY_SECONDS = 1.0
"""How long an entry of the history may wait: one commit a second, however many calls come."""


class Entry(NamedTuple):
    """An entry for an account's history."""

    account: str
    message: str
    level: Level


class Recorder:
    """Writes down who logged in with what, and who failed to; no secret ever gets here."""

    def __init__(self, host: Host, writer: Writer, context: Context) -> None:
        self._log = AuthLog(host)
        self._writer = writer
        self._context = context
        self._history: Later[Entry] = Later("history of API calls", HISTORY_SECONDS, self._write)

    def launched(self, key: str, address: str, command: str, owner: str) -> None:
        """An access key was accepted for a command."""
        self._line(f"{_name(key)} {_name(address)} {_name(command)} successfully launched")
        message = f"[{address}] Access key {key} successfully launched with command {command}"
        self._history.add(Entry(owner, message, "Info"))

    def refused(self, key: str, address: str, owner: str = "") -> None:
        """An access key was not accepted; its owner is told when the key is one of his."""
        self._line(f"{_name(key)} {_name(address)} failed to login")
        if owner:
            self._history.add(Entry(owner, f"[{address}] Access key {key} failed to login", "Error"))

    def legacy(self, who: str, address: str, *, accepted: bool) -> None:
        """A legacy key (``api``) or an account's password was accepted or not."""
        became = "successfully launched" if accepted else "failed to login"
        self._line(f"{_name(who)} {_name(address)} {became}")

    def flush(self) -> None:
        """Write everything that waits, now."""
        self._log.flush()
        self._history.flush()

    def close(self) -> None:
        """Write everything that waits, and end."""
        self._log.close()
        self._history.close()

    def _line(self, text: str) -> None:
        self._log.add(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}")

    def _write(self, entries: Sequence[Entry]) -> None:
        def run(tx: Tx) -> None:
            names = {entry.account for entry in entries}
            there = {row.name for row in tx.rows(select(accounts.c.name).where(accounts.c.name.in_(names)))}
            for entry in entries:
                if entry.account in there:
                    note(tx, entry.account, "API", entry.message, entry.level)

        # The commit changes nothing that answers are kept for, so they stay good.
        context = replace(self._context, now=datetime.now().replace(microsecond=0))
        self._writer.submit(Work(run, context, visible=False)).result()


def _name(text: str) -> str:
    """A word of a line: what a caller sent must neither end the line nor look like another word of it."""
    return _NOT_IN_A_NAME.sub("?", text[:64])
