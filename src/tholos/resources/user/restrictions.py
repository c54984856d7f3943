"""Where and whether the password of an account logs in (``state.json``: LOGIN_DISABLED and its companions)."""

from __future__ import annotations

from tholos.resources.access.sources import is_listed
from tholos.resources.user.record import Account


def may_log_in(account: Account, address: str) -> bool:
    """Tell whether a password may be used from an address: not switched off, and listed where a list is used."""
    if account.login_disabled:
        return False
    return not account.login_use_iplist or is_listed(address, account.login_allow_ips)
