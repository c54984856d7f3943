"""Second factors: codes of now are right once, and the secret is shown once."""

from __future__ import annotations

import base64
import time

import pyotp
import pytest
from tests.conftest import call

from tholos.bootstrap import Engine
from tholos.resources.user.second_factor import NewFactor, matching_step


def enable(town: Engine) -> dict[str, str]:
    """Switch it on; give what the answer holds by its labels."""
    code, text = call(town, "v-add-user-2fa", "alice")
    assert code == 0
    return {label.strip(): value for label, _, value in (line.partition(": ") for line in text.splitlines())}


def test_the_answer_holds_secret_uri_and_picture(town: Engine) -> None:
    shown = {label: value.strip() for label, value in enable(town).items()}
    assert pyotp.parse_uri(shown["URI"]).secret == shown["SECRET"]
    assert "alice" in shown["URI"]
    head, _, picture = shown["QRCODE"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(picture).startswith(b"\x89PNG")


def test_a_code_is_right_once(town: Engine) -> None:
    code = pyotp.TOTP(enable(town)["SECRET"].strip()).now()
    assert call(town, "v-check-user-2fa", "alice", code) == (0, "")
    assert call(town, "v-check-user-2fa", "alice", code)[0] == 9


def test_no_listing_shows_the_secret(town: Engine) -> None:
    secret = enable(town)["SECRET"].strip()
    for form in ("json", "plain", "csv", "shell"):
        for command in (("v-list-user", "alice"), ("v-list-users",), ("v-list-user-log", "alice")):
            assert secret not in call(town, *command, form)[1]
    assert '"TWOFA": "yes"' in call(town, "v-list-user", "alice", "json")[1]
    assert secret not in call(town, "v-get-user-value", "alice", "TWOFA")[1]


@pytest.mark.parametrize("near", [-1, 0, 1])
def test_clocks_may_differ_by_half_a_minute(near: int) -> None:
    secret, now = pyotp.random_base32(), int(time.time()) // 30
    assert matching_step(secret, pyotp.TOTP(secret).generate_otp(now + near), now) == now + near
    assert matching_step(secret, pyotp.TOTP(secret).generate_otp(now + 40), now) is None


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, the last six digits of the first value.
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert matching_step(secret, "287082", 1) == 1


def test_what_is_kept_of_the_answer_has_no_secret() -> None:
    assert NewFactor("s", "u", "q").without_secret() == NewFactor("", "", "")
