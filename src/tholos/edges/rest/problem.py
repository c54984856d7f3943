"""Problem details (RFC 9457): what a refusal looks like over REST. ``docs/rest.md`` says what each type means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from tholos.edges.hestia.limit import TooMany
from tholos.edges.hestia.shares import RETRY
from tholos.edges.idempotency import KeyReused, TooManyKeys
from tholos.kernel import errors
from tholos.kernel.call import HttpResponse
from tholos.kernel.errors import Refusal

CONTENT_TYPE = "application/problem+json"
CHALLENGE = ("www-authenticate", 'Bearer realm="tholos", Basic realm="tholos", charset="UTF-8"')
"""How to authenticate (RFC 9110, 11.6.1; RFC 6750; RFC 7617)."""


class Kind(NamedTuple):
    """A kind of problem: its status, and the title that is the same for every problem of the kind."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, "The request cannot be read."),
    "unauthenticated": Kind(401, "Who is calling could not be shown."),
    "forbidden": Kind(403, "The caller may not do this."),
    "api-disabled": Kind(403, "The API is switched off for this caller."),
    "not-found": Kind(404, "There is nothing at this path."),
    "not-exist": Kind(404, "The object is missing."),
    "method-not-allowed": Kind(405, "The path does not know this method."),
    "exists": Kind(409, "The object is already there."),
    "suspended": Kind(409, "The object is suspended."),
    "not-suspended": Kind(409, "The object is not suspended."),
    "in-use": Kind(409, "The object is in use."),
    "limit-reached": Kind(409, "The account's package allows no more."),
    "disabled": Kind(409, "The subsystem is switched off."),
    "refused": Kind(409, "The call is refused."),
    "precondition-failed": Kind(412, "The resource is not as the caller expects it."),
    "media-type": Kind(415, "The body must be JSON."),
    "invalid": Kind(422, "An argument has the wrong form or value."),
    "key-reused": Kind(422, "The idempotency key belongs to another request."),
    "too-many-logins": Kind(429, "Too many logins have failed."),
    "too-many-keys": Kind(429, "Too many idempotency keys were sent."),
    "too-busy": Kind(429, "Too many calls of the caller are running."),
    "internal": Kind(500, "A fault of the server."),
    "database-failed": Kind(502, "A database server refused what it was asked."),
    "unreachable": Kind(503, "Another server could not be reached."),
    "service-failed": Kind(503, "A service refused its configuration or could not be restarted."),
    "disk-full": Kind(507, "There is no space left."),
}
"""Every kind by the last part of its ``type``."""


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refusal.

    ``code`` is the exit code that the command line gives, ``argument`` the parameter at fault, ``expected`` what that
    parameter takes.
    """

    type: str
    title: str
    status: int
    detail: str
    code: int | None = None
    argument: str | None = None
    expected: str | None = None


class Problem(Exception):  # noqa: N818 - it is an answer more than an error.
    """A request is answered with a problem; nothing was changed."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        code: int | None = None,
        argument: str | None = None,
        expected: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.details = ProblemDetails(
            f"/problems/{kind}", KINDS[kind].title, KINDS[kind].status, detail, code, argument, expected
        )
        self.headers = headers

    def response(self) -> HttpResponse:
        """The problem as an answer."""
        headers = (("content-type", CONTENT_TYPE), ("cache-control", "no-store"), *self.headers)
        return HttpResponse(self.details.status, headers, msgspec.json.encode(self.details))


class PreconditionFailed(Refusal):
    """The resource is not as If-Match or If-None-Match expects it (RFC 9110, 13.1)."""


_BY_CLASS: tuple[tuple[type[Refusal], str], ...] = (
    (PreconditionFailed, "precondition-failed"),
    (KeyReused, "key-reused"),
    (TooManyKeys, "too-many-keys"),
    (errors.Usage, "invalid"),
    (errors.Unreadable, "invalid"),
    (errors.Invalid, "invalid"),
    (errors.NotExist, "not-exist"),
    (errors.Exists, "exists"),
    (errors.Suspended, "suspended"),
    (errors.Unsuspended, "not-suspended"),
    (errors.InUse, "in-use"),
    (errors.LimitReached, "limit-reached"),
    (errors.BadCredentials, "forbidden"),
    (errors.Forbidden, "forbidden"),
    (errors.Disabled, "disabled"),
    (errors.DiskFull, "disk-full"),
    (errors.Busy, "too-busy"),
    (errors.NoConnection, "unreachable"),
    (errors.DatabaseFailed, "database-failed"),
    (errors.ServiceFailed, "service-failed"),
    (errors.ApiDisabled, "api-disabled"),
)
_BY_CODE = {kind.code: name for kind, name in reversed(_BY_CLASS[4:])}


def of_refusal(refusal: Refusal) -> Problem:
    """The problem for what a command refused: by its class, else by its exit code."""
    kind = next((name for known, name in _BY_CLASS if isinstance(refusal, known)), None)
    kind = kind or (_BY_CODE.get(refusal.code, "refused") if refusal.code > 1 else "refused")
    expected = getattr(refusal, "expected", None)
    text = refusal.text or KINDS[kind].title
    return Problem(kind, text, code=refusal.code, argument=refusal.argument, expected=expected, headers=_wait(refusal))


def _wait(refusal: Refusal) -> tuple[tuple[str, str], ...]:
    """When to try again (RFC 9110, 10.2.3), where that is known."""
    if isinstance(refusal, TooManyKeys):
        return (("retry-after", str(refusal.wait)),)
    if isinstance(refusal, errors.Busy):
        return (("retry-after", str(RETRY)),)
    # A server that is down is looked for every second (apply/sql/down.py).
    return (("retry-after", "2"),) if isinstance(refusal, errors.NoConnection) else ()


def of_gate(refusal: Refusal) -> Problem:
    """The problem for a caller who was turned away before the command was looked at."""
    if isinstance(refusal, TooMany):
        return Problem(
            "too-many-logins", refusal.text, code=refusal.code, headers=(("retry-after", str(refusal.wait)),)
        )
    if refusal.code == errors.BadCredentials.code:
        return Problem("unauthenticated", refusal.text, code=refusal.code, headers=(CHALLENGE,))
    if refusal.code == 404:
        return Problem("not-found", refusal.text)
    kind = "forbidden" if isinstance(refusal, errors.Forbidden) else "api-disabled"
    detail = getattr(refusal, "detail", "") or refusal.text
    return Problem(kind, detail, code=refusal.code, argument=refusal.argument)
