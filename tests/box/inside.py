"""A program of the tests that runs inside a machine whose engine is stopped: it is the engine, for a while.

``inside.py kill some`` kills a process at one point of every kind of every change (``kill all``: at every point), and
after each looks whether the machine equals the state. ``inside.py round JSON`` has the writer take calls in one round.
``inside.py drift`` prints what a plan of everything would change. Answers are lines of JSON on standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.crashing import NEVER, drift, dying, one_of_each, restart, work
from tests.rounds import together

from tholos.apply.host import Host
from tholos.apply.journal import Journal
from tholos.apply.reconcile import purge
from tholos.bootstrap import ROOT, STATE, Engine
from tholos.kernel import passwords

Calls = tuple[tuple[str, ...], ...]
NAME = "mortal"
SITE = "mortal.test"
ADD_USER: Calls = (("v-add-user", NAME, "Pass12345", "mortal@example.org"),)
ADD_SITE: Calls = (("v-add-web-domain", NAME, SITE),)
ADD_DOMAIN: Calls = (("v-add-domain", NAME, SITE),)
DELETE: Calls = (("v-delete-user", NAME),)
CHANGES: tuple[tuple[str, Calls, Calls], ...] = (
    ("add a user", (), ADD_USER),
    ("change a user", ADD_USER + ADD_SITE, (("v-suspend-user", NAME),)),
    ("delete a user", ADD_USER + ADD_SITE, DELETE),
    ("add a site", ADD_USER, ADD_SITE),
    ("change a site", ADD_USER + ADD_SITE, (("v-add-web-domain-alias", NAME, SITE, f"a.{SITE}"),)),
    ("delete a site", ADD_USER + ADD_SITE, (("v-delete-web-domain", NAME, SITE),)),
    ("add a domain", ADD_USER, ADD_DOMAIN),
    ("delete a domain", ADD_USER + ADD_DOMAIN, (("v-delete-domain", NAME, SITE),)),
)
OURS = (
    "/home",
    "/etc/bind",
    "/var/lib/bind",
    "/etc/nginx",
    "/etc/tholos",
    "/var/lib/extrausers",
    "/var/lib/tholos",
    "/var/log/nginx",
)


def new_engine() -> Engine:
    """The machine's own engine, not yet started."""
    return Engine(Path("/var/lib/tholos"), Host("/"), Path("/run/tholos"))


def in_child(do: Any) -> tuple[bool, int]:
    """Do something in a process that may die; give whether it survived and how many answers it gave."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            do(lambda number: os.write(writing, bytes([number])))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        answers = told.read()
    status = os.waitpid(child, 0)[1]
    return os.WIFEXITED(status) and os.waitstatus_to_exitcode(status) == 0, len(answers)


def carry_out(calls: Calls, point: int = NEVER) -> int:
    """Carry out calls in a process that is killed at a point; give how many were answered."""

    def act(tell: Any) -> None:
        engine = new_engine()
        with dying(point):
            work(engine, calls, tell)

    return in_child(act)[1]


def kinds_of(calls: Calls) -> list[str]:
    """The kinds of the points that calls pass."""
    reading, writing = os.pipe()

    def count(_tell: Any) -> None:
        with dying(NEVER) as points:
            work(new_engine(), calls, lambda _number: None)
        os.write(writing, json.dumps(points.kinds).encode())

    assert in_child(count)[0]
    os.close(writing)
    with os.fdopen(reading) as told:
        return list(json.loads(told.read()))


def mend_and_look() -> list[str]:
    """Start an engine as after a crash, and give what is wrong on the machine then."""
    reading, writing = os.pipe()

    def look(_tell: Any) -> None:
        engine = new_engine()
        restart(engine)
        wrong = [f"drift: {step!r}"[:300] for step in drift(engine)]
        engine.stop()
        os.write(writing, json.dumps(wrong + beside()).encode())

    survived, _ = in_child(look)
    os.close(writing)
    with os.fdopen(reading) as told:
        return list(json.loads(told.read() or '["the engine did not start"]')) if survived else ["the engine failed"]


def beside() -> list[str]:
    """Names of ours that should be gone, and a configuration that nginx refuses."""
    found = subprocess.run(
        ["find", *OURS, "-name", ".tholos-*"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    check = subprocess.run(["nginx", "-q", "-t"], capture_output=True, text=True, check=False)
    if Journal(STATE).pending() is not None:
        found.append("an entry of the journal")
    return [f"left: {name}" for name in found] + ([check.stderr] if check.returncode else [])


def served() -> bool:
    """Whether the site that nobody touches still answers."""
    address = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()[0]
    request = urllib.request.Request(f"http://{address}/", headers={"Host": "bystander.test"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bool(answer.status == 200)


def is_done(change: str) -> bool:
    """Whether the machine shows that a change has happened."""
    user = subprocess.run(["getent", "shadow", NAME], capture_output=True, text=True, check=False).stdout
    enabled = Path(f"/etc/nginx/conf.d/domains/{SITE}.conf")
    return {
        "add a user": bool(user) and Path(f"/home/{NAME}/web").is_dir(),
        "change a user": ":!" in user and enabled.exists() and "return 503" in enabled.read_text(),
        "delete a user": not user and not Path(f"/home/{NAME}").exists() and not enabled.is_symlink(),
        "add a site": enabled.exists() and Path(f"/home/{NAME}/web/{SITE}/public_html/index.html").exists(),
        "change a site": enabled.exists() and f" a.{SITE}" in enabled.read_text(),
        "delete a site": not enabled.is_symlink() and not Path(f"/home/{NAME}/web/{SITE}").exists(),
        "add a domain": enabled.exists() and has_zone(),
        "delete a domain": not enabled.is_symlink() and not has_zone(),
    }[change]


def has_zone() -> bool:
    """Whether the name server has the zone of the site."""
    return subprocess.run(["rndc", "zonestatus", SITE], capture_output=True, check=False).returncode == 0


def kill_everywhere(*, every: bool) -> None:
    """Kill at points of every change; print a line for each change."""
    passwords.hash_password = lambda password: f"$y$j9T$salt${password}"
    for change, before, calls in CHANGES:
        carry_out(before)
        kinds = kinds_of(calls)
        tried = range(1, len(kinds) + 1) if every else one_of_each(kinds)
        wrong: list[str] = []
        for point in tried:
            # Where the last kill left everything as it was before, that is where the next one begins.
            if is_done(change):
                reset()
                carry_out(before)
            wrong += [f"{point} ({kinds[point - 1]}): {problem}" for problem in killed_at(point, change, calls)]
        reset()
        print(
            json.dumps({"change": change, "kinds": sorted({kinds[at - 1] for at in tried}), "wrong": wrong}), flush=True
        )


def killed_at(point: int, change: str, calls: Calls) -> list[str]:
    """Carry out calls, killed at a point; give what is wrong after a restart."""
    answers = carry_out(calls, point)
    wrong = mend_and_look()
    wrong += [] if not answers or is_done(change) else ["answered and not there"]
    return wrong + ([] if served() else ["the bystander is down"])


def reset() -> None:
    """Take the account away again, whatever became of it."""

    def forget(_tell: Any) -> None:
        engine = new_engine()
        restart(engine)
        if Path(f"/home/{NAME}").exists():
            together(engine, DELETE)
        purge(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"))
        engine.stop()

    assert in_child(forget)[0]


def main(argv: list[str]) -> int:
    """Do what the first word says."""
    if argv[0] == "kill":
        kill_everywhere(every=argv[1] == "all")
        return 0
    engine = new_engine()
    engine.start()
    if argv[0] == "round":
        print(json.dumps(together(engine, json.loads(argv[1]))))
    print(json.dumps([repr(step)[:300] for step in drift(engine)]))
    engine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
