"""Every sample of docs/reference is taken from its page and run, by its language, against engine and HTTPS edge.

PHP is there in the box alone (tests/box/test_samples_box.py), and Node.js perhaps.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.sample_lanes import PROGRAMS, Lane
from tests.sample_stage import Stage
from tests.sampled import REST, arrangement, functions

from tholos.kernel.command import COMMANDS, load

pytestmark = pytest.mark.thorough
load()


@pytest.fixture(scope="module")
def stage(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with closing(Stage(seeded, tmp_path_factory.mktemp("stage"))) as stage:
        yield stage


@pytest.fixture(scope="module")
def lanes(stage: Stage) -> Iterator[Mapping[str, Lane]]:
    """A program for each language that this machine has."""
    certificate = str(stage.certificate)
    trust = {"SSL_CERT_FILE": certificate, "NODE_EXTRA_CA_CERTS": certificate}
    with ExitStack() as stack:
        lanes = {
            language: stack.enter_context(
                closing(Lane(argv, functions()[language], {"PATH": os.environ["PATH"], **stage.env, **trust}))
            )
            for language, argv in PROGRAMS.items()
            if shutil.which(argv[0])
        }
        yield lanes | {REST: lanes["bash"]}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_samples_of_a_command_run(name: str, stage: Stage, lanes: Mapping[str, Lane]) -> None:
    refused = arrangement(name).refused
    for way, ran in stage.run(name, lanes).items():
        assert ran.failed == bool(refused), f"{name}, {way}: {ran.printed}"


@pytest.mark.parametrize("language", ["bash", "python"])
def test_an_error_ends_a_sample_with_its_message(language: str, stage: Stage, lanes: Mapping[str, Lane]) -> None:
    text = {"bash": "call v-delete-user nosuch", "python": 'call("v-delete-user", "nosuch")'}[language]
    with stage.showing(stage.node):
        ran = lanes[language].run(text)
    assert ran.failed
    assert re.search("user nosuch doesn't exist", ran.printed)
