"""One disposable machine: boot it, run commands in it, throw it away."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from box import cgroups, disk, network, nspawn, processes
from box.places import BOXES, check_name
from box.say import Problem

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BOOT_SECONDS = 90.0
STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Machine:
    """A box that runs, or did: its name, where its things are, its address."""

    name: str
    address: str

    def __post_init__(self) -> None:
        """Refuse a name that could be the path of something else."""
        check_name(self.name)

    @property
    def directory(self) -> Path:
        """Where the host keeps the box's disk, log and facts; only root can look inside."""
        return BOXES / self.name

    @property
    def hostname(self) -> str:
        """The name that the machine itself knows."""
        return f"{self.name}.box.test"

    @property
    def host_address(self) -> str:
        """The address under which the box sees the host."""
        return network.HOST_ADDRESS

    @property
    def root(self) -> Path:
        """The box's file system as the host sees it."""
        return self.directory / "root"

    @property
    def leader_pid(self) -> int:
        """The host's number of the box's PID 1."""
        file = self.directory / "leader"
        pid = processes.alive(file.read_text()) if file.exists() else None
        if pid is None:
            raise Problem(f"the box {self.name} is not running; start it with `./tholos up {self.name}`.")
        return pid

    @property
    def running(self) -> bool:
        """Whether the box's PID 1 is there."""
        try:
            return self.leader_pid > 0
        except Problem:
            return False

    @classmethod
    def boot(cls, name: str, image: Path, *, wheels: Path | None = None, owner: int | None = None) -> Machine:
        """Boot a fresh box from an image, after clearing what a killed run of the same name left.

        With an owner, the box counts as left over as soon as that process has ended (see `sweep`).
        """
        cls(name, "").destroy()
        with network.allocation():
            machine = cls(name, network.free_address())
            machine._note(image, owner)
            network.create(name, machine.address)
        try:
            disk.create(machine.directory, image, machine.hostname, machine.address)
            cgroups.create(name)
            leader = nspawn.start(name, machine.directory, machine.hostname, wheels)
            (machine.directory / "leader").write_text(leader)
            machine._wait_booted()
            machine._hand_over_limits()
        except BaseException:
            machine.destroy()
            raise
        return machine

    @classmethod
    def find(cls, name: str) -> Machine | None:
        """Give the box of this name if it runs."""
        file = BOXES / check_name(name) / "address"
        if not file.exists():
            return None
        machine = cls(name, file.read_text())
        return machine if machine.running else None

    def argv(self, argv: Sequence[str], *, env: dict[str, str] | None = None) -> list[str]:
        """Give the command of the host that runs a command inside the box as root."""
        variables = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "TERM": "xterm", **(env or {})}
        inside = ["/usr/bin/env", "-i", *(f"{key}={value}" for key, value in variables.items()), *argv]
        return ["nsenter", "-t", str(self.leader_pid), "-a", "-r", "-w", "--", *inside]

    def exec(
        self,
        argv: Sequence[str],
        *,
        input: str | None = None,
        check: bool = True,
        timeout: float | None = 120,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside the box as root and give its result; with `check`, a failure is a Problem."""
        done = subprocess.run(
            self.argv(argv, env=env), input=input or "", text=True, capture_output=True, timeout=timeout, check=False
        )
        if check and done.returncode != 0:
            words = f"{done.stdout}\n{done.stderr}".strip()
            raise Problem(f"in the box {self.name}, `{' '.join(argv)}` failed ({done.returncode}): {words}")
        return done

    def destroy(self) -> None:
        """Power the box off if it runs, then remove everything that it had on the host; safe to repeat."""
        for file, number in (("leader", signal.SIGRTMIN + 4), ("supervisor", signal.SIGKILL)):
            identity = (self.directory / file).read_text() if (self.directory / file).exists() else ""
            if identity:
                processes.end(identity, number)
                processes.wait_end(identity, STOP_SECONDS if file == "leader" else 2)
        cgroups.destroy(self.name)
        with network.allocation():
            network.destroy(self.name)
            disk.destroy(self.directory)

    def _note(self, image: Path, owner: int | None) -> None:
        self.directory.mkdir(mode=0o700)
        (self.directory / "address").write_text(self.address)
        (self.directory / "image").write_text(str(image))
        if owner is not None:
            (self.directory / "owner").write_text(processes.identity(owner) or "")

    def _hand_over_limits(self) -> None:
        """Let the box's systemd set limits in its own directories.

        systemd-nspawn mounts the older hierarchies read-only, and systemd looks once which of them it can use.
        """
        places = [f"{cgroups.ROOT}/{name}" for name in cgroups.CONTROLLERS if (cgroups.ROOT / name).is_dir()]
        for place in places:
            self.exec(["mount", "-o", "remount,bind,rw", place])
        if places:
            self.exec(["systemctl", "daemon-reexec"])

    def _wait_booted(self) -> None:
        deadline = time.monotonic() + BOOT_SECONDS
        while True:
            state = self.exec(["systemctl", "is-system-running"], check=False, timeout=30).stdout.strip()
            if state in ("running", "degraded"):
                return
            if time.monotonic() > deadline:
                raise Problem(f"the box {self.name} did not finish booting in {BOOT_SECONDS:.0f} s (it is {state!r}).")
            time.sleep(0.1)


def sweep() -> None:
    """Throw away boxes whose owner, a run of the tests, has ended without doing so."""
    for file in BOXES.glob("*/owner"):
        if not processes.alive(file.read_text()):
            Machine(file.parent.name, "").destroy()
