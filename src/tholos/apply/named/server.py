"""The name server of a machine: which zones it has, and having it take one up, drop one, or read one's file again.

Configurations of single zones are the server's own (``addzone``, ``delzone``): it puts them on the disk before it
answers, finds them again at its next start, and neither takes longer the more zones there are.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from tholos.apply import commands, paths
from tholos.apply.named.asking import Asking
from tholos.apply.named.catalog import enter, life_in
from tholos.apply.named.channel import Answer
from tholos.apply.named.zones import Status, file_of, is_behind, is_same, is_secondary, is_signed, serial_of
from tholos.kernel.errors import Held, ServiceFailed

LOADING = 10.0
"""Seconds that a zone may take until it is served."""
DOUBT = 1.0
"""Seconds after which somebody else is asked whether a zone's file is as it should be."""
_EXISTS, _NOT_FOUND, _FAILURE = 18, 23, 25
"""Numbers of the server's answers."""


class Server(Protocol):
    """A name server, or a directory that plays one."""

    def configuration(self, zone: str) -> str:
        """The configuration of a zone, empty when the server has none of this name."""

    def put(self, zone: str, configuration: str) -> None:
        """Have the server have a zone with this configuration, or none with an empty one."""

    def is_current(self, zone: str, path: str) -> bool:
        """Tell whether the server serves what is in a zone's file, as far as the serial tells."""

    def load(self, zone: str, path: str) -> None:
        """Have the server serve what is in a zone's file, and wait until it does."""

    def life_in(self, catalog: str, zone: str) -> int | None:
        """By which of its two names a zone is in a catalog, None when it is not in it."""

    def enter(self, catalog: str, zone: str, life: int | None) -> None:
        """Name a zone in a catalog by one of its two names, or no longer."""

    def reconfigure(self) -> None:
        """Have the server read its configuration files again."""

    def close(self) -> None:
        """End the connection to the server."""


class Version(NamedTuple):
    """What a zone's file held when it was looked at: which file it was, and its serial."""

    inode: int
    changed: int
    serial: int


class Named:
    """BIND 9 on this machine, asked over its control channel. ``root`` is the descriptor of the root directory."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._asking = Asking()
        self._fresh: dict[str, Version | None] = {}
        self._unsigned: str | None = None

    def configuration(self, zone: str) -> str:
        """The configuration of a zone, empty when the server has none of this name."""
        answer = self._asking.ask(f"showzone {zone}")
        # Of a zone that a catalog has brought the server shows nothing, and it is none that it was told of.
        absent = answer.result == _NOT_FOUND or (answer.result == _FAILURE and self._is_from_catalog(zone))
        found = "" if absent else _good(answer, zone).text.partition("{")[2].rpartition("}")[0]
        self._unsigned = zone if found and not is_signed(found) else None
        return found

    def put(self, zone: str, configuration: str) -> None:
        """Have the server have a zone with this configuration, or none with an empty one.

        A zone that changes is taken away and made anew: ``modzone`` does not begin or end signing (ADR 7).
        """
        present = self.configuration(zone)
        if is_same(present, configuration):
            return
        if present:
            self._drop(zone)
        if configuration and is_signed(present) and not is_signed(configuration):
            # By this record of changes to the file the server would refuse the file when it is not to sign it.
            _forget_changes(file_of(present))
        if configuration:
            self._add(zone, configuration)

    def _drop(self, zone: str) -> None:
        answer = self._asking.ask(f"delzone {zone}")
        if answer.result != _NOT_FOUND:
            _good(answer, zone)

    def _add(self, zone: str, configuration: str) -> None:
        """Add a zone; the server answers when it has read the file, or refuses it. Held for a catalog's zone."""
        answer = self._asking.ask(f"addzone {zone} {{{configuration}}};")
        # A command that was repeated on a new connection may have been carried out on the old one.
        if answer.result != 0 and not is_same(self.configuration(zone), configuration):
            if answer.result == _EXISTS and self._is_from_catalog(zone):
                raise Held(f"dns domain {zone} exists :: it comes from the catalog of a primary", thing=zone)
            _judge(zone, file_of(configuration))
            _good(answer, zone)
        if is_secondary(configuration):
            # With a file it would be content with that for a while.
            self._asking.ask(f"refresh {zone}")
        self._fresh[zone] = self._version(file_of(configuration))

    def _is_from_catalog(self, zone: str) -> bool:
        status = self._status(zone)
        return status is not None and status.is_from_catalog

    def is_current(self, zone: str, path: str) -> bool:
        """Tell whether the server serves what is in a zone's file, as far as the serial tells."""
        version, status = self._version(path), self._status(zone)
        return version is None or status is None or status.serial == version.serial

    def load(self, zone: str, path: str) -> None:
        """Have the server serve what is in a zone's file, and wait until it does."""
        version = self._version(path)
        fresh = self._fresh.pop(zone, None) == version
        if version is not None and not fresh and self._unsigned == zone:
            # This was the last question about a configuration, just now: nothing else needs to be known.
            self._reload(zone, path)
            self._wait(zone, path, version.serial, None)
            return
        status = self._status(zone)
        if status is None or version is None:
            return
        before = status.signed_serial
        if fresh:
            before = None
        elif before is None or status.serial is None or is_behind(status.serial, version.serial):
            self._reload(zone, path)
        else:
            self._remake(zone, path)
            before = None
        self._wait(zone, path, version.serial, before)

    def life_in(self, catalog: str, zone: str) -> int | None:
        """By which of its two names a zone is in a catalog, None when it is not in it."""
        return life_in(catalog, zone)

    def enter(self, catalog: str, zone: str, life: int | None) -> None:
        """Name a zone in a catalog by one of its two names, or no longer."""
        enter(catalog, zone, life)

    def reconfigure(self) -> None:
        """Have the server read its configuration files again."""
        _good(self._asking.ask("reconfig"), "its configuration")

    def close(self) -> None:
        """End the connection to the server."""
        self._asking.close()

    def _reload(self, zone: str, path: str) -> None:
        # The server skips a file that is not newer than its last look at it, and one that was put back is older.
        os.utime(path, follow_symlinks=False)
        _good(self._asking.ask(f"reload {zone}"), zone)

    def _remake(self, zone: str, path: str) -> None:
        """Have a signed zone begin with its file anew: the server refuses a serial that does not grow.

        Its own record of changes to the file goes; the signed zone stays, and its serial goes on.
        """
        configuration = self.configuration(zone)
        self._drop(zone)
        _forget_changes(path)
        self._add(zone, configuration)

    def _wait(self, zone: str, path: str, serial: int, signed_before: int | None) -> None:
        start = time.monotonic()
        doubted_at = start + DOUBT
        for pause in _pauses():
            status = self._status(zone)
            if status is not None and status.serial == serial and _is_served(status, signed_before):
                return
            if time.monotonic() > start + LOADING:
                raise ServiceFailed(f"the name server did not take up {zone} within {LOADING:.0f} seconds", thing=zone)
            if time.monotonic() > doubted_at:
                self._doubt(zone, path)
                doubted_at = start + LOADING
            time.sleep(pause)

    def _doubt(self, zone: str, path: str) -> None:
        """Raise ServiceFailed when the zone's file is no good, or the server has looked at it and would again.

        named-checkzone needs about as long as the server to read the file, so the server has had twice that time.
        """
        _judge(zone, path)
        if "queued" in self._asking.ask(f"reload {zone}").text:
            text = f"the name server refused {zone} :: its log says why (journalctl --unit=named)"
            raise ServiceFailed(text, thing=zone)

    def _status(self, zone: str) -> Status | None:
        answer = self._asking.ask(f"zonestatus {zone}")
        return None if answer.result == _NOT_FOUND else Status(_good(answer, zone).text)

    def _version(self, path: str) -> Version | None:
        found = paths.read(self._root, path) if path else None
        if found is None:
            return None
        with suppress(ValueError):
            return Version(found[1].st_ino, found[1].st_mtime_ns, serial_of(found[0]))
        return None


def _forget_changes(path: str) -> None:
    """Delete what the server has written down of changes to the file of a zone that it signs; it is not serving it."""
    for record in ("jnl", "jbk"):
        Path(f"{path}.{record}").unlink(missing_ok=True)


def _is_served(status: Status, signed_before: int | None) -> bool:
    """Tell whether a zone that is signed here has been signed since its serial was the one before."""
    return status.signed_serial is None or (status.is_secure and status.signed_serial != signed_before)


def _judge(zone: str, path: str) -> None:
    """Raise ServiceFailed with the words of named-checkzone(8) when a zone's file is no good."""
    if path:
        try:
            commands.run(("named-checkzone", zone, path))
        except ServiceFailed as error:
            raise ServiceFailed(error.text, thing=zone) from error


def _good(answer: Answer, zone: str) -> Answer:
    if answer.result != 0:
        raise ServiceFailed(f"the name server refused {zone} :: {answer.text or answer.error}", thing=zone)
    return answer


def _pauses() -> Iterator[float]:
    pause = 0.001
    while True:
        yield pause
        pause = min(pause * 1.3, 0.05)
