"""Whose a line is: the one who had the name when it was written."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tholos.apply.readings.traffic import Key, count
from tholos.resources.stats.clock import month_of
from tholos.resources.stats.tenures import Tenures

NOW = datetime(2026, 11, 25, 12, 0, 0)
LAST = int(NOW.timestamp() * 1000)
NAMES = ("one.test", "two.test")
MOMENTS = st.integers(LAST - 172_800_000, LAST)
HAD = st.lists(st.tuples(st.sampled_from(NAMES), MOMENTS), max_size=8)
SENT = st.lists(st.tuples(st.sampled_from(NAMES), MOMENTS, st.integers(0, 10**12)), max_size=30)


@given(had=HAD, sent=SENT)
def test_every_line_goes_to_who_had_the_name_then(had: list[tuple[str, int]], sent: list[tuple[str, int, int]]) -> None:
    had = [*((name, 0) for name in NAMES), *sorted(had, key=lambda one: one[1])]
    tenures = Tenures()
    for number, (name, since) in enumerate(had, start=1):
        tenures._of[name.encode()].append((since, number))
    lines = b"".join(b"=%d.%03d 1.1 %s %d\n" % (at // 1000, at % 1000, name.encode(), size) for name, at, size in sent)
    sums: dict[Key, int] = defaultdict(int)
    count(lines, tenures.contested(NOW), sums)
    found: Counter[int] = Counter()
    for key, owner in tenures.owners(sums).items():
        found[owner] += sums[key]
    expected: Counter[int] = Counter()
    for name, at, size in sent:
        here = [(since, number) for number, (owned, since) in enumerate(had, start=1) if owned == name]
        expected[here[bisect_right(here, at, key=lambda one: one[0]) - 1][1]] += size
    assert +found == +expected


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))
def test_a_line_belongs_to_the_month_of_the_nodes_clock(moment: datetime) -> None:
    milliseconds = b"%013d" % int(moment.timestamp() * 1000)
    assert month_of(milliseconds) == month_of(milliseconds[:8]) == f"{moment:%Y-%m}"


def test_the_last_second_of_a_month_is_the_months() -> None:
    begin = datetime(2027, 1, 1)
    before, after = (b"%d" % int(at.timestamp() * 1000) for at in (begin - timedelta(milliseconds=1), begin))
    assert (month_of(before), month_of(after)) == ("2026-12", "2027-01")
