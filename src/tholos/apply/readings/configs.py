"""Reading settings of services out of their main configuration files: nginx, php.ini, databases and sshd_config(5)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.apply.readings.facts import php

NGINX = "/etc/nginx/nginx.conf"
MARIADB = "/etc/mysql/mariadb.conf.d/90-tholos.cnf"
POSTGRESQL = "/etc/postgresql"
_DEBIAN_12 = "15"
_DIRECTIVE = re.compile(r"^\s*([a-z_]+)\s+([^;#{}]+);", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^\s*([a-z_.]+)\s*=[ \t]*([^;\n]*)", re.MULTILINE)
_OPTION = re.compile(r"^\s*([a-z_-]+)\s*=[ \t]*([^#\n]*)", re.MULTILINE)
_PORT = re.compile(r"^\s*Port\s+(\d{1,5})\s*$", re.MULTILINE | re.IGNORECASE)
_INCLUDE = re.compile(r"^\s*Include\s+(?:\S+\s+)*/etc/ssh/sshd_config\.d/\*\.conf", re.MULTILINE | re.IGNORECASE)
_SSHD = "/etc/ssh/sshd_config"


def php_ini(host: Host) -> str:
    """The php.ini of the newest php-fpm, Debian 12's where there is none."""
    newest = ("8.2", *php(host))[-1]
    return f"/etc/php/{newest}/fpm/php.ini"


@reading("nginx settings")
def nginx_settings(host: Host) -> dict[str, str]:
    """The directives of nginx's main file that take values, the first of each name, and ``config_path``."""
    return _first(_DIRECTIVE, host.read(NGINX)) | {"config_path": NGINX}


@reading("php settings")
def php_settings(host: Host) -> dict[str, str]:
    """The settings of php.ini, the last of each name counting as PHP has it, and ``config_path``."""
    path = php_ini(host)
    found = _ASSIGNMENT.findall((host.read(path) or b"").decode(errors="replace"))
    return {name: value.strip() for name, value in found} | {"config_path": path}


def _first(pattern: re.Pattern[str], content: bytes | None) -> dict[str, str]:
    found = pattern.findall((content or b"").decode(errors="replace"))
    return {name: " ".join(value.split()) for name, value in reversed(found)}


@reading("mysql settings")
def mysql_settings(host: Host) -> dict[str, str]:
    """The settings of our file for MariaDB, the last of each name, written with ``_``; and ``config_path``."""
    found = _OPTION.findall((host.read(MARIADB) or b"").decode(errors="replace"))
    return {name.replace("-", "_"): value.strip() for name, value in found} | {"config_path": MARIADB}


@reading("pgsql settings")
def pgsql_settings(host: Host) -> dict[str, str]:
    """Where the files are that PostgreSQL reads: ``config_path`` and ``pg_hba_path``."""
    cluster = f"{POSTGRESQL}/{postgresql_version(host)}/main"
    return {"config_path": f"{cluster}/postgresql.conf", "pg_hba_path": f"{cluster}/pg_hba.conf"}


def postgresql_version(host: Host) -> str:
    """The newest version that has a cluster called main, Debian 12's where there is none."""
    try:
        with paths.directory(host.tree.root, POSTGRESQL) as descriptor:
            names = [entry.name for entry in os.scandir(descriptor) if entry.name.isdigit()]
    except OSError:
        return _DEBIAN_12
    return max((name for name in names if host.exists(f"{POSTGRESQL}/{name}/main")), key=int, default=_DEBIAN_12)


@reading("sshd ports")
def sshd_ports(host: Host) -> tuple[str, ...]:
    """The ports that sshd listens on (sshd_config(5): Port may stand more than once; 22 when it does not)."""
    texts = ((host.read(path) or b"").decode(errors="replace") for path in _sshd_files(host))
    return tuple(dict.fromkeys(port for text in texts for port in _PORT.findall(text))) or ("22",)


@reading("sshd reads drop-ins")
def sshd_reads_drop_ins(host: Host) -> bool:
    """Tell whether sshd's configuration takes in the files of its directory, as Debian's does."""
    return host.rehearse or _INCLUDE.search((host.read(_SSHD) or b"").decode(errors="replace")) is not None


def _sshd_files(host: Host) -> Iterator[str]:
    yield _SSHD
    try:
        with paths.directory(host.tree.root, f"{_SSHD}.d") as descriptor:
            names = sorted(entry.name for entry in os.scandir(descriptor))
    except OSError:
        return
    yield from (f"{_SSHD}.d/{name}" for name in names if name.endswith(".conf"))
