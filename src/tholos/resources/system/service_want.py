"""The configuration file that a service should have now."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.system.service_model import service_configs


class ServiceConfigWant(msgspec.Struct, frozen=True):
    """The content of a service's main configuration file."""

    service: str
    content: str


@scope("service_config", keys=lambda _state: ())
def service_config_want(state: State, key: Key) -> ServiceConfigWant | None:
    """The content that a call gave, by its digest: what is changed by hand later is not taken back by a reconcile."""
    service, digest = key
    row = state.row(select(service_configs).where(service_configs.c.service == service))
    return ServiceConfigWant(service, row.content) if row is not None and row.digest == digest else None
