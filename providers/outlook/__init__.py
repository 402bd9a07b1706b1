"""Outlook and Microsoft 365 (Microsoft Graph v1.0): the calendars of an account, read through the calendar view."""

from providers.base import Product
from providers.outlook.account import OutlookAccount
from providers.outlook.interpret import interpret
from providers.outlook.signing_in import SIGN_IN

PRODUCT = Product(
    key="outlook",
    name="Outlook",
    company="Microsoft",
    sentence="Sign in with Microsoft, with a work, school or personal account. Reads the events of the calendars you "
    "switch on, up to 90 days ahead; keeps only start, end, and whether you block or prefer.",
    button="Connect Outlook",
    logo="outlook.svg",
    missing="Your administrator has to register this server with Microsoft once. Until then, publish your calendar in "
    "Outlook and use Add ICS URL.",
    lists=True,
    sign_in=SIGN_IN,
    open=OutlookAccount,
    interpret=interpret,
)
