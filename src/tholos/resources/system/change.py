"""Changing a setting of the node (``state.json``: hestia.conf, allowed)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.job import Started
from tholos.kernel.tx import Tx
from tholos.kernel.types import Number, printable
from tholos.kernel.view import words
from tholos.resources.access.switches import ENDPOINT, REMOVED
from tholos.resources.log.model import note
from tholos.resources.system.effects import EFFECTS, Effect, require_as_it_is
from tholos.resources.system.languages import LANGUAGES, THEMES
from tholos.resources.system.setting_kinds import NUMBERS, SWITCHES
from tholos.resources.system.settings import set_setting
from tholos.resources.system.ssh_jail import SSH_JAIL
from tholos.resources.system.sshd_want import SFTP_JAIL
from tholos.resources.system.types import SettingKey, SettingValue
from tholos.resources.types import AccountName, AnyNetwork, YesNo
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require
from tholos.resources.user.types import Language

Check = Callable[[Tx, str, str], None]
SYSTEMS: dict[str, tuple[str, ...]] = {
    "WEB_SYSTEM": ("nginx",),
    "WEB_BACKEND": ("php-fpm",),
    "WEB_SSL": ("openssl",),
    "CRON_SYSTEM": ("cron",),
    "DB_SYSTEM": ("mysql", "pgsql", "mysql,pgsql", "pgsql,mysql"),
    "DNS_SYSTEM": ("bind9",),
    "PROXY_SYSTEM": ("nginx",),
    "DNS_CLUSTER": ("yes",),
    **dict.fromkeys(
        words(
            "ANTISPAM_SYSTEM ANTIVIRUS_SYSTEM BACKUP_SYSTEM "
            "FIREWALL_EXTENSION FIREWALL_SYSTEM FTP_SYSTEM IMAP_SYSTEM MAIL_SYSTEM SIEVE_SYSTEM "
            "STATS_SYSTEM WEBMAIL_SYSTEM"
        ),
        (),
    ),
}
"""What can serve each subsystem here; nothing switches it off."""
WORDS: dict[str, tuple[str, ...]] = {
    **{key: ("", *programs) for key, programs in SYSTEMS.items()},
    **SWITCHES,
    **dict.fromkeys((SFTP_JAIL, SSH_JAIL), ("yes", "no")),
    ENDPOINT: ("", REMOVED),
    "API_SYSTEM": ("0", "1", "2"),
    "DNS_CLUSTER_SYSTEM": ("", "hestia", "hestia-zone"),
    "POLICY_CSRF_STRICTNESS": ("0", "1", "2"),
    "LANGUAGE": LANGUAGES,
    "THEME": THEMES,
    "RELEASE_BRANCH": ("release", "beta", "develop"),
}
"""The words that a setting may hold; one that is named neither here nor in CHECKS, EFFECTS and FIXED takes any text."""


def _is_number(_tx: Tx, key: str, value: str) -> None:
    Number.parse(value, key.lower())


def _are_networks(_tx: Tx, key: str, value: str) -> None:
    """Addresses and networks with commas or blanks between, or the word ``allow-all`` among them."""
    for part in value.replace(",", " ").split():
        if part != "allow-all":
            AnyNetwork.parse(part, key.lower())


def _is_administrator(tx: Tx, key: str, value: str) -> None:
    account = require(tx, AccountName.parse(value, key.lower()))
    if account.role != "admin":
        raise NotExist(f"administrator {value} doesn't exist", argument="value")


def _only_set(key: str) -> Effect:
    return lambda tx, value: set_setting(tx, key, value)


CHECKS: dict[str, Check] = {
    "API_ALLOWED_IP": _are_networks,
    **dict.fromkeys(NUMBERS, _is_number),
    "ROOT_USER": _is_administrator,
}


@command(
    "system.setting.change",
    legacy="v-change-sys-config-value KEY VALUE",
    examples={"value": "2"},
    rest="PUT /settings/{key}",
)
def change(tx: Tx, key: SettingKey, value: SettingValue) -> Started | None:
    """Change a setting of the node, and with it what follows it; a key that is not known is kept too."""
    word = key.upper()
    if word in WORDS and value not in WORDS[word]:
        raise Invalid(f"invalid value format :: {printable(value)}", argument="value")
    if word in CHECKS:
        CHECKS[word](tx, word, value)
    require_as_it_is(word, value)
    started = EFFECTS.get(word, _only_set(word))(tx, value)
    note(tx, "system", "System", f"Setting changed (Key: {word}).")
    return started


@command("system.language.change", legacy="v-change-sys-language LANGUAGE [UPDATE_USERS]", rest="PUT /system/language")
def change_language(tx: Tx, language: Language, update_users: YesNo | None = None) -> None:
    """Change the language of new sessions, and of every account when UPDATE_USERS is yes."""
    if language not in LANGUAGES:
        raise NotExist(f"language {language} doesn't exist", argument="language")
    set_setting(tx, "LANGUAGE", language)
    if update_users == "yes":
        tx.execute(update(accounts).values(language=language))
    note(tx, "system", "System", f"Language changed (Language: {language}).")
