"""The site as the web part of a domain."""

from __future__ import annotations

from tholos.resources.domain.parts import Part, part
from tholos.resources.web.add import add
from tholos.resources.web.delete import remove
from tholos.resources.web.owner import move
from tholos.resources.web.record import NOUN, SITE_NAMES, count, find
from tholos.resources.web.suspend import suspend, unsuspend

SITE = part(
    Part(
        noun=NOUN,
        order=10,
        setting="WEB_SYSTEM",
        limit="web_domains",
        count=count,
        find=find,
        add=add,
        delete=remove,
        suspend=suspend,
        unsuspend=unsuspend,
        names=SITE_NAMES,
        move=move,
    )
)
