"""Changing an account: its contact, name, shell, role, language, theme, name servers and templates."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist, Silent
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.marks import mark_account
from tholos.resources.cron.want import follow
from tholos.resources.log.model import note
from tholos.resources.system.languages import LANGUAGES, THEMES
from tholos.resources.templates import require_choice
from tholos.resources.types import AccountName, Common, Email, ObjectName
from tholos.resources.user.allotment import allot
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require_active
from tholos.resources.user.sftp_jail import follow_shell
from tholos.resources.user.types import (
    DisplayName,
    OwnLanguage,
    OwnNameServer,
    Role,
    ShellName,
    TemplateKind,
    Theme,
)

_NO_NAME = DisplayName("")


def set_columns(tx: Tx, user: str, **values: object) -> None:
    """Change columns of an account and have its Linux account and its crontab follow."""
    tx.execute(update(accounts).where(accounts.c.name == user).values(values))
    tx.want("account", user)
    allot(tx, user)
    follow(tx, user)
    if "role" in values:
        # Zones of some roles are copied to no other server.
        mark_account(tx, user)


def require_shell(state: State, shell: str) -> None:
    """Raise Invalid for a shell that the machine does not offer (is_format_valid_shell)."""
    if shell not in state.context.machine.read("shells"):
        raise Invalid(f"invalid shell format :: {shell}", argument="shell")


@command(
    "user.contact.change", legacy="v-change-user-contact USER EMAIL", rest="PUT /users/{user}/contact", role="user"
)
def contact(tx: Tx, user: AccountName, email: Email) -> None:
    """Change the e-mail address of an account."""
    require_active(tx, user)
    set_columns(tx, user, contact=email)
    note(tx, user, "System", f"Contact address changed (Address: {email}).")


@command(
    "user.name.change",
    legacy="v-change-user-name USER NAME [LAST_NAME]",
    rest="PUT /users/{user}/name",
    role="user",
)
def name(tx: Tx, user: AccountName, name: DisplayName, last_name: DisplayName = _NO_NAME) -> None:
    """Change the name of the person behind an account."""
    require_active(tx, user)
    set_columns(tx, user, full_name=f"{name} {last_name}".strip())
    note(tx, user, "System", f"Display name changed (Name: {name} {last_name}".rstrip() + ").")


@command("user.shell.change", legacy="v-change-user-shell USER SHELL", rest="PUT /users/{user}/shell")
def shell(tx: Tx, user: AccountName, shell: ShellName) -> None:
    """Change the login shell of an account."""
    require_shell(tx, shell)
    require_active(tx, user)
    set_columns(tx, user, shell=shell)
    follow_shell(tx, user)
    note(tx, "system", "System", f"Login shell changed (Name: {user}, Shell: {shell}).")


@command("user.role.change", legacy="v-change-user-role USER ROLE", rest="PUT /users/{user}/role")
def role(tx: Tx, user: AccountName, role: Role) -> None:
    """Change what an account may do."""
    require_active(tx, user)
    set_columns(tx, user, role=role)
    note(tx, "system", "Security", f"Role changed (Name: {user}, Role: {role}).", "Warning")


@command(
    "user.language.change",
    legacy="v-change-user-language USER LANGUAGE",
    rest="PUT /users/{user}/language",
    role="user",
)
def language(tx: Tx, user: AccountName, language: OwnLanguage) -> None:
    """Change the language in which an account is spoken to."""
    require_active(tx, user)
    if language not in (language.null, *LANGUAGES):
        raise NotExist(f"language {language} doesn't exist", argument="language")
    set_columns(tx, user, language="" if language == language.null else language)
    note(tx, user, "System", f"Language changed (Language: {language}).")


@command(
    "user.theme.change",
    legacy="v-change-user-theme USER THEME",
    rest="PUT /users/{user}/theme",
    role="user",
)
def theme(tx: Tx, user: AccountName, theme: Theme) -> None:
    """Change the look of the panel for an account."""
    require_active(tx, user)
    if theme not in (theme.null, *THEMES):
        raise Silent("Theme does not exist", argument="theme", code=3)
    set_columns(tx, user, theme="" if theme == theme.null else theme)
    note(tx, user, "System", f"Theme changed (Theme: {theme}).")


@command(
    "user.sort_order.change",
    legacy="v-change-user-sort-order USER SORT_ORDER",
    examples={"sort_order": "name"},
    rest="PUT /users/{user}/sort-order",
    role="user",
)
def sort_order(tx: Tx, user: AccountName, sort_order: Common) -> None:
    """Change the order in which the panel lists things for an account."""
    require_active(tx, user)
    set_columns(tx, user, sort_order=sort_order)
    note(tx, user, "System", f"Sort order changed (Order: {sort_order}).", "Warning")


@command(
    "user.ns.change",
    legacy="v-change-user-ns USER NS1 NS2 [NS3] [NS4] [NS5] [NS6] [NS7] [NS8]",
    examples={"ns2": "ns2.example.org"},
    rest="PUT /users/{user}/name-servers",
    role="user",
)
def name_servers(
    tx: Tx,
    user: AccountName,
    ns1: OwnNameServer,
    ns2: OwnNameServer,
    ns3: OwnNameServer | None = None,
    ns4: OwnNameServer | None = None,
    ns5: OwnNameServer | None = None,
    ns6: OwnNameServer | None = None,
    ns7: OwnNameServer | None = None,
    ns8: OwnNameServer | None = None,
) -> None:
    """Change the name servers that new zones of an account get."""
    require_active(tx, user)
    servers = [server for server in (ns1, ns2, ns3, ns4, ns5, ns6, ns7, ns8) if server]
    set_columns(tx, user, ns=",".join(servers))
    note(tx, user, "DNS", f"Name servers changed ({' '.join(servers)}).")


@command(
    "user.template.change",
    legacy="v-change-user-template USER TYPE TEMPLATE",
    rest="PUT /users/{user}/templates/{type}",
)
def template(tx: Tx, user: AccountName, type: TemplateKind, template: ObjectName) -> None:
    """Change one of the templates that new things of an account get."""
    require_active(tx, user)
    require_choice(tx, type.lower(), template)
    set_columns(tx, user, **{f"{type.lower()}_template": template})
    note(tx, user, "Web", f"Template changed (Type: {type}, Template: {template}).")
