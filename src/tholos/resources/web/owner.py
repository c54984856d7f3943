"""Moving a site to another account."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import Tx
from tholos.resources.ip.record import usable
from tholos.resources.types import AccountName, Domain
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import Site, require, stored
from tholos.resources.web.rename import want_moved
from tholos.resources.web.roots import leave_roots
from tholos.resources.web.want import site_home


def move(tx: Tx, domain: Domain, before: AccountName, after: AccountName) -> None:
    """Give a site to another account, with its files; it is served afterwards even if it was suspended.

    Raise NotExist when there is no such site, no address for the new account or no site there that the document root
    lies in, Exists when the new account has files of a site of that name.
    """
    site = require(tx, before, domain)
    home = site_home(after, site.domain)
    if tx.context.machine.read("exists", home):
        raise Exists(f"{home} exists", argument="domain")
    values = {
        "account": after,
        "ip": _address(tx, site, after),
        "suspended": False,
        "custom_docroot": _root(tx, site, after, site.custom_docroot),
        "custom_phproot": _root(tx, site, after, site.custom_phproot),
    }
    tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(values))
    leave_roots(tx, before, (site.domain,))
    want_moved(tx, (str(after), str(site.domain)), (str(before), str(site.domain)))


def _address(tx: Tx, site: Site, account: str) -> str:
    """The address of the site if the new account may use it, else that account's first."""
    addresses = [str(row.ip) for row in usable(tx, account)]
    if not addresses:
        raise NotExist("no avaiable IP address", argument="user")
    return str(site.ip) if site.ip in addresses else addresses[0]


def _root(tx: Tx, site: Site, account: str, root: str) -> str:
    """A document root in the new account's home; NotExist when it lies in a site that the account does not have."""
    if not root:
        return ""
    domain = root.split("/")[4]
    if domain != site.domain and stored(tx, account, domain) is None:
        raise NotExist(f"web domain {domain} doesn't exist", argument="domain")
    return root.replace(site_home(site.account, domain), site_home(account, domain), 1)
