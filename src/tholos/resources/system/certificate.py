"""Showing the certificate of the panel."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.view import Csv, Field, Labels, View, words
from tholos.resources.shown import some, split


class PanelCertificate(msgspec.Struct, frozen=True):
    """The certificate of the panel as the REST API shows it; its private key is shown nowhere."""

    certificate: str | None
    subject: str | None
    names: list[str]
    not_before: str | None
    not_after: str | None
    signature: str | None
    public_key: str | None
    issuer: str | None

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a reading."""
        return cls(
            certificate=some(record.crt),
            subject=some(record.subject),
            names=split(record.aliases),
            not_before=some(record.not_before),
            not_after=some(record.not_after),
            signature=some(record.signature),
            public_key=some(record.pub_key),
            issuer=some(record.issuer),
        )


def _nothing(_record: Any) -> str:
    return ""


_FIELDS: dict[str, Field] = {
    "KEY": _nothing,
    "CA": _nothing,
    # In csv a line stays a line: the reference writes the two signs \n too.
    "CRT_LINE": lambda record: record.crt.replace("\n", "\\n"),
}
_COLUMNS = words("CRT KEY CA SUBJECT ALIASES NOT_BEFORE NOT_AFTER SIGNATURE PUB_KEY ISSUER")
CERTIFICATE = View(
    key="",
    wrapper="HESTIA",
    fields=_FIELDS,
    json=_COLUMNS,
    csv=Csv(("CRT_LINE", *_COLUMNS[1:]), ",".join(_COLUMNS), frozenset(("CRT_LINE", *_COLUMNS[1:]))),
    shell=Labels(
        (
            ("SUBJECT:", "SUBJECT"),
            ("ALIASES:", "ALIASES"),
            ("VALID FROM:", "NOT_BEFORE"),
            ("VALID TIL:", "NOT_AFTER"),
            ("SIGNATURE:", "SIGNATURE"),
            ("PUB_KEY:", "PUB_KEY"),
            ("ISSUER:", "ISSUER"),
        ),
        width=16,
    ),
)


@command(
    "system.certificate.show",
    legacy="v-list-sys-hestia-ssl [FORMAT]",
    rest="GET /system/certificate",
    view=CERTIFICATE,
    resource=PanelCertificate,
    cached=False,
)
def show(state: State) -> Any:
    """Show the certificate of the panel and what it says, without its private key."""
    return state.context.machine.read("panel certificate")
