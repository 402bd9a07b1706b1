"""CalDAV (RFC 4791): an account on a server, found from what its owner knows, read whole when it changed."""

from providers.caldav.product import PRODUCT

__all__ = ["PRODUCT"]
