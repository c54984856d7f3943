"""The gate: every call passes here, inside the engine, and is carried out for the caller that it proves to be.

Nothing that the HTTPS edge has checked counts. The order of checks is that of the reference (``exit-codes.json``:
access_key_mode, legacy_mode), because clients see it.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence

from tholos.edges.dispatch import Dispatcher, vault_owner
from tholos.edges.hestia.known import Known
from tholos.edges.hestia.login import Login
from tholos.edges.hestia.recorder import Recorder
from tholos.edges.hestia.repeat import line, refused, run_once
from tholos.edges.hestia.shares import Shares
from tholos.kernel.call import Call, Outcome
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import ApiDisabled, BadCredentials, Busy, Disabled, Forbidden, Invalid, Refusal
from tholos.kernel.log import log, reason
from tholos.kernel.tx import ROOT, Caller
from tholos.kernel.types import printable
from tholos.resources.access.check import MAKE_TMP_FILE, check_arguments
from tholos.resources.access.record import Key
from tholos.resources.access.sources import may_call
from tholos.resources.access.switches import EVERYBODY, OFF, Switches

_COMMAND = re.compile(r"[A-Za-z0-9_-]+")
CHECK_KEY, CHECK_LEGACY = "v-check-access-key", "v-check-api-key"
_CHECKS = (CHECK_KEY, CHECK_LEGACY)
NOT_FOUND = 127
"""The exit code of a shell for a command that does not exist (POSIX, 2.8.2)."""


class NotAllowed(Forbidden):
    """An address may not call the API; clients know the text, and the detail says which rule it was."""

    def __init__(self, address: str) -> None:
        super().__init__("IP is not allowed to connect with API")
        self.detail = f"address {printable(address)} is not in API_ALLOWED_IP"


class Gate:
    """Authenticates, authorises and carries out calls through a dispatcher."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        context = dispatcher.context(ROOT, "127.0.0.1")
        self._dispatcher = dispatcher
        self._known = Known(dispatcher.store, context)
        self.recorder = Recorder(dispatcher.writer.applier.host, dispatcher.writer, context)
        self.login = Login(self._known, dispatcher.machine, self.recorder)
        self.shares = Shares()

    def close(self) -> None:
        """Write down what waits to be written."""
        self.recorder.close()

    def shell(self, call: Call) -> Outcome:
        """Carry out a command line of root; the socket has seen by whom it was sent (unix(7))."""
        if call.command not in COMMANDS:
            return Outcome(NOT_FOUND, f"{printable(call.command)}: command not found\n", "run")
        outcome = self._run(call, ROOT)
        if call.command in _CHECKS:
            self._note_check(call, accepted=outcome.code == 0)
        return outcome

    def _note_check(self, call: Call, *, accepted: bool) -> None:
        """Write down a key that was only checked, as the reference does: as if it had been used."""
        if call.command == CHECK_LEGACY:
            _, address, *_ = (*call.values, "", "")
            self.recorder.legacy("api", address or call.address, accepted=accepted)
            return
        shown, _, command, address, *_ = (*call.values, "", "", "", "")
        found = self._known.key(shown)
        if accepted and found is not None:
            self.recorder.launched(shown, address or call.address, command, found.owner)
        else:
            self.recorder.refused(shown, address or call.address)

    def remote(self, call: Call) -> Outcome:
        """Carry out a call that came over HTTPS, for whoever its credentials prove."""
        try:
            caller = self.by_key(call) if call.way == "access-key" else self._by_legacy(call)
        except Refusal as refusal:
            return Outcome(refusal.code, refusal.message, "gate", getattr(refusal, "detail", ""))
        except Exception as error:
            return _internal(error, call)
        try:
            with self.shares.turn(caller):
                return self._admitted_call(call, caller)
        except Busy as refusal:
            # The caller is let in and no login has failed: clients read this as the answer of a command.
            return refused(refusal)

    def _admitted_call(self, call: Call, caller: Caller) -> Outcome:
        if call.command == MAKE_TMP_FILE:
            return self._make_tmp_file(call, caller)
        if call.command not in COMMANDS:
            # Only a legacy caller gets here: the reference runs no program then and fails silently.
            return Outcome(1, "", "run")
        return self._run(call, caller)

    def by_key(self, call: Call) -> Caller:
        """Give the caller that an access key proves, when it may run this call; else raise a Refusal."""
        found = self._admitted(call, self.login.by_access_key)
        check_arguments(found, call.command, call.values)
        return Caller(found.owner, found.is_root, found.key, found.profiles or None)

    def identify(self, call: Call) -> Key:
        """Give the access key itself, whatever it may run; else raise a Refusal."""
        return self._admitted(call, self.login.identify)

    def _admitted(self, call: Call, login: Callable[[Call], Key]) -> Key:
        switches = self._known.switches()
        _require_endpoint(switches)
        if switches.level == OFF:
            raise Disabled("API has been disabled")
        _require_source(call, switches, anybody_rule=True)
        _require_command(call.command)
        if not call.credentials.access_key or not call.credentials.secret_key:
            raise BadCredentials("Authentication failed")
        found = login(call)
        if not found.is_root and switches.level < EVERYBODY:
            raise ApiDisabled("API has been disabled")
        return found

    def _by_legacy(self, call: Call) -> Caller:
        switches = self._known.switches()
        _require_endpoint(switches)
        if not switches.legacy:
            raise Disabled("API Disabled")
        _require_source(call, switches, anybody_rule=False)
        caller = self.login.by_legacy_key(call) if call.credentials.legacy_key else self.login.by_password(call)
        _require_command(call.command)
        return caller

    def _run(self, call: Call, caller: Caller) -> Outcome:
        command = COMMANDS[call.command]
        try:
            if call.idempotency_key and command.changes and not call.dry_run:
                return run_once(self._dispatcher, command, call, caller)
            answer = self._dispatcher.run(command, call.values, caller, call.address, dry_run=call.dry_run)
        except Refusal as refusal:
            return refused(refusal)
        except Exception as error:
            return _internal(error, call)
        return Outcome(0, line(answer.text))

    def _make_tmp_file(self, call: Call, caller: Caller) -> Outcome:
        content, name = _first_two(call.values)
        try:
            self._dispatcher.vault.put(vault_owner(caller), name, f"{content}\n")
        except Refusal as refusal:
            return refused(refusal)
        except Exception as error:
            return _internal(error, call)
        return Outcome(0)


def _require_endpoint(switches: Switches) -> None:
    if switches.removed:
        raise Refusal("the API has been removed", code=404)


def _require_source(call: Call, switches: Switches, *, anybody_rule: bool) -> None:
    if not may_call(call.address, switches.allowed, anybody_rule=anybody_rule):
        raise NotAllowed(call.address)


def _require_command(command: str) -> None:
    if not command:
        raise Invalid("Command not provided")
    if not _COMMAND.fullmatch(command):
        raise Invalid(f"{printable(command)} command invalid")


def _first_two(values: Sequence[str]) -> tuple[str, str]:
    first, second, *_ = (*values, "", "")
    return first, second


def _internal(error: Exception, call: Call) -> Outcome:
    log_fault(error, call.command)
    return Outcome(1, "Error: internal error\n", "run")


def log_fault(error: Exception, command: str) -> None:
    """Log a fault of ours: where it happened, and no value that could be somebody's secret."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("internal error", command=command, error=reason(error), trace=frames)
