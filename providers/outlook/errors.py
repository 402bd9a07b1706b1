"""What an answer other than the one asked for means, and who can act.

Nothing of an answer's own words is passed on but its error code: they may quote ids.
"""

import re

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers.http import retry_after
from providers.outlook.values import Odd, loaded, record, text

LOST = "Microsoft no longer lets us in, most likely after a password change."
_NO_MAILBOX = {"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi", "resourcenotfound"}
_GONE = {"erroritemnotfound", "errorinvalididmalformed", "errorinvalidid"}
_CODE = re.compile(r"[A-Za-z._]{1,60}")
_LARGE = 65_536


class Denied(MemberMustAct):
    """403 or 404: of this resource alone, another one may be given."""


def refusal(response: httpx.Response) -> Failure:
    """The failure for any answer that isn't 200."""
    status, code = response.status_code, _code(response)
    detail = f"HTTP {status} {code}".strip()
    known = code.casefold()
    if status == 401:
        return MemberMustAct(Cause.REFUSED, LOST, detail=detail)
    if known in _NO_MAILBOX and status < 500:
        return no_calendars(detail)
    if status == 404 or (status == 400 and known in _GONE):
        sentence = f"Microsoft no longer has this calendar ({status}). Bring it back there, or switch it off here."
        return Denied(Cause.NOT_FOUND, sentence, detail=detail)
    if status == 403 and known != "syncstatenotfound":
        sentence = "Microsoft does not let this account read this calendar (403). Whoever shares it can allow it."
        return Denied(Cause.REFUSED, sentence, detail=detail)
    wait = retry_after(response)
    if status == 429:
        return TryLater(Cause.BUSY, "Microsoft asks us to come back later (429).", detail=detail, retry_after=wait)
    sentence = f"Microsoft is not answering properly ({status})."
    return TryLater(Cause.SERVER_ERROR, sentence, detail=detail, retry_after=wait)


def no_calendars(detail: str) -> Failure:
    sentence = "This Microsoft account has no Outlook calendar. Sign in with the account that has one."
    return Denied(Cause.NOT_FOUND, sentence, detail=detail)


def not_allowed(detail: str) -> Failure:
    sentence = (
        "Microsoft does not let us read the calendars of this account (403). "
        "Sign in once more and allow it, or ask your administrator."
    )
    return MemberMustAct(Cause.REFUSED, sentence, detail=detail)


def garbled(what: str) -> Failure:
    return TryLater(Cause.SERVER_ERROR, "Microsoft answers in a way we can’t read.", detail=what)


def elsewhere() -> Failure:
    sentence = "Microsoft sends us on to another server, so we stopped there."
    return TryLater(Cause.SERVER_ERROR, sentence, detail="leads to another origin")


def endless() -> Failure:
    sentence = "Microsoft hands out this calendar in pieces that never end."
    return TryLater(Cause.SERVER_ERROR, sentence, detail="too many pages, or the same one again")


def too_large(how: str) -> Failure:
    sentence = (
        f"This calendar at Microsoft {how}, more than this server reads. Switch it off here, or thin it out there."
    )
    return MemberMustAct(Cause.TOO_LARGE, sentence, detail="too large")


def _code(response: httpx.Response) -> str:
    """`error.code` of Graph's error body; empty where there is none."""
    if len(response.content) > _LARGE:
        return ""
    try:
        code = text(record(loaded(response.content), "error"), "code")
    except Odd:
        return ""
    return code if _CODE.fullmatch(code) else ""
