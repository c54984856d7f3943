"""Reading the panel's certificate (RFC 5280) through openssl-x509(1)."""

from __future__ import annotations

import re

import msgspec

from tholos.apply.host import Host
from tholos.apply.machine import reading

PATH = "/etc/tholos/tls/certificate.crt"


class Certificate(msgspec.Struct, frozen=True):
    """A certificate in PEM (RFC 7468), and what it says."""

    crt: str = ""
    subject: str = ""
    aliases: str = ""
    not_before: str = ""
    not_after: str = ""
    signature: str = ""
    pub_key: str = ""
    issuer: str = ""


@reading("panel certificate")
def panel_certificate(host: Host) -> Certificate:
    """The certificate that the panel's edge shows; empty where there is none."""
    pem = (host.read(PATH) or b"").decode(errors="replace")
    if not pem or host.rehearse:
        return Certificate(pem)
    return parse(pem, host.run(("openssl", "x509", "-in", PATH, "-noout", "-text"), must_succeed=False))


def parse(pem: str, text: str) -> Certificate:
    """A certificate from its PEM and what ``openssl x509 -text`` prints of it."""
    subject = _after(text, "Subject")
    names = re.findall(r"(?:DNS|IP Address):([^,\s]+)", text)
    return Certificate(
        crt=pem,
        subject=subject.rpartition("CN = ")[2] or subject,
        aliases=",".join(names),
        not_before=_after(text, "Not Before"),
        not_after=_after(text, "Not After"),
        signature=_after(text, "Signature Algorithm"),
        pub_key=_after(text, "Public-Key").strip("()"),
        issuer=_after(text, "Issuer"),
    )


def _after(text: str, label: str) -> str:
    """What stands after the first label of this name in its line."""
    found = re.search(rf"^\s*{label}\s*:\s*(.*?)\s*$", text, re.MULTILINE)
    return found[1] if found else ""
