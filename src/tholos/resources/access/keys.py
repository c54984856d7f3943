"""Making, deleting and listing access keys."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence

from sqlalchemy import delete, insert

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.late import Late
from tholos.kernel.tx import State, Tx
from tholos.resources.access.model import FORGET_TEXTS, access_keys, hash_secret
from tholos.resources.access.permissions import all_profiles
from tholos.resources.access.record import Listed, all_listed, find, listed
from tholos.resources.access.resource import AccessKey
from tholos.resources.access.types import Comment, Expiry, KeyAddresses, KeyId, KeyOwner, Permissions
from tholos.resources.access.views import KEY, KEYS
from tholos.resources.log.model import note
from tholos.resources.owned import Owned, owned
from tholos.resources.system.model import root_user
from tholos.resources.types import AccountName
from tholos.resources.user.record import require

_LETTERS = string.ascii_letters + string.digits
_SECRET_SIGNS = _LETTERS + "_-="


@command(
    "access.key.add",
    legacy="v-add-access-key USER [PERMISSIONS] [COMMENT] [FORMAT] [EXPIRES] [ADDRESSES]",
    examples={"permissions": "purge-nginx-cache", "comment": "billing system"},
    usage="USER [PERMISSIONS] [COMMENT] [FORMAT]",
    rest="POST /access-keys",
    view=KEY,
    resource=AccessKey,
    formats=("json", "plain", "csv", "shell"),
)
def add(
    tx: Tx,
    user: AccountName,
    permissions: Late[Permissions] | None = None,
    comment: Comment | None = None,
    expires: Expiry | None = None,
    addresses: KeyAddresses | None = None,
) -> Listed:
    """Make an access key for an account; this answer is the only one that ever shows its secret."""
    require(tx, user)
    profiles = tuple(permissions.take() if permissions else ())
    _check_profiles(tx, user, profiles)
    if expires is not None and expires.moment <= tx.context.now:
        raise Invalid(f"invalid expires format :: {expires} is past", argument="expires")
    secret = _random(_SECRET_SIGNS, 40)
    moment, allowed = expires.moment if expires else None, ",".join(addresses or ())
    made = Listed(_random(_LETTERS, 20), user, profiles, comment or "", tx.context.now, secret, moment, allowed)
    _insert(tx, made)
    note(tx, user, "API", f"Access key {made.access_key_id} generated", "Warning")
    return made


@command("access.key.delete", legacy="v-delete-access-key ACCESS_KEY_ID", rest="DELETE /access-keys/{access_key_id}")
def remove(tx: Tx, access_key_id: KeyId) -> None:
    """Delete an access key; calls with it are refused from now on."""
    found = find(tx, access_key_id)
    if found is None:
        raise NotExist(f"key {access_key_id} doesn't exist", argument="access_key_id")
    tx.execute(delete(access_keys).where(access_keys.c.key == access_key_id))
    tx.wait_for(FORGET_TEXTS, found.owner, access_key_id)
    if found.owner_suspended is not None:
        note(tx, found.owner, "API", f"Access key {access_key_id} deleted")


@command(
    "access.key.show",
    legacy="v-list-access-key ACCESS_KEY_ID [FORMAT]",
    rest="GET /access-keys/{access_key_id}",
    view=KEY,
    resource=AccessKey,
)
def show(state: State, access_key_id: KeyId) -> Listed:
    """Show an access key without its secret, which is not stored."""
    return listed(state, access_key_id)


@command(
    "access.key.list",
    legacy="v-list-access-keys [USER] [FORMAT]",
    rest="GET /access-keys",
    view=KEYS,
    resource=AccessKey,
)
def show_all(state: State, user: KeyOwner | None = None) -> Sequence[Listed]:
    """List the access keys of an account, or of all."""
    return all_listed(state, user)


def _insert(tx: Tx, made: Listed) -> None:
    row = {
        "key": made.access_key_id,
        "secret_hash": hash_secret(made.secret_access_key),
        "account": made.user,
        "permissions": ",".join(made.permissions),
        "comment": made.comment,
        "expires": made.expires,
        "addresses": made.addresses,
        "created": made.created,
    }
    tx.execute(insert(access_keys).values(row))


def _check_profiles(tx: Tx, user: AccountName, profiles: Sequence[str]) -> None:
    ordinary = user != root_user(tx)
    if ordinary and not profiles:
        raise Invalid("Non-admin users need a permission list", argument="permissions")
    known = all_profiles(tx.context.machine)
    for name in profiles:
        if name not in known:
            raise NotExist(f"API {name} doesn't exist", argument="permissions")
        if ordinary and known[name].role != "user":
            raise Invalid(f"API {name} is not for users", argument="permissions")


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _delete_all(tx: Tx, account: str) -> None:
    tx.execute(delete(access_keys).where(access_keys.c.account == account))
    tx.wait_for(FORGET_TEXTS, account)


# A key stays as it is while its account is suspended: the login is refused then.
owned(Owned("access key", delete=_delete_all))
