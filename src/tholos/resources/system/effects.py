"""Settings that the machine follows: to change one is to do what the command for it does.

Without that the settings would say one thing, and the machine would be another.
"""

from __future__ import annotations

from collections.abc import Callable

from tholos.kernel.errors import Invalid
from tholos.kernel.job import Started
from tholos.kernel.tx import Tx
from tholos.kernel.types import printable
from tholos.resources.cluster.push import compare_all
from tholos.resources.log.model import SYSTEM
from tholos.resources.spread import spread
from tholos.resources.system import resource_limits, sftp_jail, ssh_jail
from tholos.resources.system.node import NodeName, TimeZone, change_hostname, change_timezone
from tholos.resources.system.node_want import HOSTNAME, TIMEZONE
from tholos.resources.system.panel_port import PORT, PanelPort, listen
from tholos.resources.system.settings import set_setting
from tholos.resources.system.ssh_jail import SSH_JAIL
from tholos.resources.system.sshd_want import SFTP_JAIL
from tholos.resources.user.allotment import LIMITS, QUOTA
from tholos.resources.user.each import do_each
from tholos.resources.user.quotas import QUOTAS
from tholos.resources.web.template import plan_proxied

Effected = Callable[[Tx], Started | None]
Effect = Callable[[Tx, str], Started | None]
"""Does what a value of a setting means; gives the job that does what is much of it."""


def _listen(tx: Tx, value: str) -> None:
    listen(tx, PanelPort.parse(value, "value"))


def _name(tx: Tx, value: str) -> None:
    change_hostname(tx, NodeName.parse(value, "value"))


def _time(tx: Tx, value: str) -> None:
    change_timezone(tx, TimeZone.parse(value, "value"))


def _switch(on: Effected, off: Effected) -> Effect:
    return lambda tx, value: on(tx) if value == "yes" else off(tx)


def _set_quotas(tx: Tx, value: str) -> Started | None:
    """Give every account its quota; without those of the file system no account could be made any more."""
    if value == "yes" and not tx.context.machine.read("quotas on"):
        why = "/home has no user quotas that are switched on, or Debian's package quota is not installed"
        raise Invalid(f"invalid value format :: {why}", argument="value")
    set_setting(tx, QUOTA, value)
    return do_each(tx, QUOTAS) if value == "yes" else None


def _join_cluster(tx: Tx, value: str) -> None:
    """What changed while the node kept away from its cluster is found by comparing."""
    set_setting(tx, "DNS_CLUSTER", value)
    compare_all(tx)


def _put_proxies(tx: Tx, value: str) -> Started | None:
    set_setting(tx, "PROXY_SYSTEM", value)
    plan_proxied(tx)
    return spread(tx, SYSTEM)


EFFECTS: dict[str, Effect] = {
    "DNS_CLUSTER": _join_cluster,
    HOSTNAME: _name,
    LIMITS: _switch(resource_limits.enable, resource_limits.disable),
    PORT: _listen,
    "PROXY_SYSTEM": _put_proxies,
    QUOTA: _set_quotas,
    SFTP_JAIL: _switch(sftp_jail.enable, sftp_jail.disable),
    SSH_JAIL: _switch(ssh_jail.enable, ssh_jail.disable),
    TIMEZONE: _time,
}
"""What is done with the value of a setting, which is allowed by ``WORDS`` where that has it."""


def require_as_it_is(key: str, value: str) -> None:
    """Raise Invalid for another value of a setting that tells what the machine does, and can do in no other way."""
    fixed = FIXED.get(key)
    if fixed is not None and value not in fixed:
        raise Invalid(f"invalid value format :: {printable(value)} (it is {fixed[-1]} here)", argument="value")


FIXED: dict[str, tuple[str, ...]] = {
    "BACKUP": ("/backup",),
    "PROXY_PORT": ("", "80"),
    "PROXY_SSL_PORT": ("", "443"),
    "WEB_PORT": ("80",),
    "WEB_SSL_PORT": ("443",),
}
"""Where sites are served and dumps are kept; an empty value says nothing."""
