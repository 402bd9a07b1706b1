"""What the pages know of Outlook: its row, and how one signs in."""

from providers.base import Product
from providers.outlook.account import OutlookAccount
from providers.outlook.interpret import interpret
from providers.outlook.signing_in import SIGN_IN

PRODUCT = Product(
    key="outlook",
    name="Outlook",
    sentence="Sign in at Microsoft, with a work, school or personal account. Reads the events of the calendars you "
    "switch on, up to 90 days ahead; keeps only start, end, and whether you block or prefer.",
    button="Connect Outlook",
    logo="outlook.svg",
    missing="Whoever runs this server has to register it with Microsoft once. Until then, publish your calendar in "
    "Outlook and use Add ICS URL.",
    vendor="Microsoft",
    lists=True,
    sign_in=SIGN_IN,
    open=OutlookAccount,
    interpret=interpret,
)
