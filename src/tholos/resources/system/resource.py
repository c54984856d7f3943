"""The node as the REST API shows it: its facts, services and settings."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import msgspec

from tholos.resources.system.setting_kinds import Shown as Setting
from tholos.resources.system.setting_kinds import shown


class SystemInfo(msgspec.Struct, frozen=True):
    """What the machine is, how long it runs (minutes), and its load over 1, 5 and 15 minutes."""

    unsteady: ClassVar[frozenset[str]] = frozenset(("uptime", "load"))
    hostname: str
    os: str
    os_version: str
    architecture: str
    version: str
    release: str
    uptime: int
    load: list[float]

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            hostname=record.hostname,
            os=record.os,
            os_version=record.version,
            architecture=record.arch,
            version=record.hestia,
            release=record.release,
            uptime=record.uptime,
            load=[float(part) for part in record.loadaverage.split(" / ")],
        )


class Service(msgspec.Struct, frozen=True):
    """A service: percent of one processor, megabytes, minutes since it started."""

    unsteady: ClassVar[frozenset[str]] = frozenset(("cpu", "memory", "uptime"))
    service: str
    description: str
    running: bool
    cpu: float
    memory: int
    uptime: int

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            service=record.name,
            description=record.system,
            running=record.state == "running",
            cpu=float(record.cpu),
            memory=record.mem,
            uptime=record.rtime,
        )


class Settings(msgspec.Struct, frozen=True):
    """The settings of the node by their keys; those that hold a password or a key have no value here.

    What can be switched on and off is true or false, a number is a number, and null stands for no value.
    """

    settings: dict[str, Setting]

    @classmethod
    def of(cls, record: dict[str, str]) -> Self:
        """The resource of a record."""
        return cls({key: shown(key, value) for key, value in sorted(record.items())})
