"""`up` and `down`: a box with Tholos installed in it as a production server would have it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from box import access, environment, facts, host, image, wheels
from box.machine import Machine
from box.places import BOXES, IN_BOX_SOURCE, IN_BOX_WHEELS, check_name
from box.say import Problem, say, step

PORT = 8083
DATABASES = "mariadb,postgresql"
# A password goes in by a file that only root can read, because everybody can read the arguments of a process.
SET_PASSWORD = """set -e; umask 077; file=$(mktemp /tmp/tholos-XXXXXX); trap 'rm -f "$file"' EXIT
cat >"$file"; v-change-user-password admin "$file"
"""


def up(name: str, *, owner: int | None = None) -> facts.Facts:
    """Give the facts of a box that runs with Tholos ready, after making whatever of that is not there yet."""
    host.require()
    machine = Machine.find(name)
    if machine:
        known = facts.load(machine.directory / "facts.json")
        if known:
            return known
        say(f"The box {name} is there, but was not finished; going on.")
    python = environment.ensure()
    root, files = image.ensure(), wheels.ensure(python)
    if machine is None:
        with step(f"booting the box {name}"):
            machine = Machine.boot(name, root, wheels=files, owner=owner)
    password = install(machine)
    return _finish(machine, password)


def down(name: str) -> bool:
    """Throw a box away; tell whether there was one."""
    if not (BOXES / check_name(name)).is_dir():
        return False
    host.require()
    with step(f"throwing the box {name} away"):
        Machine(name, "").destroy()
    return True


def install(machine: Machine) -> str:
    """Install Tholos in a box, showing what the installer says; give the administrator's password."""
    argv = ["python3", "-m", "tholos.install", "--json", "--wheelhouse", IN_BOX_WHEELS, "--databases", DATABASES]
    variables = {"PYTHONPATH": f"{IN_BOX_SOURCE}/src", "PYTHONDONTWRITEBYTECODE": "1"}
    with step("installing Tholos in it, as on a production server"):
        done = subprocess.run(
            machine.argv([*argv, "--hostname", machine.hostname], env=variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Problem(f"the installer failed; `./tholos exec {machine.name} -- journalctl -b` shows more.")
    return _password(machine, json.loads(done.stdout).get("password"))


def _password(machine: Machine, fresh: str | None) -> str:
    """Give the administrator's password: the installer says it only once, so it is kept until the facts are."""
    kept = machine.directory / "password"
    if fresh:
        _keep(kept, fresh)
    elif not kept.exists():
        # An earlier run was killed between hearing the password and keeping it.
        new = secrets.token_urlsafe(15)
        machine.exec(["sh", "-c", SET_PASSWORD], input=f"{new}\n")
        _keep(kept, new)
    return kept.read_text()


def _keep(path: Path, secret: str) -> None:
    path.touch(mode=0o600)
    path.write_text(secret)


def _finish(machine: Machine, password: str) -> facts.Facts:
    def client(argv: Sequence[str]) -> str:
        return machine.exec(argv).stdout

    with step("opening its API to this host"):
        keys = access.open_to(client, machine.host_address)
    found = facts.Facts(
        url=f"https://{machine.address}:{PORT}",
        user="admin",
        password=password,
        access_key=keys.access_key,
        secret_key=keys.secret_key,
        api_hash=keys.api_hash,
        address=machine.address,
        name=machine.name,
        ca_certificate=str(_certificate(machine)),
    )
    found.save(machine.directory / "facts.json")
    return found


def _certificate(machine: Machine) -> Path:
    """Copy the panel's certificate to the host, where clients can check it."""
    copy = machine.directory / "certificate.crt"
    copy.write_text(machine.exec(["cat", "/etc/tholos/tls/certificate.crt"]).stdout)
    return copy
