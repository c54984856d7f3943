"""The cache of readings: an answer counts at its own generation only, and the whole stays within its size."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tholos.edges.cache import Key, ReadCache

KEYS = st.tuples(
    st.sampled_from(["v-list-user", "v-list-users"]), st.tuples(st.sampled_from(["a", "json"])), st.booleans()
)
PUTS = st.lists(st.tuples(KEYS, st.integers(0, 3), st.integers(0, 6_000)), max_size=40)
MOST = 10_000


@settings(max_examples=80, deadline=None, database=None)
@given(PUTS)
def test_what_is_given_was_put_last_for_this_key_and_generation(puts: list[tuple[Key, int, int]]) -> None:
    cache = ReadCache(MOST)
    last: dict[Key, tuple[int, int]] = {}
    for number, (key, generation, size) in enumerate(puts):
        cache.put(key, generation, number, size)
        last[key] = (generation, number)
        for known, (at, answer) in last.items():
            assert cache.get(known, at) in (answer, None)
            assert cache.get(known, at + 1) is None
        assert cache.kept.size == sum(cost for _, cost in cache.kept._kept.values()) <= MOST


def test_a_small_answer_is_kept_until_the_next_change() -> None:
    cache = ReadCache(MOST)
    cache.put(("v-list-users", ("json",), True), 7, "answer", 6)
    assert cache.get(("v-list-users", ("json",), True), 7) == "answer"
    assert cache.get(("v-list-users", ("json",), True), 8) is None
    assert cache.get(("v-list-users", (), True), 7) is None


def test_an_answer_that_is_too_large_replaces_nothing_but_what_it_makes_stale() -> None:
    cache = ReadCache(MOST)
    cache.put(("a", (), True), 1, "small", 5)
    cache.put(("b", (), True), 1, "large", MOST)
    assert cache.get(("a", (), True), 1) == "small"
    assert cache.get(("b", (), True), 1) is None


def test_what_was_asked_counts_too() -> None:
    cache = ReadCache(MOST)
    for number in range(100):
        cache.put(("v-list-users", ("json", f"{number}" * 1_000), True), 1, "", 0)
    assert len(cache.kept) < 10
