"""Setting the disk quotas of very many accounts: a few in each change, so that nobody waits for all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tholos.jobs.declared import job
from tholos.jobs.run import Run
from tholos.kernel.errors import Refusal
from tholos.kernel.groups import groups
from tholos.resources.user.quotas import TOGETHER, SetQuotas, names_of_all, note_unset, want_quotas


@job(SetQuotas)
def carry_out(run: Run, _asked: SetQuotas) -> str | None:
    """Set all of them, whatever is wrong with some; those that are set when the job is called off stay so."""
    names = run.step("find", lambda: run.read(names_of_all))
    run.log(f"{len(names)} accounts")
    done = failed = 0
    for group in groups(names, TOGETHER):
        failed += run.step(f"accounts from {done}", partial(_set, run, group))
        done += len(group)
        run.progress(done / len(names))
    return f"of {failed} accounts it could not be set, as their histories say" if failed else None


def _set(run: Run, names: Sequence[str]) -> int:
    """Set those of some accounts, one by one where that fails; give how many could not be set."""
    try:
        run.change(lambda tx: want_quotas(tx, names))
    except Refusal as refusal:
        if len(names) > 1:
            return sum(_set(run, [name]) for name in names)
        why = refusal.text
        run.log(f"{names[0]}: {why}")
        run.change(lambda tx: note_unset(tx, names[0], why))
        return 1
    return 0
