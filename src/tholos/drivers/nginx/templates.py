"""The template of a site's server block: one that comes with Tholos, or the administrator's of the same name."""

from __future__ import annotations

from typing import Any

from jinja2 import TemplateError

from tholos.apply.host import Host
from tholos.apply.readings.sites import TEMPLATES
from tholos.apply.readings.traffic import DIRECTORY, LOG
from tholos.drivers.encoders import nginx
from tholos.drivers.nginx import parts
from tholos.drivers.nginx.places import LOGS
from tholos.drivers.phpfpm.pools import socket_of
from tholos.drivers.templates import render, render_text
from tholos.kernel.errors import ServiceFailed
from tholos.resources.web.templates import PROXY, SERVED, WEB
from tholos.resources.web.want import SiteWant


def server(want: SiteWant, directory: str, host: Host) -> bytes:
    """The configuration of a site; ServiceFailed when the administrator's template is broken.

    A paused site has no template of its own, and one whose template is gone has the one named ``default``.
    """
    socket = socket_of(nginx(want.account), want.backend, host)
    values = {"site": want, "conf": directory, "logs": LOGS, "traffic": f"{DIRECTORY}/{LOG}", "socket": socket}
    if want.suspended:
        return render("nginx", "suspended.conf.j2", nginx, **values)
    for kind, name in ((PROXY, want.proxy), (WEB, want.template)):
        source = host.read(f"{TEMPLATES}/{kind}/{name}.j2") if name else None
        if source is not None:
            return parts.zone(want) + _added(f"{kind}/{name}", source, values)
    shipped = want.template if want.template in SERVED else "default"
    return parts.zone(want) + render("nginx", f"web/{shipped}.conf.j2", nginx, **values)


def _added(name: str, source: bytes, values: dict[str, Any]) -> bytes:
    try:
        return render_text("nginx", source.decode(), nginx, **values)
    except (TemplateError, ValueError, TypeError) as error:
        raise ServiceFailed(f"template {name} :: {error}") from error
