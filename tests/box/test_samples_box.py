"""The samples of docs/reference in a box, which has every language: PHP and JavaScript all, and all on a real machine.

On the machine each command runs in one of the ways, in turn; the others differ in their language alone, and run against
a recording host, where every change finds a node as new.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.sample_lanes import PROGRAMS, Lane, Ran
from tests.sample_stage import Stage, replaced
from tests.sampled import REST, arrangement, functions, gallery, samples
from tests.waiting import until

from box import network
from tholos.edges.samples import TITLES
from tholos.kernel.command import COMMANDS, load

load()
WAYS = (*TITLES, REST)
CERTIFICATE, STAGE_CERTIFICATE = "/etc/tholos/tls/certificate.crt", "/root/stage.crt"
ROOT = """
import json, socket

def v(*words):
    line = "\\0".join(words).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("/run/tholos/engine.sock")
        connection.sendall(b"V" + len(line).to_bytes(4, "big") + line)
        with connection.makefile("rb") as answer:
            code = answer.read(1)[0]
            print(json.dumps([code, answer.read(int.from_bytes(answer.read(4), "big")).decode()]))
"""
"""Root's shell as a program that stays up: it speaks to the engine as the v-* commands do."""
CLEAN = """\
v-delete-user alice
v-delete-user bob
v-delete-user-package gold
v-delete-user-package silver
v-delete-database-host mysql localhost
v-delete-dns-primary 198.51.100.7
v-delete-dns-secondary 198.51.100.7
v-delete-sys-ip 198.51.100.7"""

GONE = (0, 3)
"""The codes of what has been deleted, and of what was not there."""


def lane(machine: Machine, language: str, env: Mapping[str, str], certificate: str) -> Lane:
    """A program in the box that runs the samples of a language."""
    trust = {"SSL_CERT_FILE": certificate, "NODE_EXTRA_CA_CERTS": certificate}
    return Lane(machine.argv(PROGRAMS[language], env={**env, **trust}), functions()[language])


@pytest.fixture(scope="module")
def stage(seeded: Path, tmp_path_factory: pytest.TempPathFactory, machine: Machine) -> Iterator[Stage]:
    """An edge on the host, on the address under which boxes see it."""
    with closing(Stage(seeded, tmp_path_factory.mktemp("stage"), network.HOST_ADDRESS)) as stage:
        machine.exec(["tee", STAGE_CERTIFICATE], input=stage.certificate.read_text())
        yield stage


def test_every_sample_runs_in_the_languages_that_only_the_box_is_sure_to_have(stage: Stage, machine: Machine) -> None:
    bad = {"php": "call('v-delete-user', 'nosuch');", "javascript": 'await call("v-delete-user", "nosuch");'}
    with ExitStack() as stack:
        lanes = {one: stack.enter_context(closing(lane(machine, one, stage.env, STAGE_CERTIFICATE))) for one in bad}
        ran = {(name, way): one for name in sorted(COMMANDS) for way, one in stage.run(name, lanes).items()}
        with stage.showing(stage.node):
            ends = {language: lanes[language].run(text) for language, text in bad.items()}
    assert len(ran) == len(lanes) * len(COMMANDS)
    assert {key: one.printed for key, one in ran.items() if one.failed != bool(arrangement(key[0]).refused)} == {}
    for end in ends.values():
        assert end.failed and re.search(r"\b3\b.*user nosuch doesn't exist", end.printed), end


class Real:
    """The machine, with what samples find."""

    def __init__(self, root: Lane, lanes: Mapping[str, Lane]) -> None:
        self.root = root
        self.lanes = lanes

    def call(self, command: str, *values: str) -> tuple[int, str]:
        """Call a command as root's shell."""
        ran = self.root.run(f"v({', '.join(map(repr, (command, *values)))})")
        assert not ran.failed, ran.printed
        code, text = json.loads(ran.printed)
        return code, text

    def renew(self) -> None:
        """Make what samples find anew."""
        self.clean()
        for line in gallery():
            code, text = self.call(*shlex.split(line))
            assert code == 0, f"{line}: {text}"

    def clean(self) -> None:
        """Take away what samples find, and what they leave."""
        for line in CLEAN.splitlines():
            words = shlex.split(line)
            # What a job works on is in use until it has ended.
            until(lambda words=words: self.call(*words), right=lambda answer: answer[0] in GONE)  # type: ignore[misc]

    def mend(self) -> None:
        """Add what is missing of it; what is there is refused at once."""
        for line in gallery():
            self.call(*shlex.split(line))

    def run(self, name: str, way: str) -> Ran:
        """Run a sample after what comes before it; on a node that was made anew if what others left is in its way."""
        for arrange in (self.mend, self.renew):
            arrange()
            try:
                known = arrangement(name).prepare(self.call)
            except AssertionError:
                if arrange == self.renew:
                    raise
                continue
            ran = self.lanes[way].run(replaced(samples()[name][way], known))
            if ran.failed == bool(arrangement(name).refused):
                break
        return ran


@pytest.fixture
def real(machine: Machine, facts: Facts) -> Iterator[Real]:
    """The machine, called from inside; afterwards it is as it was, as far as other tests look."""
    env = {"THOLOS_URL": facts.url, "THOLOS_ACCESS_KEY": facts.access_key, "THOLOS_SECRET_KEY": facts.secret_key}
    with ExitStack() as stack:
        root = stack.enter_context(closing(Lane(machine.argv(PROGRAMS["python"]), ROOT)))
        lanes = {one: stack.enter_context(closing(lane(machine, one, env, CERTIFICATE))) for one in TITLES}
        real = Real(root, lanes | {REST: lanes["bash"]})
        real.call("v-add-sys-api-ip", machine.address)
        yield real
        real.clean()
        real.call("v-add-database-host", "mysql", "localhost", "root", "socket")
        real.call("v-change-sys-hostname", machine.hostname)
        real.call("v-delete-sys-api-ip", machine.address)


def test_every_command_has_a_sample_that_does_it_on_a_machine(real: Real) -> None:
    names = sorted(
        (name for name in COMMANDS if not arrangement(name).machine), key=lambda name: COMMANDS[name].changes
    )
    real.renew()
    failed = {}
    for number, name in enumerate(names):
        ways = [way for way in WAYS if way in samples()[name]]
        way = ways[number % len(ways)]
        ran = real.run(name, way)
        if ran.failed != bool(arrangement(name).refused):
            failed[f"{name}, {way}"] = ran.printed
    assert failed == {}
