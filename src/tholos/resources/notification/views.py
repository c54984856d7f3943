"""How notices print (``commands.json``: v-list-user-notifications)."""

from __future__ import annotations

from tholos.kernel.view import Csv, Field, Labels, View, moments, words
from tholos.resources.notification.html import single_quoted

_FIELDS: dict[str, Field] = {
    "NID": "id",
    "ACK": "acknowledged",
    "TOPIC": lambda notice: single_quoted(notice.topic),
    "NOTICE": lambda notice: single_quoted(notice.notice),
    "TOPIC_AS_IS": "topic",
    "NOTICE_AS_IS": "notice",
    **moments("created"),
    "WHEN": lambda notice: f"{notice.created:%Y-%m-%d %H:%M:%S}",
    "NOTHING": lambda _notice: "",
}
NOTICES = View(
    key="NID",
    fields=_FIELDS,
    json=words("TOPIC NOTICE TYPE ACK PRIORITY TIME DATE"),
    plain=words("NID TOPIC_AS_IS NOTICE_AS_IS TIME DATE"),
    csv=Csv(
        words("NID TOPIC_AS_IS NOTICE_AS_IS ACK TIME DATE"),
        "NID,TOPIC,NOTICE,ACK,TIME,DATE",
        frozenset(("TOPIC_AS_IS", "NOTICE_AS_IS")),
    ),
    shell=Labels(
        (("", "TOPIC_AS_IS"), ("", "NOTICE_AS_IS"), ("", "WHEN"), ("--", "NOTHING")), width=0, also_plain=False
    ),
)
