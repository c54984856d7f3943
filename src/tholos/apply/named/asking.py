"""Asking the name server, which may just be starting again, may hang, or may not be there at all."""

from __future__ import annotations

import time
from pathlib import Path

from tholos.apply.named.channel import Answer, Channel
from tholos.apply.named.message import ControlError, Key, read_key
from tholos.kernel.errors import ServiceFailed

KEY = Path("/etc/bind/rndc.key")
ADDRESS = ("127.0.0.1", 953)
PATIENCE = 5.0
"""Seconds that the server may take for an answer."""
RESTART = 4.0
"""Seconds in which a server that was just stopped may be back: systemd starts it again at once."""


class Asking:
    """Questions to the server; after one that had no answer, the next ones fail at once for a while."""

    def __init__(self, channel: Channel | None = None) -> None:
        self._channel = channel or Channel(ADDRESS, _key, PATIENCE)
        self._failed_at = -PATIENCE
        self._hung = False

    def ask(self, command: str) -> Answer:
        """Give the server's answer, on a new connection when the kept one was lost; raise ServiceFailed for none.

        The command may be carried out twice.
        """
        recently = time.monotonic() - self._failed_at < PATIENCE
        if recently and self._hung:
            raise ServiceFailed("the name server does not answer :: it did not a moment ago")
        deadline = time.monotonic() + (0.0 if recently else RESTART)
        while True:
            try:
                answer = self._channel.ask(command)
            except (OSError, ControlError) as error:
                self._hung = isinstance(error, TimeoutError)
                if self._hung or time.monotonic() > deadline:
                    self._failed_at = time.monotonic()
                    raise ServiceFailed(f"the name server does not answer :: {error}") from error
                time.sleep(0.05)
            else:
                self._failed_at = -PATIENCE
                return answer

    def close(self) -> None:
        """End the connection."""
        self._channel.close()


def _key() -> Key:
    return read_key(KEY.read_bytes())
