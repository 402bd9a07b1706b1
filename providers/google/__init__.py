"""Google Calendar (API v3): the calendars of an account, each read with one query for the whole window."""

from providers.base import Product
from providers.google.account import GoogleAccount, whose
from providers.google.interpret import interpret
from providers.google.signing_in import SIGN_IN

PRODUCT = Product(
    key="google",
    name="Google",
    company="Google",
    sentence="Sign in with Google. Reads the events of the calendars you switch on, up to 90 days ahead; keeps only "
    "start, end, and whether you block or prefer.",
    button="Connect Google",
    logo="google.svg",
    missing="Your administrator has to register this server with Google once. Until then, copy your calendar’s “Secret "
    "address in iCal format” and use Add ICS URL.",
    lists=True,
    sign_in=SIGN_IN,
    methods=frozenset({"GET", "POST"}),
    open=GoogleAccount,
    whose=whose,
    interpret=interpret,
)
