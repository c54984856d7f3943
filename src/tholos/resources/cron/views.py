"""How cron jobs print (``commands.json``: v-list-cron-job, v-list-cron-jobs)."""

from __future__ import annotations

from tholos.kernel.view import Csv, Field, Labels, Table, View, moments, words

_FIELDS: dict[str, Field] = {
    "CMD": "cron_command",
    **moments("created"),
}
_SCHEDULE = "MIN HOUR DAY MONTH WDAY CMD "
_STATE = "SUSPENDED TIME DATE"
_JSON = words(_SCHEDULE + "JOB " + _STATE)
_ONE = words(_SCHEDULE + _STATE)
_ALL = ("JOB", *_ONE)
_QUOTED = frozenset(("CMD",))

JOB = View(
    key="JOB",
    fields=_FIELDS,
    json=_JSON,
    plain=_ONE,
    csv=Csv(_ONE, ",".join(_ONE), _QUOTED),
    shell=Labels(
        (
            ("MINUTE:", "MIN"),
            ("HOUR:", "HOUR"),
            ("DAY:", "DAY"),
            ("MONTH:", "MONTH"),
            ("DAY OF WEEK:", "WDAY"),
            ("COMMAND:", "CMD"),
            ("SUSPENDED:", "SUSPENDED"),
            ("TIME:", "TIME"),
            ("DATE:", "DATE"),
        ),
        width=16,
    ),
)

JOBS = View(
    key="JOB",
    fields=_FIELDS,
    json=_JSON,
    plain=_ALL,
    csv=Csv(_ALL, ",".join(_ALL), _QUOTED),
    shell=Table((*((word, word) for word in words("JOB MIN HOUR DAY MONTH WDAY")), ("COMMAND", "CMD"))),
)
