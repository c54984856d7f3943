"""State and transactions: what a command's function is given.

A reading command gets a State: a consistent snapshot. A changing command gets a Tx: the same, and it may change rows
and say which things on the machine that touches. Neither can reach a machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Connection, CursorResult, Executable, Row, Select, func

from tholos.kernel.errors import NotExist, Refusal
from tholos.kernel.secret import Secret
from tholos.kernel.touched import Key, Touched


@dataclass(frozen=True)
class Caller:
    """Who is calling: an account's name, and by what right.

    ``profiles`` are the permission profiles of the key that was used; None means every command.
    """

    account: str
    is_root: bool
    key: str = ""
    profiles: tuple[str, ...] | None = None

    @property
    def sees_secrets(self) -> bool:
        """Whether lists show secrets: a key of few rights may lie on other servers, and be lost there."""
        return self.profiles is None


ROOT = Caller(account="root", is_root=True)
"""The node itself: a shell of root's, what is due, and jobs."""


class Machine(Protocol):
    """What a command may ask about the machine it manages; every answer is a reading, nothing is changed."""

    def read(self, what: str, *arguments: str) -> Any:
        """Give a reading by name, such as ``services`` or ``interfaces``."""
        ...


class Vault(Protocol):
    """The private store of temporary files, separate for each set of credentials.

    An owner is written as an account, ``/`` and a key; no key stands for a password.
    """

    def put(self, owner: str, name: str, content: str) -> None:
        """Keep a text under a base name for the owner's later calls."""
        ...

    def get(self, owner: str, name: str) -> str | None:
        """Give back what ``put`` kept, or None."""
        ...

    def forget(self, owner: str, name: str) -> None:
        """Keep a text no longer; one that is not there is no problem."""
        ...

    def forget_all(self, account: str, credentials: str | None = None) -> None:
        """Keep no text of an account any longer, or none that was put down with this key."""
        ...

    def sweep(self) -> None:
        """Delete every text whose time is over."""
        ...


@dataclass(frozen=True)
class Context:
    """What surrounds a call: who calls, from which address, when, and the readings it may take."""

    caller: Caller
    address: str
    now: datetime
    machine: Machine
    vault: Vault


class Ticket(NamedTuple):
    """Long work that a change leaves to a job: the job's name, and what it is about."""

    job: str
    arguments: tuple[str, ...]


class Jobs(Protocol):
    """Long work outside of the writer, begun by what changes have written down."""

    def wait(self, ticket: Ticket) -> None:
        """Return when a job has done its work; raise a Refusal when it could not now."""
        ...


@dataclass
class Page:
    """The part of a list that somebody wants to see: the items with these values, and of them so many after so many.

    ``total`` is known once a command has read that part alone.
    """

    limit: int
    offset: int
    filters: Mapping[str, Any] = field(default_factory=dict)
    total: int | None = None


Columns = Mapping[str, ColumnElement[Any]]
"""Columns by the fields of a resource."""


class State:
    """A consistent snapshot of the state, and the context of the call that reads it."""

    def __init__(self, connection: Connection, context: Context, page: Page | None = None) -> None:
        self.connection = connection
        self.context = context
        self.page = page

    def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows of a select."""
        return self.connection.execute(statement, values or {}).all()

    def tuples(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[tuple[Any, ...]]:
        """All rows of a select as the database has them, by position alone: for very many they cost a third."""
        result = self.connection.execute(statement, values or {})
        assert isinstance(result, CursorResult)
        with closing(result):
            cursor = result.cursor
            return [] if cursor is None else cursor.fetchall()

    def listed(self, statement: Select[Any], columns: Columns | None = None) -> Sequence[Row[Any]]:
        """The rows that a command lists: all, or where a page is asked for, that alone.

        ``columns`` are those that hold a field's value as the resource shows it; where the page is filtered by another
        field, all rows are given. A command that uses this may not leave rows out afterwards, nor change their order.
        """
        if self.page is None or not self.page.filters.keys() <= (columns or {}).keys():
            return self.rows(statement)
        for name, value in self.page.filters.items():
            statement = statement.where((columns or {})[name] == value)
        counted = statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
        self.page.total = self.value(counted)
        return self.rows(statement.limit(self.page.limit).offset(self.page.offset))

    def row(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """The first row of a select, or None."""
        return self.connection.execute(statement, values or {}).first()

    def value(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        return self.connection.execute(statement, values or {}).scalar()


@dataclass
class Changes:
    """What a transaction has touched so far, in order and without repetition.

    ``tables`` are those whose rows it changed; an empty name stands for any. ``handed`` is what drivers are given
    beside the state.
    """

    touched: dict[Touched, None] = field(default_factory=dict)
    forced: set[Touched] = field(default_factory=set)
    dropped: set[Touched] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    handed: dict[Touched, Secret] = field(default_factory=dict)


class Tx(State):
    """A transaction: reads, changes rows, and records what must be planned again on the machine."""

    def __init__(self, connection: Connection, context: Context) -> None:
        super().__init__(connection, context)
        self.changes = Changes()
        self.tickets: list[Ticket] = []
        self.before: Any = None
        self.left_out: Mapping[str, str] = {}
        self.dispensable: set[str] = set()

    def goes_without(self, thing: str) -> bool:
        """Say that the call is to be carried out without a thing if a service refuses that alone; tell whether it has.

        Then this is another try, and ``left_out`` has the service's words for each thing by its name.
        """
        self.dispensable.add(thing)
        return thing in self.left_out

    def gathered(self) -> Any:
        """What the command's ``before`` gave, None where nothing was gathered; raise the refusal that it ended with.

        It was gathered before this transaction began: what it concerns may have changed since.
        """
        if isinstance(self.before, Refusal):
            raise self.before
        return self.before

    def execute(self, statement: Executable, values: Any = None) -> int:
        """Run an insert, update or delete; give the number of rows it changed."""
        self.changes.tables.add(getattr(getattr(statement, "table", None), "name", ""))
        return self.connection.execute(statement, values).rowcount

    def change(self, statement: Executable, missing: str) -> None:
        """Run an update or delete that must hit a row; raise NotExist with ``missing`` when it hits none."""
        if self.execute(statement) == 0:
            raise NotExist(missing)

    def want(self, scope: str, *key: str) -> None:
        """Say that a thing has changed, so that its drivers plan it again before the commit."""
        self.changes.touched[Touched(scope, _key(key))] = None

    def hand(self, secret: Secret, scope: str, *key: str) -> None:
        """As want, and give the thing's driver a secret that must not stand in the state: it stands in ``want.handed``.

        Nothing can give it once more: a driver that plans the thing again leaves what it made of it as it is.
        """
        touched = Touched(scope, _key(key))
        self.changes.touched[touched] = None
        self.changes.handed[touched] = secret

    def drop(self, scope: str, *key: str) -> None:
        """As want, for a thing that this call took out of the state: a later call that makes it anew must wait.

        Otherwise both calls could share one group commit, and the new thing would inherit what the old one left.
        """
        touched = Touched(scope, _key(key))
        self.changes.touched[touched] = None
        self.changes.dropped.add(touched)

    def rebuild(self, scope: str, *key: str) -> None:
        """As want, and its service is checked and reloaded even when no file differs."""
        touched = Touched(scope, _key(key))
        self.changes.touched[touched] = None
        self.changes.forced.add(touched)

    def wait_for(self, job: str, *arguments: str) -> None:
        """Have the caller wait, after the commit and outside of the writer, until a job has done its work.

        What there is to do must stand in the state: a job that is cut off goes on from there.
        """
        self.tickets.append(Ticket(job, _key(arguments)))


def _key(parts: tuple[str, ...]) -> Key:
    return tuple(str(part) for part in parts)
