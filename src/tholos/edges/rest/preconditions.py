"""Conditional requests (RFC 9110, 13): If-Match and If-None-Match against the entity tag of what is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tholos.edges.rest.problem import PreconditionFailed
from tholos.edges.rest.shown import of_state

_TAG = re.compile(r'(W/)?("[^"]*")')


def not_modified(headers: Mapping[str, str], etag: str) -> bool:
    """Tell whether the caller already has this representation; tags are compared weakly (RFC 9110, 13.1.2)."""
    return _matches(headers.get("if-none-match"), etag, weakly=True, alike=str)


def is_conditional(headers: Mapping[str, str]) -> bool:
    """Tell whether a change depends on what is there."""
    return "if-match" in headers or "if-none-match" in headers


def check(headers: Mapping[str, str], current: Callable[[], str | None]) -> None:
    """Raise PreconditionFailed when what is there (its tag, None for nothing) is not as the caller expects it."""
    if not is_conditional(headers):
        return
    etag = current()
    if "if-match" in headers and not _matches(headers["if-match"], etag, weakly=False):
        there = "nothing is there" if etag is None else f"it is {etag} now"
        raise PreconditionFailed(f"If-Match names another state of the resource: {there}", argument="If-Match")
    if "if-none-match" in headers and _matches(headers["if-none-match"], etag, weakly=True):
        raise PreconditionFailed("If-None-Match names the state of the resource", argument="If-None-Match")


def _matches(field: str | None, etag: str | None, *, weakly: bool, alike: Callable[[str], str] = of_state) -> bool:
    """Whether one of the tags in a field is this one, as far as ``alike`` tells them apart."""
    if field is None or etag is None:
        return False
    if field.strip() == "*":
        return True
    return any(alike(found[2]) == alike(etag) and (weakly or not found[1]) for found in _TAG.finditer(field))
