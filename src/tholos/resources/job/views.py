"""How jobs print."""

from __future__ import annotations

from tholos.kernel.view import Csv, Field, Labels, Table, View, moments, words

_FIELDS: dict[str, Field] = {
    "JOB": "id",
    "USER": "account",
    "PROGRESS": lambda job: None if job.progress is None else f"{job.progress:.1%}",
    **moments("created"),
}
_SHOWN = words("KIND USER SUBJECT STATE PROGRESS RESULT ERROR TIME DATE")
_ALL = ("JOB", *_SHOWN)
_QUOTED = frozenset(("SUBJECT", "RESULT", "ERROR"))

JOB = View(
    key="JOB",
    fields=_FIELDS,
    json=_SHOWN,
    plain=_ALL,
    csv=Csv(_ALL, ",".join(_ALL), _QUOTED),
    shell=Labels(tuple((f"{word}:", word) for word in _ALL), width=16),
)

JOBS = View(
    key="JOB",
    fields=_FIELDS,
    json=_SHOWN,
    plain=_ALL,
    csv=Csv(_ALL, ",".join(_ALL), _QUOTED),
    shell=Table(tuple((word, word) for word in words("JOB KIND USER SUBJECT STATE PROGRESS TIME DATE"))),
)
