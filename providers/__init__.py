"""Where calendars come from: the list of products, in the order in which members see them."""

from providers import caldav, google, ics, outlook
from providers.base import Product

PRODUCTS: tuple[Product, ...] = (google.PRODUCT, outlook.PRODUCT, caldav.PRODUCT, ics.PRODUCT)
