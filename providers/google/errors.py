"""Google's error answers: status and reason → which Failure, and who can act.

Google puts reasons into `error.errors[].reason` (rateLimitExceeded), `error.details[].reason` (SERVICE_DISABLED) and
`error.status`; they are compared without case and underscores. No other text of an answer is repeated.
"""

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers import http
from providers.json import NotExpected, first_text, read_object, record

NAME = "Google"
LOST = "Google no longer lets us in, most likely because access was removed or the password changed. Reconnect."
GONE = "Google no longer has this calendar. Restore it there, or turn it off here."
_API_DISABLED = (
    "Google says that the Google Calendar API is disabled for this server. Ask your administrator to enable it there."
)
_TOO_LITTLE = "Google gave us less access than we need. Sign in again, and leave every box ticked."
_NO_CALENDARS = (
    "This Google account doesn’t use Google Calendar. Open Google Calendar with it once, then sign in again."
)
FORBIDDEN = "Google does not let you read this calendar (403). Ask its owner for access."

_QUOTAS = {"ratelimitexceeded", "userratelimitexceeded", "quotaexceeded", "dailylimitexceeded", "resourceexhausted"}
_NOT_CONFIGURED = {"accessnotconfigured", "servicedisabled"}
_SCOPES = {"insufficientpermissions", "accesstokenscopeinsufficient", "insufficientscope"}
_NO_USER = {"notacalendaruser"}
_DENIED = "permissiondenied"
"""The status of every 403; a reason only where there is no other."""
_FORBIDDEN = {"forbidden", "requiredaccesslevel", "forbiddenforserviceaccounts"}
_EXPLAINED = _SCOPES | _NO_USER | _FORBIDDEN
_KNOWN = _QUOTAS | _NOT_CONFIGURED | _EXPLAINED | {_DENIED}


def failure_of(response: httpx.Response) -> Failure:
    """For any answer but 200."""
    status = response.status_code
    reasons = _reasons(response) if status in (403, 429) else frozenset()
    detail = " ".join(["HTTP", str(status), *sorted(reasons & _KNOWN)])
    if reasons & _QUOTAS:
        return http.busy(response, NAME, detail=detail)
    if reasons & _NOT_CONFIGURED:
        return TryLater(Cause.NOT_REGISTERED, _API_DISABLED, detail=detail)
    if status == 403 and not _is_explained(reasons):
        return http.unexplained(response, NAME, detail=detail)
    by_status = {
        401: (Cause.ACCESS_LOST, LOST),
        403: (Cause.REFUSED, _forbidden(reasons)),
        404: (Cause.NOT_FOUND, GONE),
        410: (Cause.NOT_FOUND, GONE),
    }
    return http.failure_for(response, NAME, by_status, detail=detail)


def unexpected(response: httpx.Response) -> Failure:
    """For an answer that makes no sense where it came, such as an expired page token."""
    return http.server_error(response, NAME, detail=f"HTTP {response.status_code}, unexpectedly")


def garbled(detail: str) -> Failure:
    return http.garbled(NAME, detail)


def not_allowed(detail: str) -> MemberMustAct:
    """For the account's list of calendars."""
    sentence = (
        "Google does not let us read the calendars of this account (403). Sign in again and leave every box ticked, or "
        "ask your organisation’s administrator."
    )
    return MemberMustAct(Cause.REFUSED, sentence, detail=detail)


def no_calendars() -> MemberMustAct:
    sentence = "Google has no calendar in this account. Create one in Google Calendar, then connect it here."
    return MemberMustAct(Cause.NOT_FOUND, sentence, detail="no calendars")


def no_identity() -> MemberMustAct:
    sentence = "Google does not say whose account this is. Sign in again, and leave every box ticked."
    return MemberMustAct(Cause.REFUSED, sentence, detail="no identity")


def no_busy_times(reasons: set[str]) -> Failure:
    """For one calendar inside a free/busy answer."""
    if "notFound" in reasons:
        return MemberMustAct(Cause.NOT_FOUND, GONE, detail="free/busy: not found")
    sentence = "Google does not tell us when this calendar is busy."
    return TryLater(Cause.SERVER_ERROR, sentence, detail="free/busy: refused")


def _reasons(response: httpx.Response) -> frozenset[str]:
    try:
        error = record(read_object(response.content), "error")
    except NotExpected:
        return frozenset()
    listed = [each for name in ("errors", "details") if isinstance(error.get(name), list) for each in error[name]]
    reasons = [first_text(error, "status"), *(first_text(each, "reason") for each in listed)]
    return frozenset(reason.lower().replace("_", "") for reason in reasons if reason)


def _is_explained(reasons: frozenset[str]) -> bool:
    return bool(reasons & _EXPLAINED) or reasons == {_DENIED}


def _forbidden(reasons: frozenset[str]) -> str:
    if reasons & _SCOPES:
        return _TOO_LITTLE
    return _NO_CALENDARS if reasons & _NO_USER else FORBIDDEN
