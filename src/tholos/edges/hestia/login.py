"""Who is calling: verifying an access key, a legacy key or the first administrator's password.

The order of checks is that of v-check-access-key and of legacy_mode (``api-profiles.json``, ``exit-codes.json``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tholos.edges.hestia.known import Known
from tholos.edges.hestia.limit import FailedLogins
from tholos.edges.hestia.recorder import Recorder
from tholos.edges.hestia.verified import VerifiedPasswords
from tholos.kernel.call import Call
from tholos.kernel.errors import BadCredentials, Forbidden, Refusal
from tholos.kernel.tx import Caller, Machine
from tholos.resources.access.check import check_command, check_owner, check_secret, check_use
from tholos.resources.access.record import Key
from tholos.resources.access.types import ShownAddress, ShownKeyId

FAILED = "authentication failed"
"""What the legacy ways say of every failure, so that it tells nothing."""


class Login:
    """Verifies credentials and writes down what came of it."""

    def __init__(self, known: Known, machine: Machine, recorder: Recorder) -> None:
        self.limit = FailedLogins()
        self._known = known
        self._machine = machine
        self._recorder = recorder
        self._passwords = VerifiedPasswords()

    def by_access_key(self, call: Call) -> Key:
        """Give the key that was shown, when it may run the command; else raise a Refusal."""
        return self._checked(call, lambda found: check_command(found, self._machine, call.command))

    def identify(self, call: Call) -> Key:
        """As by_access_key, for a question about the key itself, which every key may ask."""
        return self._checked(call, lambda _found: None)

    def _checked(self, call: Call, check: Callable[[Key], None]) -> Key:
        found = self._shown_key(call)
        try:
            check_use(found, datetime.now(), call.address)
            check(found)
            check_owner(found)
        except Refusal as refusal:
            owner = found.owner if refusal.code == BadCredentials.code else ""
            self._recorder.refused(found.key, call.address, owner)
            raise
        self._recorder.launched(found.key, call.address, call.command, found.owner)
        return found

    def _shown_key(self, call: Call) -> Key:
        shown, address = call.credentials, call.address
        self.limit.check(address, f"key {shown.access_key}")
        found = None
        try:
            ShownKeyId.parse(shown.access_key, "access_key_id")
            ShownAddress.parse(address, "ip46")
            found = self._known.key(shown.access_key)
            key = check_secret(found, shown.access_key, shown.secret_key)
        except Refusal:
            self.limit.failed(address, f"key {found.key}" if found else "")
            self._recorder.refused(shown.access_key, address, found.owner if found else "")
            raise
        self.limit.succeeded(address, f"key {key.key}")
        return key

    def by_legacy_key(self, call: Call) -> Caller:
        """Give the first administrator as the caller; raise BadCredentials when there is no such legacy key.

        Raise TooMany when the address has failed too often.
        """
        shown, address = call.credentials.legacy_key, call.address
        self.limit.check(address, "")
        if not self._known.is_legacy(shown):
            self.limit.failed(address, "")
            self._recorder.legacy("api", address, accepted=False)
            raise BadCredentials(FAILED)
        self.limit.succeeded(address, "")
        self._recorder.legacy("api", address, accepted=True)
        return Caller(self._known.switches().root, is_root=True, key=f"legacy {self._known.label(shown)}")

    def by_password(self, call: Call) -> Caller:
        """Give the first administrator as the caller; raise BadCredentials when the password is not right.

        Raise Forbidden for anybody else, who may use none here, and TooMany when the account or the address has failed
        too often.
        """
        user, password, address = call.credentials.user, call.credentials.password, call.address
        if user != self._known.switches().root:
            raise Forbidden(FAILED)
        if not password:
            raise BadCredentials(FAILED)
        self.limit.check(address, f"account {user}")
        admitted = self._known.admits_password(user, address)
        if not self._passwords.matches(password, self._known.password_hash(user)) or not admitted:
            self.limit.failed(address, f"account {user}")
            self._recorder.legacy(user, address, accepted=False)
            raise BadCredentials(FAILED)
        self.limit.succeeded(address, f"account {user}")
        self._recorder.legacy(user, address, accepted=True)
        return Caller(user, is_root=True, key=f"password {user}")
