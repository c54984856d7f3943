"""What a login needs to know of the state, kept until the next commit that changes anything."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import select

from tholos.apply.store import Store
from tholos.kernel.tx import Context, State
from tholos.resources.access import record
from tholos.resources.access.login import is_legacy_key
from tholos.resources.access.model import hash_secret
from tholos.resources.access.record import Key
from tholos.resources.access.switches import Switches, switches
from tholos.resources.user.model import accounts
from tholos.resources.user.record import find
from tholos.resources.user.restrictions import may_log_in

Fact = TypeVar("Fact")
MOST_FACTS = 4096
"""Facts kept at most between two commits."""


class Known:
    """Facts of the state, each read once for every generation of it."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store = store
        self._context = context
        self._facts: tuple[int, dict[Hashable, Any]] = (-1, {})

    def switches(self) -> Switches:
        """The switches of the API."""
        return self._get("switches", switches)

    def key(self, key: str) -> Key | None:
        """An access key, or None."""
        return self._get(("key", key), lambda state: record.find(state, key))

    def is_legacy(self, shown: str) -> bool:
        """Tell whether a legacy key exists. The key itself is not kept, its hash is."""
        return self._get(("legacy", hash_secret(shown)), lambda state: is_legacy_key(state, shown))

    def label(self, shown: str) -> str:
        """A name for a legacy key by which logs and temporary files tell it from others."""
        return hash_secret(shown)[:12]

    def password_hash(self, account: str) -> str:
        """The hash of an account's password, empty when there is no such account."""
        wanted = select(accounts.c.password_hash).where(accounts.c.name == account)
        return self._get(("password", account), lambda state: state.value(wanted) or "")

    def admits_password(self, account: str, address: str) -> bool:
        """Tell whether an account's password may be used from an address (LOGIN_DISABLED and its companions)."""
        found = self._get(("account", account), lambda state: find(state, account))
        return found is not None and may_log_in(found, address)

    def _get(self, name: Hashable, read: Callable[[State], Fact]) -> Fact:
        generation = self._store.generation
        kept_at, facts = self._facts
        if kept_at != generation:
            facts = {}
            self._facts = (generation, facts)
        elif name in facts:
            found: Fact = facts[name]
            return found
        with self._store.reading() as connection:
            value = read(State(connection, self._context))
        if len(facts) < MOST_FACTS:
            facts[name] = value
        return value
