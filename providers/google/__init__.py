"""Google Calendar (API v3): an account one signs in to, read with one windowed question a calendar."""

from providers.google.product import PRODUCT

__all__ = ["PRODUCT"]
