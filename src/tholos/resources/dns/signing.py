"""Whether zones may be signed (DNSSEC)."""

from __future__ import annotations

from tholos.kernel.errors import Disabled
from tholos.kernel.tx import State
from tholos.resources.system.model import setting


def require_signing(state: State) -> None:
    """Raise Disabled in a cluster that copies records, as the reference does.

    Its servers would each sign with keys of their own. Zones that are signed already are transferred.
    """
    clustered = setting(state, "DNS_CLUSTER") == "yes" and setting(state, "DNS_CLUSTER_SYSTEM") != "hestia-zone"
    if clustered or setting(state, "SUPPORT_DNSSEC") == "no":
        raise Disabled("DNSSEC is disabled")
