"""The pools of an account's PHP: its own, and one for each template that an administrator added and a site uses."""

from __future__ import annotations

from jinja2 import TemplateError

from tholos.apply.host import Host
from tholos.apply.readings.sites import TEMPLATES
from tholos.drivers.encoders import ini
from tholos.drivers.templates import render, render_text
from tholos.kernel.errors import ServiceFailed
from tholos.resources.web.templates import BACKEND, NO_PHP

SOCKETS = "/run/tholos-php"


def socket_of(account: str, backend: str, host: Host) -> str:
    """The socket that the PHP of a site listens on; empty for a site without PHP."""
    if backend in ("", NO_PHP):
        return ""
    return pool_socket(account, backend if host.exists(_path(backend)) else "")


def added(backends: tuple[str, ...], host: Host) -> tuple[str, ...]:
    """Those of the templates that are the administrator's; the others are the account's own pool as it comes."""
    return tuple(name for name in backends if name not in ("", NO_PHP) and host.exists(_path(name)))


def pool_socket(account: str, template: str = "") -> str:
    """The socket of the account's own pool, or of the pool of a template."""
    return f"{SOCKETS}/{account}+{template}.sock" if template else f"{SOCKETS}/{account}.sock"


def pool(account: str, template: str, host: Host) -> bytes:
    """A pool's part of the configuration: what every pool has, then the directives of its template."""
    values = {"account": account, "home": f"/home/{account}", "socket": pool_socket(account, template)}
    title = f"{account}+{template}" if template else account
    own = render("phpfpm", "pool.conf.j2", ini, title=title, **values)
    return own + _directives(template, values, host) if template else own


def _directives(template: str, values: dict[str, str], host: Host) -> bytes:
    source = host.read(_path(template)) or b""
    try:
        return render_text("phpfpm", source.decode(), ini, **values).rstrip(b"\n") + b"\n"
    except (TemplateError, ValueError, TypeError) as error:
        raise ServiceFailed(f"template {BACKEND}/{template} :: {error}") from error


def _path(template: str) -> str:
    return f"{TEMPLATES}/{BACKEND}/{template}.j2"
