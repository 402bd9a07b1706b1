"""Outlook and Microsoft 365. Not connected yet: the row says so."""

from providers.base import Product

PRODUCT = Product(
    key="outlook",
    name="Outlook",
    sentence="Sign in at Microsoft and choose which of your calendars count.",
    button="Connect Outlook",
    logo="outlook.svg",
    missing="Signing in at Microsoft isn’t built yet. Until then, publish your calendar in Outlook "
    "and use Add ICS URL.",
)
