"""CalDAV (RFC 4791). Not connected yet: the row says so."""

from providers.base import Product

PRODUCT = Product(
    key="caldav",
    name="CalDAV",
    sentence="Nextcloud, Fastmail, iCloud, Radicale and others, with an app password.",
    button="Connect CalDAV",
    logo="caldav.svg",
    missing="Reading CalDAV isn’t built yet. Until then, copy your calendar’s subscription link and use Add ICS URL.",
)
