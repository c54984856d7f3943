"""Where samples run: a recording host's engine that is new for every change, behind one HTTPS edge that stays."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conftest import copied, copy, new_engine, scratch
from tests.rpc_app import Rpc
from tests.sample_lanes import Lane, Ran
from tests.sample_node import furnish, shell
from tests.sampled import arrangement, samples

from tholos.bootstrap import Engine
from tholos.kernel.command import COMMANDS


class Stage:
    """An edge on an address, the node that samples find, and what programs need to reach it."""

    def __init__(self, seeded: Path, directory: Path, address: str = "127.0.0.1") -> None:
        self.node = furnish(seeded, directory / "node")
        engine = new_engine(self.node)
        engine.start()
        certificate, key = certificate_for(directory, address)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._rpc = Rpc(engine, directory, context, address)
        self._rpc.set(API="yes", API_SYSTEM="2", API_ALLOWED_IP="allow-all")
        access = self._rpc.add_key("admin", "*", "samples", "json")
        engine.stop()
        self.certificate = certificate
        self.env: Mapping[str, str] = {
            "THOLOS_URL": f"https://{address}:{self._rpc.port}",
            "THOLOS_ACCESS_KEY": access.key,
            "THOLOS_SECRET_KEY": access.secret,
        }
        self._rpc.start()

    def close(self) -> None:
        """Stop the edge."""
        self._rpc.stop()

    @contextmanager
    def showing(self, node: Path) -> Iterator[Engine]:
        """Let the edge speak to an engine on a copy of a node."""
        with copied(node) as engine:
            self._rpc.engine = engine
            yield engine

    def run(self, name: str, lanes: Mapping[str, Lane]) -> dict[str, Ran]:
        """Run every sample of a command for which there is a lane; give what became of them, by way."""
        with self._arranged(name) as (node, known):
            ways = {way: replaced(text, known) for way, text in samples()[name].items() if way in lanes}
            done = {}
            with ExitStack() as kept:
                for number, (way, text) in enumerate(ways.items()):
                    if COMMANDS[name].changes or number == 0:
                        kept.close()
                        kept.enter_context(self.showing(node))
                    done[way] = lanes[way].run(text)
            return done

    @contextmanager
    def _arranged(self, name: str) -> Iterator[tuple[Path, dict[str, str]]]:
        """A node on which a command's sample can succeed, and what is to be replaced in it."""
        arranged = arrangement(name)
        if not (arranged.before or arranged.take):
            yield self.node, {}
            return
        with scratch() as directory, copied(self.node) as engine:
            known = arranged.prepare(shell(engine))
            engine.stop()
            yield copy(engine.directory.parent, directory / "node"), known


def replaced(text: str, known: Mapping[str, str]) -> str:
    """A sample with what nobody could know beforehand in the place of its examples."""
    for example, value in known.items():
        assert example in text
        text = text.replace(example, value)
    return text


def certificate_for(directory: Path, address: str) -> tuple[Path, Path]:
    """A certificate for an address that it signed itself, and its key."""
    certificate, key = directory / "certificate.crt", directory / "certificate.key"
    names = ["-subj", "/CN=samples", "-addext", f"subjectAltName=IP:{address}"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    output = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", "-x509", *curve, *names, *output], check=True, capture_output=True)
    return certificate, key
