"""An RPC call with an Idempotency-Key: its outcome is kept with the change, and a repeat gets it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tholos.edges.dispatch import Dispatcher
from tholos.edges.idempotency import Given, Once, without_secret
from tholos.kernel.call import Call, Outcome
from tholos.kernel.command import Command
from tholos.kernel.errors import Refusal
from tholos.kernel.job import Started
from tholos.kernel.tx import Caller, Tx


def run_once(dispatcher: Dispatcher, command: Command, call: Call, caller: Caller) -> Outcome:
    """Carry out a changing command under the call's key; raise a Refusal that came before the change."""
    once = Once(call.idempotency_key, call.credentials, (call.command, call.values), Outcome)
    bound = dispatcher.bind(command, call.values, caller)

    def around(tx: Tx, carry_out: Callable[[], Any]) -> Outcome:
        def give() -> Given[Outcome]:
            value = carry_out()
            if isinstance(value, Started):
                going = Outcome(0, job=value.id)
                return Given(going, going)
            kept = without_secret(value)
            return Given(*(Outcome(0, line(dispatcher.text(command, bound, shown))) for shown in (value, kept)))

        return once.run(tx, give, refused)

    answer: Outcome = dispatcher.change(command, bound, dispatcher.context(caller, call.address), around=around)
    if answer.job:
        # A repeat waits for the job that the first call has started, and has its result too.
        return Outcome(0, line(dispatcher.text(command, bound, dispatcher.finished(answer.job))))
    return answer


def refused(refusal: Refusal) -> Outcome:
    """The outcome of a call that its command refused; what an argument takes is told beside the text."""
    expected = getattr(refusal, "expected", None)
    return Outcome(refusal.code, line(refusal.message), "run", f"expected {expected}" if expected else "")


def line(text: str) -> str:
    """A text that ends its line, or nothing."""
    return text if not text or text.endswith("\n") else f"{text}\n"
