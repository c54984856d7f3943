"""The rehearsal: engine and edge as an ordinary user, on a host that writes down what it would have done.

It serves whoever develops a client or a page on a laptop. Nothing is executed and nothing outside the checkout changes.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from box import access, environment, facts, processes
from box import client as wire_client
from box.places import CHECKOUT, check_name
from box.say import Problem, run, step

PLACE = CHECKOUT / ".cache" / "rehearse"
ADDRESS = "127.0.0.1"
FIRST_PORT = 8083
PORTS = 100
SECONDS = 30.0
PASSWORD = "rehearsal-only"
# What is started outlives this program, and Python warns about a running process whose handle is forgotten.
_started: list[subprocess.Popen[bytes]] = []


def up(name: str) -> facts.Facts:
    """Give the facts of a rehearsal that runs, after starting it if it does not."""
    place = PLACE / check_name(name)
    known = facts.load(place / "facts.json")
    if known and all(_running(place, part) for part in ("engine", "edge")):
        return known
    python = environment.ensure()
    down(name)
    place.mkdir(parents=True)
    place.chmod(0o700)
    _certificate(place)
    try:
        found = _start(python, name, place)
    except BaseException:
        _stop(place)
        raise
    found.save(place / "facts.json")
    return found


def down(name: str) -> bool:
    """Stop a rehearsal and remove what it left; tell whether there was one."""
    place = PLACE / check_name(name)
    if not place.is_dir():
        return False
    _stop(place)
    shutil.rmtree(place)
    return True


def _start(python: Path, name: str, place: Path) -> facts.Facts:
    port, wire = _free_port(), place / "engine.sock"
    with step("REHEARSAL: starting the engine on a recording host"):
        _spawn(python, place, "engine", ["--rehearse", str(place), "--socket", str(wire)])
        _wait(place, "engine", lambda: _accepts_unix(wire))
    with step(f"REHEARSAL: starting the edge on port {port}"):
        tls = ["--cert", str(place / "certificate.crt"), "--key", str(place / "certificate.key")]
        where = ["--socket", str(wire), "--host", ADDRESS, "--port", str(port)]
        _spawn(python, place, "edge", [*where, *tls])
        _wait(place, "edge", lambda: _accepts_port(port))

    def client(argv: Sequence[str]) -> str:
        return wire_client.run(wire, argv)

    client(["v-update-sys-ip"])
    if wire_client.ask(wire, ["v-list-user", "admin", "json"])[0] != 0:
        client(["v-add-user", "admin", PASSWORD, "admin@localhost.localdomain", "default", "System Administrator"])
    keys = access.open_to(client, ADDRESS)
    return facts.Facts(
        url=f"https://{ADDRESS}:{port}",
        user="admin",
        password=PASSWORD,
        access_key=keys.access_key,
        secret_key=keys.secret_key,
        api_hash=keys.api_hash,
        address=ADDRESS,
        name=name,
        ca_certificate=str(place / "certificate.crt"),
        rehearsal=str(place / "host"),
    )


def _certificate(place: Path) -> None:
    if not shutil.which("openssl"):
        raise Problem("the rehearsal needs the openssl program for its certificate; install it first.")
    names = ["-subj", "/CN=localhost", "-addext", f"subjectAltName=DNS:localhost,IP:{ADDRESS}"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365"]
    output = ["-keyout", str(place / "certificate.key"), "-out", str(place / "certificate.crt")]
    run(["openssl", "req", "-x509", *curve, *names, *output])


def _spawn(python: Path, place: Path, part: str, arguments: list[str]) -> None:
    with (place / f"{part}.log").open("wb") as log:
        process = subprocess.Popen(
            [python, "-m", "tholos", part, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=CHECKOUT,
        )
    _started.append(process)
    (place / f"{part}.pid").write_text(processes.identity(process.pid) or "")


def _running(place: Path, part: str) -> bool:
    file = place / f"{part}.pid"
    return file.exists() and processes.alive(file.read_text()) is not None


def _wait(place: Path, part: str, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not ready():
        if not _running(place, part) or time.monotonic() > deadline:
            words = (place / f"{part}.log").read_text(errors="replace").strip().splitlines()[-15:]
            raise Problem(f"the {part} of the rehearsal did not start; its last words:\n" + "\n".join(words))
        time.sleep(0.05)


def _stop(place: Path) -> None:
    for part in ("edge", "engine"):
        file = place / f"{part}.pid"
        identity = file.read_text() if file.exists() else ""
        if identity:
            processes.end(identity)
            if not processes.wait_end(identity, 10):
                processes.end(identity, signal.SIGKILL)
                processes.wait_end(identity, 2)


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        if not _accepts_port(port):
            return port
    raise Problem(f"no port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1} is free.")


def _accepts_port(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) == 0


def _accepts_unix(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
