"""Every command has samples in its page whose call succeeds; here without a network, see test_samples_run.py."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import copied
from tests.sample_node import furnish, shell
from tests.sampled import REST, arrangement, arrangements, samples

from tholos.bootstrap import ROOT, Engine
from tholos.edges import docs
from tholos.edges import samples as written
from tholos.edges.refusals import CHANGING, COMMON, refusals
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.errors import Refusal

pytestmark = pytest.mark.thorough

load()
HELP = """the sample in docs/reference must succeed on the node of tests/samples/gallery.txt. Give a better example on
the argument's type, or in the command's `examples=`; or say what comes before it in tests/samples/GROUP.json (what can
be said there stands in tests/sampled.py)."""


@pytest.fixture(scope="module")
def node(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(seeded, tmp_path_factory.mktemp("samples") / "node")


@pytest.fixture(scope="module")
def quiet(node: Path) -> Iterator[Engine]:
    """The node, for calls that change nothing."""
    with copied(node) as engine:
        yield engine


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_call_of_a_sample_succeeds(name: str, node: Path, quiet: Engine) -> None:
    arranged = arrangement(name)
    if arranged.before or arranged.take:
        with copied(node) as engine:
            known = arranged.prepare(shell(engine))
            code, text = outcome(engine, name, known)
    else:
        code, text = outcome(quiet, name, {})
    assert code == arranged.refused, f"{name}: {text}: {HELP}" if code else f"{name} succeeds: take it off the refused"


def outcome(engine: Engine, name: str, known: dict[str, str]) -> tuple[int, str]:
    """What comes of a sample's call when nothing is changed by it: the exit code, and why."""
    command = COMMANDS[name]
    values = [known.get(value, value) for value in written.values(command)]
    try:
        engine.dispatcher.run(command, values, ROOT, "127.0.0.1", dry_run=command.changes)
    except Refusal as refusal:
        return refusal.code, f"{shlex.join([name, *values])}: {refusal.message}"
    return 0, ""


def test_every_command_has_a_sample_in_each_language_and_over_rest() -> None:
    ways = {name: [*written.TITLES, *([REST] if command.rest else [])] for name, command in COMMANDS.items()}
    assert {name: sorted(found) for name, found in samples().items()} == {
        name: sorted(found) for name, found in ways.items()
    }


def test_what_is_arranged_is_for_commands_that_there_are_and_has_its_reasons() -> None:
    assert set(arrangements()) <= set(COMMANDS)
    files = sorted(Path(__file__).parents[1].glob("samples/*.json"))
    for file in files:
        known = {*docs.reference().get(file.stem, ()), *docs.own().get(file.stem, ())}
        assert set(json.loads(file.read_text())) <= known
    for name, arranged in arrangements().items():
        assert bool(arranged.refused) == bool(arranged.because), name
        assert all(reason.endswith(".") for reason in (arranged.because, arranged.machine) if reason), name


def test_what_is_replaced_in_a_sample_stands_in_it() -> None:
    for name, arranged in arrangements().items():
        assert all(example in written.values(COMMANDS[name]) for example in arranged.take), name


def test_a_page_names_every_refusal_that_cases_know() -> None:
    cases = [case for file in Path(__file__).parents[1].glob("cases/*/*.json") for case in json.loads(file.read_text())]
    common = {kind.code for kind in (*COMMON, *CHANGING)}
    known = {name: common | {refused.code for refused in refusals(command)} for name, command in COMMANDS.items()}
    unknown = []
    for case in cases:
        if case.get("code", 0) not in (0, *known[shlex.split(case["call"])[0]]):
            unknown.append(case["call"])
    assert len(cases) > 400
    assert unknown == []


def test_a_page_says_which_setting_and_which_limit_a_refusal_names() -> None:
    texts = {refused.text for refused in refusals(COMMANDS["v-add-web-domain"])}
    assert {"Error: WEB_SYSTEM is disabled", "Error: WEB_DOMAINS limit is reached :: upgrade user package"} <= texts
