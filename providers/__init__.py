"""Where calendars come from. One more is a module, a line in `PRODUCTS`, a fake, and an id in the contract suite."""

from providers import caldav, google, ics, outlook
from providers.base import Product

PRODUCTS: tuple[Product, ...] = (google.PRODUCT, outlook.PRODUCT, caldav.PRODUCT, ics.PRODUCT)


def product(key: str) -> Product | None:
    return next((each for each in PRODUCTS if each.key == key), None)
