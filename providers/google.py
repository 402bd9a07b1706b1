"""Google Calendar. Not connected yet: the row says so."""

from providers.base import Product

PRODUCT = Product(
    key="google",
    name="Google",
    sentence="Sign in at Google and choose which of your calendars count.",
    button="Connect Google",
    logo="google.svg",
    missing="Signing in at Google isn’t built yet. Until then, copy your calendar’s “Secret address in iCal format” "
    "and use Add ICS URL.",
)
