"""What a notice's HTML becomes before anybody sees it, and how many notices are kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import call

from tholos.bootstrap import Engine
from tholos.resources.notification.html import cleaned

SAFE = '<p class="u-text-bold">Your <b>disk</b> is <a href="https://x.test/" target="_blank">full</a>.<br></p>'


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        (SAFE, SAFE),
        ("plain 'text' with \"quotes\"", "plain 'text' with \"quotes\""),
        ('a;b|c&d "x"', 'a;b|c&amp;d "x"'),
        ("<script>alert(1)</script>gone", "gone"),
        ("<img src=x onerror=alert(1)>", ""),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="jAvAsCrIpT&#58;alert(1)">x</a>', "<a>x</a>"),
        ('<b onclick="alert(1)" style="position:fixed">x</b>', "<b>x</b>"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>", ""),
        ("<iframe src='https://x.test'></iframe>ok", "ok"),
        ("1 < 2", "1 &lt; 2"),
    ],
)
def test_what_could_run_or_load_something_goes(given_text: str, shown: str) -> None:
    assert cleaned(given_text) == shown


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.sampled_from(['<a href="', '">', "<b", "<script>", "</b>", "&", "&#x3c;", "onload=", " ", "x"])))
def test_cleaning_twice_is_cleaning_once(parts: list[str]) -> None:
    once = cleaned("".join(parts))
    assert cleaned(once) == once
    assert "<script" not in once


def test_json_is_valid_and_has_apostrophes_whatever_a_notice_holds(town: Engine) -> None:
    hostile = "back\\slash \"quoted\" <b title='x'>語</b> <script>x</script>"
    assert call(town, "v-add-user-notification", "alice", 'A "topic"', hostile) == (0, "")
    shown = json.loads(call(town, "v-list-user-notifications", "alice", "json")[1])
    assert shown["1"]["TOPIC"] == "A 'topic'"
    assert shown["1"]["NOTICE"] == "back\\slash 'quoted' <b>語</b> "


def test_old_notices_go(town: Engine) -> None:
    from tholos.resources.notification import leave

    kept, leave.KEPT = leave.KEPT, 3
    try:
        for number in range(5):
            assert call(town, "v-add-user-notification", "alice", f"Notice {number}") == (0, "")
    finally:
        leave.KEPT = kept
    shown = json.loads(call(town, "v-list-user-notifications", "alice", "json")[1])
    assert list(shown) == ["3", "4", "5"]


def test_an_account_made_anew_has_no_notices(town: Engine) -> None:
    assert call(town, "v-add-user-notification", "alice", "Topic") == (0, "")
    assert call(town, "v-delete-user", "alice") == (0, "")
    assert call(town, "v-add-user", "alice", "AlicePass123", "alice@example.org") == (0, "")
    assert call(town, "v-list-user-notifications", "alice", "plain") == (0, "")
