"""Listing the main settings of nginx, PHP and the database servers (``commands.json``: group service)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

import msgspec

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.view import Csv, Field, Labels, View, words

Settings = Mapping[str, str]


class ServiceSettings(msgspec.Struct, frozen=True):
    """The settings that a service's main file has, and where that file is."""

    path: str
    settings: dict[str, str]

    @classmethod
    def of(cls, record: Settings) -> Self:
        """The resource of a reading."""
        return cls(record["config_path"], {key: record[key] for key in _KEYS if key in record})


def _of(key: str) -> Callable[[Settings], str]:
    return lambda found: found.get(key, "")


def _view(keys: tuple[str, ...], width: int, also: tuple[str, ...] = ()) -> View:
    fields: dict[str, Field] = {key: _of(key) for key in (*keys, *also, "config_path")}
    lines = tuple((key, key) for key in (*keys, *also, "config_path"))
    return View(
        key="",
        wrapper="CONFIG",
        fields=fields,
        json=(*keys, "config_path"),
        csv=Csv(keys, ",".join(keys)),
        shell=Labels(lines, width=width),
    )


NGINX_KEYS = words(
    "worker_processes worker_connections send_timeout proxy_connect_timeout proxy_send_timeout proxy_read_timeout "
    "client_max_body_size gzip gzip_comp_level charset"
)
PHP_KEYS = words(
    "memory_limit max_execution_time max_input_time upload_max_filesize post_max_size display_errors error_reporting"
)
MYSQL_KEYS = words("max_user_connections max_connections wait_timeout interactive_timeout max_allowed_packet")
_PGSQL = View(
    key="",
    wrapper="CONFIG",
    fields={"config_path": _of("config_path"), "pg_hba_path": _of("pg_hba_path")},
    json=("pg_hba_path", "config_path"),
    plain=("config_path", "pg_hba_path"),
    csv=Csv(("config_path", "pg_hba_path"), "config_path,pg_hba_path"),
    shell=Labels((("config_path", "config_path"), ("pg_hba_path", "pg_hba_path")), width=13),
)
_KEYS = (*NGINX_KEYS, *PHP_KEYS, *MYSQL_KEYS, "pg_hba_path")


@command(
    "service.nginx.show",
    legacy="v-list-sys-nginx-config [FORMAT]",
    rest="GET /system/nginx",
    view=_view(NGINX_KEYS, 23, ("fastcgi_send_timeout",)),
    resource=ServiceSettings,
    cached=False,
)
def nginx(state: State) -> Settings:
    """Show the main settings of nginx."""
    found: Settings = state.context.machine.read("nginx settings")
    return found


@command(
    "service.php.show",
    legacy="v-list-sys-php-config [FORMAT]",
    rest="GET /system/php",
    view=_view(PHP_KEYS, 21),
    resource=ServiceSettings,
    cached=False,
)
def php(state: State) -> Settings:
    """Show the main settings of PHP."""
    found: Settings = state.context.machine.read("php settings")
    return found


@command(
    "service.mysql.show",
    legacy="v-list-sys-mysql-config [FORMAT]",
    rest="GET /system/mysql",
    view=_view(MYSQL_KEYS, 22),
    resource=ServiceSettings,
    cached=False,
)
def mysql(state: State) -> Settings:
    """Show the main settings of MariaDB."""
    found: Settings = state.context.machine.read("mysql settings")
    return found


@command(
    "service.pgsql.show",
    legacy="v-list-sys-pgsql-config [FORMAT]",
    rest="GET /system/pgsql",
    view=_PGSQL,
    resource=ServiceSettings,
    cached=False,
)
def pgsql(state: State) -> Settings:
    """Show where the configuration files of PostgreSQL are."""
    found: Settings = state.context.machine.read("pgsql settings")
    return found
