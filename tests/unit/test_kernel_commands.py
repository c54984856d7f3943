"""Declaring and binding commands: what the decorator derives from a function, and what it refuses to declare."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tholos.kernel.command import COMMANDS, Command, command
from tholos.kernel.errors import Invalid, Refusal, Silent, Usage
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Flag, Number, Text, printable
from tholos.resources.types import AccountName, Domain


@pytest.fixture
def declared() -> Iterator[Command]:
    """A command with every kind of argument, known for one test only."""

    @command("thing.add", legacy="v-add-thing USER DOMAIN [COUNT] [RESTART] [LOUD] [FORMAT]")
    def add(tx: Tx, user: AccountName, domain: Domain, count: Number | None = None, loud: Flag | None = None) -> None:
        """Add a thing.

        More about it.
        """

    yield COMMANDS["v-add-thing"]
    del COMMANDS["v-add-thing"]


def test_the_signature_says_everything(declared: Command) -> None:
    assert declared.summary == "Add a thing."
    assert [slot if isinstance(slot, str) else slot.name for slot in declared.slots] == [
        "user",
        "domain",
        "count",
        "RESTART",
        "loud",
        "FORMAT",
    ]
    assert (declared.minimum, declared.owner_position, declared.changes) == (2, 1, True)
    assert [parameter.required for parameter in declared.parameters] == [True, True, False, False]


def test_values_are_bound_by_position(declared: Command) -> None:
    bound = declared.bind(["alice", "WWW.Example.org", "3", "yes", "no", "json", "surplus"])
    assert bound.arguments == {"user": "alice", "domain": "example.org", "count": 3, "loud": False}
    assert isinstance(bound.arguments["domain"], Domain)
    assert bound.format == "json"


def test_empty_and_absent_optional_values_are_left_out(declared: Command) -> None:
    assert declared.bind(["alice", "example.org"]).arguments == {"user": "alice", "domain": "example.org"}
    assert declared.bind(["alice", "example.org", "", "", ""]).arguments == {"user": "alice", "domain": "example.org"}


def test_too_few_values_are_answered_with_the_usage(declared: Command) -> None:
    with pytest.raises(Usage) as refused:
        declared.bind(["alice"])
    assert refused.value.message == "Usage: v-add-thing USER DOMAIN [COUNT] [RESTART] [LOUD] [FORMAT]"
    assert refused.value.code == 1


@pytest.mark.parametrize(
    ("values", "argument"),
    [
        (["../etc", "example.org"], "user"),
        (["alice", "exa mple.org"], "domain"),
        (["alice", "example.org", "-1"], "count"),
        (["alice", "example.org", "1", "now"], "restart"),
        (["alice", "example.org", "1", "yes", "maybe"], "loud"),
    ],
)
def test_the_first_value_that_does_not_fit_is_named(declared: Command, values: list[str], argument: str) -> None:
    with pytest.raises(Invalid) as refused:
        declared.bind(values)
    assert refused.value.argument == argument
    assert refused.value.code == 2


def test_a_name_is_declared_once(declared: Command) -> None:
    def again(state: State) -> None:
        """Never declared."""

    with pytest.raises(ValueError, match="twice"):
        command("thing.again", legacy=declared.legacy)(again)


def test_a_bare_string_is_no_argument_type() -> None:
    def add(state: State, name: str) -> None:
        """Never declared."""

    with pytest.raises(TypeError, match="not a restricted type"):
        command("bad.add", legacy="v-bad NAME")(add)


def test_every_parameter_has_a_position_and_the_first_is_the_state() -> None:
    def lost(state: State, user: AccountName, domain: Domain) -> None:
        """Never declared."""

    def stateless(user: AccountName) -> None:
        """Never declared."""

    with pytest.raises(TypeError, match="no position"):
        command("bad.lost", legacy="v-bad USER")(lost)
    with pytest.raises(TypeError, match="State or a Tx"):
        command("bad.stateless", legacy="v-bad")(stateless)
    assert "v-bad" not in COMMANDS


def test_codes_and_messages_of_refusals() -> None:
    kinds: list[type[Refusal]] = [Refusal, *Refusal.__subclasses__()]
    assert all(0 < kind.code < 22 for kind in kinds)
    assert Refusal("broken").message == "Error: broken"
    assert Silent("alone", code=3).message == "alone"


@pytest.mark.parametrize(("raw", "value"), [("0", 0), ("007", 7), ("2147483647", 2**31 - 1)])
def test_a_number(raw: str, value: int) -> None:
    assert Number.parse(raw, "n") == value


@pytest.mark.parametrize("raw", ["", "-1", "+1", "1.0", "1e3", " 1", "1\n", "²", "\u0661", "2147483648", "9" * 5_000])
def test_no_number(raw: str) -> None:
    with pytest.raises(Invalid):
        Number.parse(raw, "n")


def test_refused_input_is_printed_in_one_short_line() -> None:
    shown = printable("a\nb\x1b[2J\u202e\ud800" + "c" * 1_000)
    assert shown.isprintable() and len(shown) == 200
    assert printable("münchen 語") == "münchen 語"


def test_text_without_a_pattern_of_its_own_accepts_nothing() -> None:
    with pytest.raises(AttributeError):
        Text.accepts("a")
