"""Signing in to Microsoft (Entra ID): which scopes, what they allow, and what its refusals mean."""

import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

from providers.base import Refusal, SignIn
from providers.outlook.errors import LOST

OWNER = "User.Read"
DETAILS = "Calendars.Read"
TIMES = "Calendars.ReadBasic"
"""Calendars without bodies, attachments and extensions; we request even less."""
_RESOURCE = "https://graph.microsoft.com/"
_WITH_DETAILS = {"calendars.read", "calendars.readwrite"}
_ALWAYS = ("openid", "email", "offline_access", OWNER)
_AUTHORIZE = "/oauth2/v2.0/authorize"
_USUAL_HOST = "https://login.microsoftonline.com"
_CODE = re.compile(r"AADSTS(\d{5,7})")
_ADMIN = re.compile(
    r"admin\w*\s+(?:consent|approv)|(?:consent|approv)\w*\s+(?:of|from|by)\s+an?\s+admin", re.IGNORECASE
)
_ADMIN_CODES = {"65001", "90094", "90095", "900941"}
_UNUSED = timedelta(days=89)
"""Microsoft ends a refresh token that wasn't used for 90 days."""

_ASK_ADMIN = "Your organisation’s administrator has to allow this app once. Send them the link, then connect again."
_SENTENCES = {
    "50105": "Your organisation has not assigned you to this app. Ask its administrator to do that.",
    "50020": (
        "This Microsoft account does not belong to the organisation this server is registered for. "
        "Sign in with your account of that organisation."
    ),
    "50194": (
        "This server is registered with Microsoft for one organisation only. "
        "Your administrator has to set ONCALL_MICROSOFT_TENANT to it."
    ),
    "7000215": (
        "Microsoft rejected this server’s client secret. "
        "Your administrator has to set ONCALL_MICROSOFT_CLIENT_SECRET to the secret’s value."
    ),
    "7000222": (
        "This server’s client secret at Microsoft has expired. Your administrator has to create a new one there."
    ),
}


_UNUSED_FOR_LONG = "Microsoft ended our access because it was not used for a long time. Reconnect."
_SECOND_FACTOR = "Microsoft wants a second factor before it lets us in again. Reconnect, and confirm that it’s you."
_CHANGED = "Microsoft ended our access because the password was changed or reset. Reconnect."
_SIGN_IN_AGAIN = "Your organisation wants you to sign in to Microsoft again from time to time. Reconnect."
_BY_RULE = (
    "Your organisation’s rules do not let this server read your calendars. Ask its administrator to allow it, then "
    "reconnect."
)
_DISABLED = "Your Microsoft account is disabled. Ask your organisation’s administrator, then reconnect."
_ENDED = {
    "65001": (
        "You or your organisation’s administrator took back the permission for this server. Reconnect; if Microsoft "
        "asks for an administrator, send them the link shown then."
    ),
    **dict.fromkeys(("700082", "700081", "700084", "50089"), _UNUSED_FOR_LONG),
    **dict.fromkeys(("50076", "50079", "50074", "50158", "50072"), _SECOND_FACTOR),
    **dict.fromkeys(("50173", "50133", "50144", "50055"), _CHANGED),
    **dict.fromkeys(("70043", "50078", "70044", "50132"), _SIGN_IN_AGAIN),
    **dict.fromkeys(("53003", "53000", "53001", "53002", "530032"), _BY_RULE),
    "50057": _DISABLED,
    "50034": "Microsoft no longer knows this account. Reconnect with another one, or disconnect this one.",
    "50053": "Microsoft has locked this account after too many sign-ins. Unlock it there, then reconnect.",
    "50105": _SENTENCES["50105"],
}
"""AADSTS numbers with which Microsoft refuses a refresh token: what they mean, and who can act."""
_PASSING = {"50196", "90033", "90055", "90056", "90019", "50197"}
"""Loops it believes to see, limits and transient errors, which come as `invalid_grant` too."""


def is_narrow(granted: str) -> bool:
    """Whether the granted scopes, separated by spaces, allow free/busy times only.

    Microsoft returns them in any case, with or without the resource in front.
    """
    bare = {each.removeprefix(_RESOURCE) for each in granted.casefold().split()}
    return TIMES.casefold() in bare and not bare & _WITH_DETAILS


def refused(answer: Mapping[str, str], authorize_url: str, client_id: str) -> Refusal | None:
    """`answer`: `error` and `error_description` (RFC 6749 sections 4.1.2.1 and 5.2) with Microsoft's AADSTS numbers."""
    description = answer.get("error_description", "")
    codes = _CODE.findall(description)
    for code in codes:
        if code in _SENTENCES:
            return Refusal(_SENTENCES[code])
    if answer.get("error") == "consent_required" or _ADMIN_CODES.intersection(codes) or _ADMIN.search(description):
        return Refusal(_ASK_ADMIN, _admin_link(authorize_url, client_id), "Link for your administrator")
    return None


def reason(answer: Mapping[str, str]) -> str:
    """The first AADSTS number of a token endpoint's answer."""
    found = _CODE.search(answer.get("error_description", ""))
    return found[1] if found else ""


def passes(reason: str) -> bool:
    """Whether it is a trouble of Microsoft's own."""
    return reason in _PASSING


def lost(age: timedelta, reason: str) -> str:
    if reason in _ENDED:
        return _ENDED[reason]
    if age >= _UNUSED:
        return "Microsoft no longer lets us in, most likely because access was not used for 90 days. Reconnect."
    return LOST


def _admin_link(authorize_url: str, client_id: str) -> str:
    """Where an administrator allows the app for a whole organisation, which is the one they sign in to."""
    authority, found, _ = authorize_url.partition(_AUTHORIZE)
    host, _, tenant = authority.rpartition("/")
    if not found or not host:
        host, tenant = _USUAL_HOST, "organizations"
    if tenant in ("common", "consumers"):
        tenant = "organizations"
    return f"{host}/{tenant}/adminconsent?client_id={quote(client_id, safe='')}"


SIGN_IN = SignIn(
    authority="microsoft",
    scopes=(*_ALWAYS, DETAILS),
    narrow_scopes=(*_ALWAYS, TIMES),
    needed=(DETAILS,),
    narrow_needed=(TIMES,),
    parameters={"prompt": "select_account"},
    renewing={"prompt": "consent"},
    narrow_words="Free/busy times only",
    steps=(
        "In the Microsoft Entra admin centre, open **App registrations**, **New registration**. As supported account "
        "types, choose whose calendars may be connected: your organisation’s, or any organisation’s and personal ones.",
        "Under **Authentication**, add the platform **Web**, no other, with the redirect address {redirect}.",
        "Under **Certificates & secrets**, create a client secret; under **API permissions**, add the delegated "
        "permissions **Calendars.Read**, **Calendars.ReadBasic**, **User.Read** and **offline_access** of Microsoft "
        "Graph. Then set `ONCALL_MICROSOFT_CLIENT_ID`, `ONCALL_MICROSOFT_CLIENT_SECRET` and "
        "`ONCALL_MICROSOFT_TENANT`, and restart.",
    ),
    guide="/help/set-up-outlook",
    refused=refused,
    lost=lost,
    reason=reason,
    passes=passes,
    max_concurrency=4,
)
