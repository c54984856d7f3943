"""The panel's own certificate, until a real one takes its place."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

from tholos.install.context import EDGE, SETTINGS, Context
from tholos.install.host import file, run

CERTIFICATE = SETTINGS / "tls/certificate.crt"
KEY = SETTINGS / "tls/certificate.key"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def certificate(context: Context) -> None:
    """Make a self-signed certificate for the machine's name and addresses, unless there is one."""
    if CERTIFICATE.exists() and KEY.exists():
        return
    old = os.umask(0o077)
    try:
        new_certificate, new_key = Path(f"{CERTIFICATE}.new"), Path(f"{KEY}.new")
        run(_openssl(context.hostname, new_certificate, new_key))
        # The key comes first: with the certificate alone present this step would never run again.
        file(KEY, new_key.read_text(), 0o640, group=EDGE)
        file(CERTIFICATE, new_certificate.read_text(), 0o644)
        new_key.unlink()
        new_certificate.unlink()
    finally:
        os.umask(old)


def _openssl(hostname: str, certificate: Path, key: Path) -> list[str]:
    names = ",".join([f"DNS:{hostname}", *(f"IP:{address}" for address in _addresses())])
    subject = ["-subj", f"/CN={hostname[:64]}", "-addext", f"subjectAltName={names}"]
    usage = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth"]
    output = ["-keyout", str(key), "-out", str(certificate)]
    return ["openssl", "req", "-x509", *CURVE, "-sha256", "-days", "3650", *subject, *usage, *output]


def _addresses() -> list[str]:
    """Give the machine's own addresses that others can use."""
    words = run(["hostname", "--all-ip-addresses"]).split()
    return [word for word in words if not ipaddress.ip_address(word).is_link_local]
