"""What a machine should have for a site, and for the PHP of an account."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import bindparam, select

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.ip.model import addresses
from tholos.resources.system.model import setting
from tholos.resources.types import Alias, Domain
from tholos.resources.user.model import accounts, uid_of
from tholos.resources.web.model import web_domains, web_logins
from tholos.resources.web.record import Site, alias_names, stored
from tholos.resources.web.types import RedirectTarget


class Redirect(msgspec.Struct, frozen=True):
    """Where visitors are sent: an empty scheme is that of the request, an empty rest what was asked for."""

    host: str
    scheme: str = ""
    port: int | None = None
    rest: str = ""
    code: int = 301


class SiteWant(msgspec.Struct, frozen=True):
    """A site: whose it is, its names in A-labels, where it listens, its templates, and whether it is paused.

    ``root`` is its document root and ``root_home`` the directory of the site that it is in. ``logins`` are names and
    hashes. ``cached`` is for how long pages are kept, or empty. ``before_uid`` is the account that the files were of.
    """

    account: str
    uid: int
    domain: str
    ascii_name: str
    names: tuple[str, ...]
    ip: str
    template: str
    suspended: bool
    backend: str = "default"
    proxy: str = ""
    proxy_extensions: str = ""
    custom_root: str = ""
    redirect: Redirect | None = None
    logins: tuple[tuple[str, str], ...] = ()
    cached: str = ""
    listing: bool = False
    before_uid: int = 0

    @property
    def root(self) -> str:
        """The document root."""
        return self.custom_root.rstrip("/") or f"{self.home}/public_html"

    @property
    def root_home(self) -> str:
        """The directory of the site that the document root is in."""
        return "/".join(self.root.split("/")[:5])

    @property
    def home(self) -> str:
        """The site's directory."""
        return site_home(self.account, self.domain)


class Elsewhere(msgspec.Struct, frozen=True):
    """A site of this name is another account's now."""


class PhpWant(msgspec.Struct, frozen=True):
    """PHP for an account: it has at least one site. ``backends`` are the pool templates of its sites."""

    account: str
    uid: int
    backends: tuple[str, ...] = ()


def site_home(account: str, domain: str) -> str:
    """The directory of a site in its account's home."""
    return f"/home/{account}/web/{domain}"


def log_path(domain: str, kind: str) -> str:
    """A log of a site: ``log`` (requests), ``error.log``, or ``bytes`` (traffic)."""
    return f"/var/log/nginx/domains/{domain}.{kind}"


def _site_keys(state: State) -> Iterable[Key]:
    return [(row.account, row.domain) for row in state.rows(select(web_domains.c.account, web_domains.c.domain))]


# Made once, as those of record.py.
_ANYBODYS = select(web_domains.c.id).where(web_domains.c.domain == bindparam("domain"))
_ADDRESS = select(addresses.c.ip).where(addresses.c.ip == bindparam("ip"))
_ID = select(accounts.c.id).where(accounts.c.name == bindparam("account"))


@scope("site", keys=_site_keys)
def site_want(state: State, key: Key) -> SiteWant | Elsewhere | None:
    """The site of an account; the account and the domain that it had before may follow in the key."""
    account, domain, *before = key
    site = stored(state, account, domain)
    if site is None:
        return Elsewhere() if state.value(_ANYBODYS, {"domain": domain}) is not None else None
    return _site(state, site, _uid(state, before[0]) if before else 0)


def _site(state: State, site: Site, before_uid: int) -> SiteWant:
    ascii_name = Domain(site.domain).ascii
    return SiteWant(
        account=site.account,
        uid=_uid(state, site.account),
        domain=site.domain,
        ascii_name=ascii_name,
        names=(ascii_name, *(Alias(alias).ascii for alias in alias_names(site))),
        ip=state.value(_ADDRESS, {"ip": site.ip}),
        template=site.template,
        suspended=site.suspended,
        backend=site.backend,
        proxy=site.proxy if setting(state, "PROXY_SYSTEM") == "nginx" else "",
        proxy_extensions=site.proxy_extensions,
        custom_root=site.custom_docroot,
        redirect=_redirect(site),
        logins=_logins(state, site),
        cached=site.fastcgi_duration if site.fastcgi_cache == "yes" else "",
        listing=site.listing,
        before_uid=before_uid,
    )


def _uid(state: State, account: str) -> int:
    return uid_of(state.value(_ID, {"account": account}))


_CODES = (301, 302, 303, 307, 308)
"""The statuses that a redirect has (RFC 9110, 15.4)."""


def _redirect(site: Site) -> Redirect | None:
    if not site.redirect:
        return None
    target, code = RedirectTarget(site.redirect), int(site.redirect_code)
    return Redirect(target.host, target.scheme, target.port, target.rest, code if code in _CODES else 301)


def _logins(state: State, site: Site) -> tuple[tuple[str, str], ...]:
    if not site.logins:
        return ()
    ours = select(web_logins).where(web_logins.c.domain_id == site.id).order_by(web_logins.c.id)
    return tuple((row.login, row.password_hash) for row in state.rows(ours))


NAME = "site name"
"""The scope of names: nothing on the machine has this key alone, but logs and server blocks are named after it.

Who gives a name up drops it, who takes it wants it, and so the two never share a commit, whichever accounts they are.
"""


@scope(NAME, keys=lambda _state: ())
def name_want(_state: State, _key: Key) -> None:
    """Nothing: the site that has the name is wanted by itself."""


def _php_keys(state: State) -> Iterable[Key]:
    return [(row.account,) for row in state.rows(select(web_domains.c.account).distinct())]


@scope("php", keys=_php_keys)
def php_want(state: State, key: Key) -> PhpWant | None:
    """The PHP master of an account that has sites."""
    used = select(web_domains.c.backend).where(web_domains.c.account == key[0]).distinct()
    backends = tuple(sorted(row.backend for row in state.rows(used)))
    return PhpWant(key[0], _uid(state, key[0]), backends) if backends else None
