"""The systemd units behind the names of services: the only place where such a name becomes a unit."""

from __future__ import annotations

UNITS = {
    "nginx": "nginx.service",
    "php8.2-fpm": "tholos-php@*.service",
    "bind9": "named.service",
    "exim4": "exim4.service",
    "dovecot": "dovecot.service",
    "postgresql": "postgresql.service",
    "mariadb": "mariadb.service",
    "vsftpd": "vsftpd.service",
    "cron": "cron.service",
    "ssh": "ssh.service",
    "nftables": "nftables.service",
    "hestia": "tholos-edge.service",
}
"""Units by the reference's names of services; PHP is one unit for each account, so its name is a pattern."""
ALIASES = {"php-fpm": "php8.2-fpm", "named": "bind9", "mysql": "mariadb", "sshd": "ssh", "tholos-edge": "hestia"}
"""Other names that people use."""


def unit_of(service: str) -> str | None:
    """The unit, or the pattern of units, behind the name of a service; None for a name that is not known."""
    return UNITS.get(ALIASES.get(service, service))
