"""Address lists and the limits on failed logins."""

from __future__ import annotations

import pytest

from tholos.edges.hestia.limit import MOST_BY_ADDRESS, MOST_BY_KEY, REMEMBERED, WINDOW, FailedLogins
from tholos.edges.hestia.verified import VerifiedPasswords
from tholos.edges.origin import origin
from tholos.kernel import passwords
from tholos.kernel.errors import BadCredentials
from tholos.resources.access.sources import is_listed, may_call


@pytest.mark.parametrize(
    ("address", "text", "key", "legacy"),
    [
        ("127.0.0.1", "", False, False),
        ("127.0.0.1", "allow-all", True, True),
        ("127.0.0.1", "192.0.2.1,allow-all", True, True),
        ("127.0.0.1", "0.0.0.0", True, False),
        ("127.0.0.1", "192.0.2.1,127.0.0.1", True, True),
        ("127.0.0.1", "192.0.2.1\n127.0.0.1\r\n", True, True),
        ("127.0.0.10", "127.0.0.1", False, False),
        ("10.1.2.3", "10.0.0.0/8", True, True),
        ("2001:db8::5", "2001:DB8::/32", True, True),
        ("2001:db8:0:0::5", "2001:db8::5", True, True),
        ("::ffff:10.1.2.3", "10.0.0.0/8", True, True),
        ("10.1.2.3", "nonsense,,10.1.2.4", False, False),
        ("nowhere", "allow-all", False, False),
        ("", "0.0.0.0/0", False, False),
    ],
)
def test_who_may_call(address: str, text: str, key: bool, legacy: bool) -> None:
    assert may_call(address, text, anybody_rule=True) is key
    assert may_call(address, text, anybody_rule=False) is legacy
    assert not is_listed(address, "")


def test_limits_by_address_and_by_key() -> None:
    now = 0.0
    limit = FailedLogins(lambda: now)
    for number in range(MOST_BY_KEY):
        limit.check(f"192.0.2.{number}", "key a")
        limit.failed(f"192.0.2.{number}", "key a")
    with pytest.raises(BadCredentials, match=r"for key a, last from 192.0.2.99"):
        limit.check("192.0.2.99", "key a")
    limit.check("192.0.2.99", "key b")
    now = WINDOW + 1
    limit.check("192.0.2.99", "key a")
    for _ in range(MOST_BY_ADDRESS):
        limit.failed("198.51.100.1", "")
    with pytest.raises(BadCredentials, match=r"from 198.51.100.1: try again in 300 seconds"):
        limit.check("198.51.100.1", "key b")


def test_nobody_is_locked_out_by_strangers() -> None:
    limit = FailedLogins(lambda: 0.0)
    limit.succeeded("192.0.2.1", "key a")
    for _ in range(MOST_BY_KEY):
        limit.failed("198.51.100.1", "key a")
    limit.check("192.0.2.1", "key a")
    with pytest.raises(BadCredentials):
        limit.check("192.0.2.2", "key a")


def test_memory_is_bounded() -> None:
    limit = FailedLogins(lambda: 0.0)
    for number in range(REMEMBERED + 500):
        limit.failed(str(number), "")
        limit.succeeded(f"good {number}", f"key {number}")
    assert len(limit._addresses.times) <= REMEMBERED
    assert len(limit._names.times) <= REMEMBERED
    assert len(limit._good) <= REMEMBERED


def test_addresses_do_not_push_a_key_out() -> None:
    limit = FailedLogins(lambda: 0.0)
    for number in range(MOST_BY_KEY):
        limit.failed(f"192.0.2.{number}", "key a")
    for number in range(REMEMBERED + 500):
        limit.failed(str(number), "")
    with pytest.raises(BadCredentials, match="for key a"):
        limit.check("198.51.100.1", "key a")


def test_a_network_of_ipv6_is_one_address() -> None:
    limit = FailedLogins(lambda: 0.0)
    for number in range(MOST_BY_ADDRESS):
        limit.failed(f"2001:db8::{number:x}", "")
    with pytest.raises(BadCredentials, match="from 2001:db8::/64: try again"):
        limit.check("2001:db8::ffff:1", "key a")
    limit.check("2001:db8:0:1::1", "key a")
    limit.succeeded("2001:db8:0:2::1", "key a")
    for _ in range(MOST_BY_KEY):
        limit.failed("198.51.100.1", "key a")
    limit.check("2001:db8:0:2::2", "key a")


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("no:address", "no:address"),
        ("", ""),
    ],
)
def test_whom_an_address_stands_for(address: str, wanted: str) -> None:
    assert origin(address) == wanted


def test_a_right_password_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed, real, computed = passwords.hash_password("secret"), passwords.matches, 0

    def matches(password: str, stored: str) -> bool:
        nonlocal computed
        computed += 1
        return real(password, stored)

    monkeypatch.setattr(passwords, "matches", matches)
    verified = VerifiedPasswords()
    assert [verified.matches(word, hashed) for word in ("secret", "secret", "wrong", "wrong", "secret")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert computed == 3
    assert "secret" not in repr(vars(verified))
