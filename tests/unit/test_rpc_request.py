"""Reading requests and writing answers, as properties."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tholos.edges.http_answer import is_true_json, reply
from tholos.edges.http_request import Asked, php_text, read_request
from tholos.kernel.call import Call, Outcome

NAMES = [f"arg{number}" for number in range(1, 16)]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
BLANK = " \t\n\r\0\x0b"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_body_breaks_the_reader(body: bytes, kind: str) -> None:
    asked = read_request(body, kind, "192.0.2.1")
    assert asked is None or isinstance(asked.call, Call)


@given(st.dictionaries(st.sampled_from(NAMES), TEXT), st.sampled_from(["", "application/json", "text/odd; charset=x"]))
def test_a_form_and_the_same_json_are_the_same_call(given_fields: dict[str, str], kind: str) -> None:
    fields = {"hash": "secret", "cmd": " v-list-users ", **given_fields}
    form = read_request(urlencode(fields).encode(), kind, "192.0.2.1")
    body = read_request(json.dumps(fields).encode(), kind, "192.0.2.1")
    assert form == body
    assert form is not None
    assert form.call.command == "v-list-users"
    expected = tuple(fields[name].strip(BLANK) for name in NAMES[:13] if name in fields)
    assert form.call.values == expected


def test_letters_that_are_not_escaped_stay_what_they_are() -> None:
    asked = read_request("hash=x&cmd=v-change-user-name&arg1=Jürgen+%C3%BC%2B€".encode(), "", "192.0.2.1")
    assert asked is not None
    assert asked.call.values == ("Jürgen ü+€",)


def test_selection_of_credentials() -> None:
    def way(**fields: str) -> tuple[str, str, str] | None:
        asked = read_request(urlencode(fields).encode(), "", "192.0.2.1")
        if asked is None:
            return None
        shown = asked.call.credentials
        return asked.call.way, shown.access_key, shown.legacy_key

    pair = f"{'k' * 20}:{'s' * 40}"
    assert way(access_key="", secret_key="") == ("access-key", "", "")
    assert way(access_key="a", secret_key="b", user="c", password="d", hash="e") == ("access-key", "a", "")
    assert way(hash=pair) == ("access-key", "k" * 20, "")
    assert way(access_key="", secret_key="", hash=pair) == ("access-key", "k" * 20, "")
    assert way(hash=pair + ":x") == ("legacy", "", pair + ":x")
    assert way(hash=pair[1:]) == ("legacy", "", pair[1:])
    assert way(access_key="a") is None
    assert way(access_key="a", user="b") == ("legacy", "", "")
    assert way(secret_key="a", cmd="v-list-users") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "1"),
        (False, ""),
        (0, "0"),
        (-7, "-7"),
        (2**63, "9.2233720368548E+18"),
        (1.0, "1"),
        (0.1, "0.1"),
        (1e25, "1.0E+25"),
        (1.5e-7, "1.5E-7"),
        (100000000000000.0, "1.0E+14"),
    ],
)
def test_numbers_are_printed_as_php_does(value: object, text: str) -> None:
    assert php_text(value) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXT,
        lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
        max_leaves=5,
    )
)
def test_true_json_is_what_php_takes_for_true(value: object) -> None:
    assert is_true_json(json.dumps(value).encode()) == (bool(value) and value != "0")


@given(TEXT)
def test_what_is_no_json_is_not_called_json(text: str) -> None:
    try:
        value = json.loads(text)
    except ValueError:
        assert not is_true_json(text.encode())
    else:
        assert is_true_json(text.encode()) in (True, False, bool(value))


@given(st.integers(0, 255), TEXT, st.booleans(), st.sampled_from(["access-key", "legacy"]))
def test_every_outcome_has_an_answer(code: int, text: str, code_only: bool, way: str) -> None:
    asked = Asked(Call("v-list-users", way=way), code_only)  # type: ignore[arg-type]
    answer = reply(asked, Outcome(code, text, "run" if code else ""))
    if code_only or way == "legacy":
        assert answer.status == 200
    if code_only:
        assert answer.body == str(code).encode()
    assert (answer.status == 204) == (way == "access-key" and not code_only and code == 0 and not answer.body)
