"""Logins that a site asks its visitors for (HTTP authentication)."""

from __future__ import annotations

from sqlalchemy import delete, insert, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists
from tholos.kernel.late import Late
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Common, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.model import web_logins
from tholos.resources.web.record import Site, require, require_active
from tholos.resources.web.types import AnyLogin, Login, LoginPassword


@command(
    "web.login.add",
    legacy="v-add-web-domain-httpauth USER DOMAIN AUTH_USER AUTH_PASSWORD [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/logins",
    role="user",
)
def add(tx: Tx, user: AccountName, domain: Domain, auth_user: Late[Login], auth_password: Late[LoginPassword]) -> None:
    """Let only visitors see a site who know a password; each login added is one more."""
    site = _active(tx, user, domain)
    login = auth_user.take()
    if login in login_names(site):
        raise Exists(f"auth user {login} exists", argument="auth_user")
    tx.execute(insert(web_logins).values(domain_id=site.id, login=login, password_hash=auth_password.take().hashed))
    tx.want("site", user, site.domain)
    note(tx, user, "Web", f"Added HTTP authentication (Domain: {site.domain}, Login: {login}).")


@command(
    "web.login.change",
    legacy="v-change-web-domain-httpauth USER DOMAIN AUTH_USER AUTH_PASSWORD [RESTART]",
    examples={"auth_user": "visitor"},
    usage="USER DOMAIN AUTH_USER AUTH_PASSWORD",
    rest="PUT /users/{user}/web-domains/{domain}/logins/{auth_user}",
    role="user",
)
def change(
    tx: Tx, user: AccountName, domain: Domain, auth_user: Late[Common], auth_password: Late[LoginPassword]
) -> None:
    """Change the password of a login to a site."""
    site = _active(tx, user, domain)
    login = auth_user.take()
    here = (web_logins.c.domain_id == site.id) & (web_logins.c.login == login)
    tx.change(update(web_logins).where(here).values(password_hash=auth_password.take().hashed), _missing(login))
    tx.want("site", user, site.domain)
    note(tx, user, "Web", f"Changed HTTP authentication (Domain: {site.domain}, Login: {login}).")


@command(
    "web.login.delete",
    legacy="v-delete-web-domain-httpauth USER DOMAIN AUTH_USER [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}/logins/{auth_user}",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain, auth_user: AnyLogin) -> None:
    """Take a login to a site away; without any, everybody may see it."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require(tx, user, domain)
    here = (web_logins.c.domain_id == site.id) & (web_logins.c.login == auth_user)
    tx.change(delete(web_logins).where(here), _missing(auth_user))
    tx.want("site", user, site.domain)
    note(tx, user, "Web", f"Deleted HTTP authentication (Domain: {site.domain}, Login: {auth_user}).")


def login_names(site: Site) -> list[str]:
    """The logins of a site, in the order in which they were added."""
    return [name for name in site.logins.split(":") if name]


def _active(state: State, user: AccountName, domain: Domain) -> Site:
    require_system(state, "WEB_SYSTEM")
    require_active_account(state, user)
    return require_active(state, user, domain)


def _missing(login: str) -> str:
    return f"auth user {login} doesn't exist"
