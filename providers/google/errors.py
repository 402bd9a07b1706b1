"""What Google says instead of an answer, and who can act: status and reason → Failure.

Reasons stand in `error.errors[].reason` (rateLimitExceeded), in `error.details[].reason` (SERVICE_DISABLED) and as
`error.status`; they are compared without case and underscores.
"""

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers.google.values import NotExpected, part, read_object, text
from providers.http import retry_after

LOST = "Google no longer lets us in, most likely because access was removed or the password changed."
GONE = "Google no longer has this calendar. Bring it back there, or switch it off here."
_BUSY = "Google asks us to come back later ({status})."
_ODD = "Google is not answering properly ({status}). It is tried again by itself."
_GARBLED = "Google answers in a way we can’t read. It is tried again by itself."
_SWITCHED_OFF = (
    "The Google Calendar API is switched off where this server is registered at Google. Whoever runs this server can "
    "switch it on there; reading then goes on by itself."
)
_TOO_LITTLE = "Google lets us see less than is needed. Reconnect, and tick every box there."
_NO_CALENDARS = "This Google account doesn’t use Google Calendar. Open Google Calendar with it once, then reconnect."
_FORBIDDEN = "Google does not let you read this calendar (403). Whoever owns it there can allow it."

_QUOTAS = {"ratelimitexceeded", "userratelimitexceeded", "quotaexceeded", "dailylimitexceeded", "resourceexhausted"}
_NOT_CONFIGURED = {"accessnotconfigured", "servicedisabled"}
_SCOPES = {"insufficientpermissions", "accesstokenscopeinsufficient", "insufficientscope"}
_NO_USER = {"notacalendaruser"}


def refusal(response: httpx.Response) -> Failure:
    """Of any answer but 200."""
    status = response.status_code
    reasons = reasons_of(response) if status in (403, 429) else frozenset()
    detail = " ".join(["HTTP", str(status), *sorted(reasons & _KNOWN)])
    if status == 429 or reasons & _QUOTAS:
        return TryLater(Cause.BUSY, _BUSY.format(status=status), detail=detail, retry_after=retry_after(response))
    if reasons & _NOT_CONFIGURED:
        return TryLater(Cause.REFUSED, _SWITCHED_OFF, detail=detail)
    if status == 401:
        return MemberMustAct(Cause.REFUSED, LOST, detail=detail)
    if status == 403:
        return MemberMustAct(Cause.REFUSED, _forbidden(reasons), detail=detail)
    if status in (404, 410):
        return MemberMustAct(Cause.NOT_FOUND, GONE, detail=detail)
    sentence = _ODD.format(status=status)
    return TryLater(Cause.SERVER_ERROR, sentence, detail=detail, retry_after=retry_after(response))


def reasons_of(response: httpx.Response) -> frozenset[str]:
    try:
        error = part(read_object(response.content).get("error"))
    except NotExpected:
        return frozenset()
    listed = [each for name in ("errors", "details") if isinstance(error.get(name), list) for each in error[name]]
    reasons = [error.get("status"), *(part(each).get("reason") for each in listed)]
    return frozenset(text(reason).lower().replace("_", "") for reason in reasons if reason)


def later(response: httpx.Response) -> Failure:
    """Of an answer that makes no sense where it came: a page token run out, an account without its list."""
    status = response.status_code
    return TryLater(Cause.SERVER_ERROR, _ODD.format(status=status), detail=f"HTTP {status}, unexpectedly")


def garbled(what: str) -> Failure:
    return TryLater(Cause.SERVER_ERROR, _GARBLED, detail=what)


def _forbidden(reasons: frozenset[str]) -> str:
    if reasons & _SCOPES:
        return _TOO_LITTLE
    return _NO_CALENDARS if reasons & _NO_USER else _FORBIDDEN


_KNOWN = _QUOTAS | _NOT_CONFIGURED | _SCOPES | _NO_USER
