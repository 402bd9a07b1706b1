"""What the pages know of Google: its row, and how one signs in."""

from collections.abc import Mapping
from datetime import timedelta

from providers.base import Product, Refusal, SignIn
from providers.google.account import GoogleAccount
from providers.google.errors import LOST
from providers.google.interpret import interpret
from providers.google.scopes import CALENDARS, EVENTS, FREE_BUSY, IDENTITY

_PARAMETERS = {"access_type": "offline"}
_TESTING = timedelta(days=6.5), timedelta(days=8)
"""Google ends what was granted to an app in “Testing” after seven days; noticed at the next import."""
_ENDED_AFTER_A_WEEK = (
    "Google let us in for seven days only, because this server’s registration there is still in “Testing”. "
    "Whoever runs this server has to publish it at Google first; then reconnect."
)
_ORGANISATION_ONLY = (
    "Google lets only accounts of one organisation sign in to this server. Choose an account of that organisation, "
    "or ask whoever runs this server."
)
_ADMINISTRATOR = (
    "Your organisation’s Google Workspace does not allow this app. Ask its administrator to allow the app with this "
    "client ID: {client_id}."
)


def refused(answer: Mapping[str, str], _authorize_url: str, client_id: str) -> Refusal | None:
    match answer.get("error"):
        case "org_internal":
            return Refusal(_ORGANISATION_ONLY)
        case "admin_policy_enforced":
            link = "https://admin.google.com/ac/owl/list?tab=configuredApps"
            return Refusal(_ADMINISTRATOR.format(client_id=client_id), link, "Where administrators allow apps")
    return None


def lost(age: timedelta) -> str:
    earliest, latest = _TESTING
    return _ENDED_AFTER_A_WEEK if earliest <= age <= latest else LOST


PRODUCT = Product(
    key="google",
    name="Google",
    sentence="Sign in at Google. Reads the events of the calendars you switch on, up to 90 days ahead; keeps only "
    "start, end, and whether you block or prefer.",
    button="Connect Google",
    logo="google.svg",
    vendor="Google",
    missing="Whoever runs this server has to register it with Google once. Until then, copy your calendar’s “Secret "
    "address in iCal format” and use Add ICS URL.",
    lists=True,
    sign_in=SignIn(
        authority="google",
        scopes=(*IDENTITY, CALENDARS, EVENTS, FREE_BUSY),
        narrow_scopes=(*IDENTITY, CALENDARS, FREE_BUSY),
        # Free and busy time is for calendars of which others show no more: not a reason to turn somebody away.
        needed=(CALENDARS, EVENTS),
        narrow_needed=(CALENDARS, FREE_BUSY),
        parameters={**_PARAMETERS, "prompt": "select_account"},
        renewing={**_PARAMETERS, "prompt": "consent select_account"},
        narrow_words="Free/busy times only",
        steps=(
            "In the **Google Cloud console** make a project and switch on the **Google Calendar API** in it.",
            "Set up its **OAuth consent screen**: **Internal** in a Workspace, else **External** and then published "
            "(“In production”), because in “Testing” every sign-in ends after 7 days.",
            "Make an **OAuth client** of the type **Web application** with the redirect address {redirect}, set "
            "`ONCALL_GOOGLE_CLIENT_ID` and `ONCALL_GOOGLE_CLIENT_SECRET`, and restart.",
        ),
        guide="/help/set-up-google",
        refused=refused,
        lost=lost,
    ),
    open=GoogleAccount,
    interpret=interpret,
)
