"""Access keys and permission profiles as the REST API shows them."""

from __future__ import annotations

from typing import Self

import msgspec

from tholos.resources.access.permissions import Profile as ProfileRecord
from tholos.resources.access.record import Listed
from tholos.resources.shown import Moment, moment, some, split


class AccessKey(msgspec.Struct, frozen=True):
    """An access key; without addresses it may be used from any.

    Its secret is shown by the answer to its creation and never again: it is null everywhere else.
    """

    access_key_id: str
    secret_access_key: str | None
    user: str
    permissions: list[str]
    comment: str | None
    expires: Moment | None
    addresses: list[str]
    created: Moment

    @classmethod
    def of(cls, record: Listed) -> Self:
        """The resource of a record."""
        return cls(
            access_key_id=record.access_key_id,
            secret_access_key=some(record.secret_access_key),
            user=record.user,
            permissions=list(record.permissions),
            comment=some(record.comment),
            expires=moment(record.expires) if record.expires else None,
            addresses=split(record.addresses),
            created=moment(record.created),
        )


class LegacyKey(msgspec.Struct, frozen=True):
    """A legacy key of the RPC API, which may do everything. This answer is the only one that shows it."""

    key: str | None

    @classmethod
    def of(cls, record: str) -> Self:
        """The resource of a key as the command prints it."""
        return cls(some(record.strip()))


class Profile(msgspec.Struct, frozen=True):
    """A permission profile: who may hold a key with it, and the commands that it allows."""

    name: str
    role: str
    commands: list[str]

    @classmethod
    def of(cls, record: ProfileRecord) -> Self:
        """The resource of a record."""
        return cls(record.name, record.role, list(record.commands))
