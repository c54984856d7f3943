"""Single values of an account's record, by the reference's keys (``state.json``: user.conf)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Parsed, Text, printable
from tholos.kernel.view import words
from tholos.resources.log.model import note
from tholos.resources.package.model import LIMITS
from tholos.resources.package.types import parse_value
from tholos.resources.system.languages import LANGUAGES, THEMES
from tholos.resources.types import AccountName, AnyNetwork, Common, Email, YesNo
from tholos.resources.user.change import require_shell, set_columns
from tholos.resources.user.php_cli import require_php
from tholos.resources.user.record import listed, require_active
from tholos.resources.user.sftp_jail import follow_shell
from tholos.resources.user.types import Role, ShellName, UserKey
from tholos.resources.user.views import FIELDS

KEYS = frozenset(
    words(
        "NAME PACKAGE WEB_TEMPLATE PROXY_TEMPLATE BACKEND_TEMPLATE DNS_TEMPLATE WEB_DOMAINS WEB_ALIASES DNS_DOMAINS "
        "DNS_RECORDS MAIL_DOMAINS MAIL_ACCOUNTS RATE_LIMIT DATABASES CRON_JOBS DISK_QUOTA CPU_QUOTA CPU_QUOTA_PERIOD "
        "MEMORY_LIMIT SWAP_LIMIT BANDWIDTH NS SHELL BACKUPS BACKUPS_INCREMENTAL CONTACT CRON_REPORTS RKEY TWOFA QRCODE "
        "RKEYEXP PHPCLI ROLE SUSPENDED SUSPENDED_USERS SUSPENDED_WEB SUSPENDED_DNS SUSPENDED_MAIL SUSPENDED_DB "
        "SUSPENDED_CRON IP_AVAIL IP_OWNED U_USERS U_DISK U_DISK_DIRS U_DISK_WEB U_DISK_MAIL U_DISK_DB U_BANDWIDTH "
        "U_WEB_DOMAINS U_WEB_SSL U_WEB_ALIASES U_DNS_DOMAINS U_DNS_RECORDS U_MAIL_DOMAINS U_MAIL_DKIM U_MAIL_ACCOUNTS "
        "U_DATABASES U_CRON_JOBS U_BACKUPS LANGUAGE THEME NOTIFICATIONS PREF_UI_SORT LOGIN_DISABLED LOGIN_USE_IPLIST "
        "LOGIN_ALLOW_IPS TIME DATE"
    )
)
"""What can be read. MD5, the hash of the password, cannot: the reference prints it to whoever may call this."""

_FLAGS = frozenset(words("BACKUPS_INCREMENTAL CRON_REPORTS LOGIN_DISABLED LOGIN_USE_IPLIST"))


class ConfigValue(Common):
    """A value of an account's record: a plain value, what only some keys take, or nothing.

    That is an e-mail address, networks with commas between, and percent, in which there are signs.
    """

    __slots__ = ()

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return raw == "" or super().accepts(raw) or Email.accepts(raw) or cls._is_amount_or_networks(raw)

    @staticmethod
    def _is_amount_or_networks(raw: str) -> bool:
        percent = raw.removesuffix("%")
        is_amount = percent != raw and len(raw) < 10 and percent.isascii() and percent.isdigit()
        return is_amount or (len(raw) <= Common.max_length and all(map(AnyNetwork.accepts, raw.split(","))))

    @classmethod
    def from_json(cls, value: object, placed: Mapping[str, str]) -> str | None:
        """The text for a JSON value of the key in the path, which is checked with the others; None for none.

        Null is what a GET shows where nothing is limited, or where nothing was chosen.
        """
        key = placed["key"].upper()
        match value:
            case None:
                return "unlimited" if key.lower() in LIMITS else ""
            case bool() if key in _FLAGS:
                return "yes" if value else "no"
            case int() if key.lower() in LIMITS and not isinstance(value, bool):
                return str(value)
            case list() if key == "LOGIN_ALLOW_IPS" and all(isinstance(one, str) for one in value):
                return ",".join(value)
        return value if isinstance(value, str) else None


class PhpVersion(Text):
    """A version of PHP, such as 8.2, or nothing."""

    __slots__ = ()
    pattern = re.compile(r"(?:[0-9]\.[0-9]{1,2})?")
    expected = "a version of PHP, such as 8.2"
    example = "8.2"


def _checked(kind: type[Parsed]) -> Callable[[str, str], Any]:
    return lambda value, key: kind.parse(value, key.lower())


def _flag(value: str, key: str) -> bool:
    return YesNo.parse(value, key.lower()) == "yes"


def _one_of(*choices: str) -> Callable[[str, str], str]:
    def check(value: str, key: str) -> str:
        if value not in choices:
            raise Invalid(f"invalid {key.lower()} format :: {printable(value)}", argument="value")
        return value

    return check


def _networks(value: str, key: str) -> str:
    return ",".join(AnyNetwork.parse(part, key.lower()) for part in value.split(",") if part)


WRITABLE: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    **{column.upper(): (column, parse_value) for column in (*LIMITS, "backups_incremental")},
    "SHELL": ("shell", _checked(ShellName)),
    "CONTACT": ("contact", _checked(Email)),
    "ROLE": ("role", _checked(Role)),
    "CRON_REPORTS": ("cron_reports", _flag),
    "LOGIN_DISABLED": ("login_disabled", _flag),
    "LOGIN_USE_IPLIST": ("login_use_iplist", _flag),
    "LOGIN_ALLOW_IPS": ("login_allow_ips", _networks),
    "LANGUAGE": ("language", _one_of("", *LANGUAGES)),
    "THEME": ("theme", _one_of("", *THEMES)),
    "PHPCLI": ("php_cli", _checked(PhpVersion)),
    "PREF_UI_SORT": ("sort_order", _checked(Common)),
}
"""What can be written: the column and the check of each key. The reference writes any key, and any value, as it is."""


@command("user.value.show", legacy="v-get-user-value USER KEY", role="user")
def get(state: State, user: AccountName, key: UserKey) -> str:
    """Print one value of an account; an empty line when there is no such key."""
    record = listed(state, user)
    word = key.upper()
    if word not in KEYS:
        return "\n"
    field = FIELDS.get(word, word.lower())
    value = getattr(record, field) if isinstance(field, str) else field(record)
    return f"{_printed(value)}\n"


def _printed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@command(
    "user.value.change",
    legacy="v-change-user-config-value USER KEY VALUE",
    examples={"key": "THEME", "value": "dark"},
    rest="PUT /users/{user}/values/{key}",
)
def change(tx: Tx, user: AccountName, key: UserKey, value: ConfigValue) -> None:
    """Change one value of an account."""
    require_active(tx, user)
    word = key.upper()
    if word not in WRITABLE:
        raise Invalid(f"invalid key format :: {printable(key)}", argument="key")
    column, check = WRITABLE[word]
    checked = check(value, word)
    if column == "shell":
        require_shell(tx, value)
    if column == "php_cli" and value:
        require_php(tx, value)
    set_columns(tx, user, **{column: checked})
    if column == "shell":
        follow_shell(tx, user)
    note(tx, "system", "Users", f"Value changed (Name: {user}, Key: {word}).")
