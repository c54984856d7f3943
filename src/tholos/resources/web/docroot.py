"""Serving a site from another directory of its account's sites."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Forbidden, NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.record import change, require, require_active
from tholos.resources.web.types import PhpRoot, SubDirectory, TargetDomain
from tholos.resources.web.want import site_home

OWN = "default"
"""The word in place of a target that means the site's own document root."""
_NO = PhpRoot("no")


@command(
    "web.docroot.change",
    legacy="v-change-web-domain-docroot USER DOMAIN [TARGET_DOMAIN] [DIRECTORY] [PHP] [RESTART]",
    examples={"target_domain": "shop.example.org"},
    usage="USER DOMAIN [TARGET_DOMAIN] [DIRECTORY] [PHP-DOCROOT] [RESTART]",
    rest="PUT /users/{user}/web-domains/{domain}/docroot",
    role="user",
)
def change_root(
    tx: Tx,
    user: AccountName,
    domain: Domain,
    target_domain: TargetDomain | None = None,
    directory: SubDirectory | None = None,
    php: PhpRoot = _NO,
) -> None:
    """Serve a site from a directory of another site of the account, or from its own document root again."""
    require_system(tx, "WEB_SYSTEM")
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    root, php_root = _roots(tx, user, site.domain, target_domain, directory)
    change(tx, site, custom_docroot=root, custom_phproot=php_root if php == "yes" else "")
    note(tx, user, "Web", f"Changed document root (Domain: {site.domain}, Path: {root or 'its own'}).")


def _roots(
    state: State, user: AccountName, domain: Domain, target: TargetDomain | None, directory: SubDirectory | None
) -> tuple[str, str]:
    """The document root and the site's directory that it is in; both empty for the site's own."""
    if target is None or target == OWN:
        if directory is None:
            return "", ""
        target = TargetDomain(domain)
    home = site_home(user, require(state, user, target).domain)
    names = ("public_html", *(directory.names if directory else ()))
    _require_plain(state, f"/home/{user}/web", home)
    found = state.context.machine.read("directory inside", home, *names)
    path = "/".join((home, *names)) + "/"
    if found == "outside":
        raise Forbidden(f"{path} is outside of {home}", argument="directory")
    if found == "missing":
        raise NotExist(f"directory {path} doesn't exist", argument="directory")
    return path, f"{home}/"


def _require_plain(state: State, *directories: str) -> None:
    """Raise Forbidden for a directory that is a link (is_dir_symlink)."""
    for path in directories:
        if state.context.machine.read("is link", path):
            raise Forbidden(f"{path} directory is a symlink", argument="target_domain")
