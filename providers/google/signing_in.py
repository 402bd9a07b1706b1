"""Signing in to Google: which scopes, what they allow, and what Google's refusals mean."""

from collections.abc import Mapping
from datetime import timedelta

from providers.base import Refusal, SignIn
from providers.google.errors import LOST

_CALENDAR = "https://www.googleapis.com/auth/calendar"
CALENDARS = f"{_CALENDAR}.calendarlist.readonly"
EVENTS = f"{_CALENDAR}.events.readonly"
FREE_BUSY = f"{_CALENDAR}.freebusy"
IDENTITY = ("openid", "email")
_INCLUDE_EVENTS = {_CALENDAR, f"{_CALENDAR}.readonly", f"{_CALENDAR}.events", EVENTS}
_PARAMETERS = {"access_type": "offline"}
_TESTING = timedelta(days=6.5), timedelta(days=8)
"""Google ends the grants of an app in “Testing” after seven days; the next import notices."""
_ENDED_AFTER_A_WEEK = (
    "Google ended our access after seven days, because this server’s registration there is still in “Testing”. "
    "Ask your administrator to publish it at Google, then reconnect."
)
_ORGANISATION_ONLY = (
    "Google lets only accounts of one organisation sign in to this server. Choose an account of that organisation, "
    "or ask your administrator."
)
_WORKSPACE = (
    "Your organisation’s Google Workspace does not allow this app. Ask its administrator to allow the app with this "
    "client ID: {client_id}."
)


def show_events(granted: str) -> bool:
    """Whether the granted scopes, separated by spaces, include events. An empty list means all that were requested."""
    scopes = set(granted.split())
    return not scopes or bool(scopes & _INCLUDE_EVENTS)


def refused(answer: Mapping[str, str], _authorize_url: str, client_id: str) -> Refusal | None:
    match answer.get("error"):
        case "org_internal":
            return Refusal(_ORGANISATION_ONLY)
        case "admin_policy_enforced":
            link = "https://admin.google.com/ac/owl/list?tab=configuredApps"
            return Refusal(_WORKSPACE.format(client_id=client_id), link, "Where administrators allow apps")
    return None


def lost(age: timedelta, _reason: str) -> str:
    earliest, latest = _TESTING
    return _ENDED_AFTER_A_WEEK if earliest <= age <= latest else LOST


SIGN_IN = SignIn(
    authority="google",
    scopes=(*IDENTITY, CALENDARS, EVENTS, FREE_BUSY),
    narrow_scopes=(*IDENTITY, CALENDARS, FREE_BUSY),
    # Free/busy is only for calendars shared that way: no reason to refuse somebody who unticks it.
    needed=(CALENDARS, EVENTS),
    narrow_needed=(CALENDARS, FREE_BUSY),
    parameters={**_PARAMETERS, "prompt": "select_account"},
    renewing={**_PARAMETERS, "prompt": "consent select_account"},
    narrow_words="Free/busy times only",
    steps=(
        "In the **Google Cloud console**, create a project and enable the **Google Calendar API** in it.",
        "Set up its **OAuth consent screen**: **Internal** in a Workspace, otherwise **External** and then published "
        "(“In production”), because in “Testing” every sign-in ends after 7 days.",
        "Create an **OAuth client** of type **Web application** with the redirect address {redirect}, set "
        "`ONCALL_GOOGLE_CLIENT_ID` and `ONCALL_GOOGLE_CLIENT_SECRET`, and restart.",
    ),
    guide="/help/set-up-google",
    refused=refused,
    lost=lost,
)
