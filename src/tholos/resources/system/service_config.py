"""Replacing the main configuration file of a service: it is checked, and the old one comes back if it is wrong."""

from __future__ import annotations

import hashlib
import re
from typing import ClassVar, Self

from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.tx import Tx
from tholos.kernel.types import printable
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.service_model import service_configs
from tholos.resources.system.types import ServiceName

_SERVICES = {
    "nginx": "nginx",
    **dict.fromkeys(("php", "php-fpm", "php8.2-fpm"), "php"),
    **dict.fromkeys(("mariadb", "mysql"), "mariadb"),
    **dict.fromkeys(("postgresql", "pgsql"), "postgresql"),
}
"""Whose file it is, by the names that people use."""
_REFUSED = 20
"""The exit code for a configuration that the service would not take, whoever finds that out."""
_INI_LINE = re.compile(r"\s*(?:[;#].*|\[[^\]]+\].*|[A-Za-z0-9_.\[\]-]+\s*(?:=.*)?)?")


class ConfigFile:
    """A configuration file, given by its path: text without control characters but ends of lines and tabs."""

    from_file = True
    expected: ClassVar[str] = "the path of a file with the new configuration"
    example: ClassVar[str] = "worker_processes auto;"
    largest: ClassVar[int] = 512 * 1024

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return "the content of a file"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the content, or raise NotExist (exit code 3) for a path at which no file was found, or Invalid."""
        if raw == "" or (raw.startswith("/") and "\n" not in raw):
            raise NotExist(f"{printable(raw)} does not exist", argument=argument)
        lines = raw.replace("\t", " ").replace("\r\n", "\n").split("\n")
        if len(raw) > cls.largest or not all(line.isprintable() for line in lines):
            raise Invalid(f"invalid {argument} format", argument=argument)
        return cls(raw if raw.endswith("\n") else f"{raw}\n")


@command(
    "service.config.change",
    legacy="v-change-sys-service-config CONFIG SERVICE [RESTART]",
    examples={"config": "memory_limit = 256M", "service": "php"},
    rest="PUT /services/{service}/config",
)
def change(tx: Tx, config: ConfigFile, service: ServiceName) -> None:
    """Replace the main configuration file of nginx, PHP or a database server by the content of another file."""
    name = _SERVICES.get(service)
    if name is None:
        raise NotExist(f"service {service} has no configuration to replace", argument="service")
    if name == "php":
        _require_ini(config.text)
    digest = hashlib.sha256(config.text.encode()).hexdigest()
    values = {"digest": digest, "content": config.text}
    added = insert(service_configs).values(service=name, **values)
    tx.execute(added.on_conflict_do_update(index_elements=["service"], set_=values))
    tx.rebuild("service_config", name, digest)
    note(tx, SYSTEM, "System", f"Configuration of a service replaced (Name: {name}).", "Warning")


def _require_ini(text: str) -> None:
    """PHP starts with a php.ini that it does not understand, and leaves out the rest of it; so lines are read here."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not _INI_LINE.fullmatch(line):
            why = f"php.ini line {number} is no setting :: {printable(line)}"
            raise Invalid(why, argument="config", code=_REFUSED)
