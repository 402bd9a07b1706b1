"""Microsoft Graph's error answers: status and code → which Failure, and who can act.

Only the error code of an answer is repeated: its other text may quote ids.
"""

import re

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers import http
from providers.json import NotExpected, read_object, record, text

NAME = "Microsoft"
LOST = "Microsoft no longer lets us in, most likely after a password change. Reconnect."
_GONE = "Microsoft no longer has this calendar ({status}). Restore it there, or turn it off here."
_FORBIDDEN = "Microsoft does not let this account read this calendar (403). Ask its owner for access."
_NO_MAILBOX = {"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi", "resourcenotfound"}
_NO_ITEM = {"erroritemnotfound", "errorinvalididmalformed", "errorinvalidid"}
_DENIED = {"erroraccessdenied", "accessdenied", "authorization_requestdenied", "forbidden"}
_CODE = re.compile(r"[A-Za-z._]{1,60}")
_LARGE = 65_536


class Denied(MemberMustAct):
    """403 or 404 for this resource; another one of the account may be readable."""


def failure_of(response: httpx.Response) -> Failure:
    """For any answer but 200."""
    status, code = response.status_code, _code(response)
    detail = f"HTTP {status} {code}".strip()
    known = code.casefold()
    if status == 401:
        return MemberMustAct(Cause.ACCESS_LOST, LOST, detail=detail)
    if known in _NO_MAILBOX and status < 500:
        return no_calendars(detail)
    if status == 404 or (status == 400 and known in _NO_ITEM):
        return Denied(Cause.NOT_FOUND, _GONE.format(status=status), detail=detail)
    if status == 403 and known in _DENIED:
        return Denied(Cause.REFUSED, _FORBIDDEN, detail=detail)
    if status == 403 and known != "syncstatenotfound":
        return http.unexplained(response, NAME, detail=detail)
    return http.failure_for(response, NAME, {}, detail=detail)


def no_calendars(detail: str) -> Failure:
    sentence = "This Microsoft account has no Outlook calendar. Sign in with an account that has one."
    return Denied(Cause.NOT_FOUND, sentence, detail=detail)


def not_allowed(detail: str) -> Failure:
    sentence = (
        "Microsoft does not let us read the calendars of this account (403). "
        "Sign in again and allow it, or ask your organisation’s administrator."
    )
    return MemberMustAct(Cause.REFUSED, sentence, detail=detail)


def garbled(detail: str) -> Failure:
    return http.garbled(NAME, detail)


def elsewhere() -> Failure:
    sentence = "Microsoft redirected us to another server, so we stopped."
    return TryLater(Cause.SERVER_ERROR, sentence, detail="leads to another origin")


def endless() -> Failure:
    sentence = "Microsoft sent the same page of this account’s calendars again and again."
    return TryLater(Cause.SERVER_ERROR, sentence, detail="too many pages, or the same one again")


def _code(response: httpx.Response) -> str:
    """`error.code` of the answer; empty if it has none."""
    if len(response.content) > _LARGE:
        return ""
    try:
        code = text(record(read_object(response.content), "error"), "code")
    except NotExpected:
        return ""
    return code if _CODE.fullmatch(code) else ""
