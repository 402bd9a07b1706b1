"""Which server a connection asks: for the shares of imports, and for the log."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from oncall_ui.app import App
from oncall_ui.security.vault import VaultError
from oncall_ui.services.connections.credentials import unseal
from providers.base import FieldKind, Product


def host_of(app: App, product: Product, credentials: Mapping[str, str]) -> str:
    """Name and port, never the rest of a URL; empty if there is none."""
    client = app.oauth_client(product)
    urls = [client.api_url] if client else []
    urls += [credentials.get(field.key, "") for field in product.fields if field.kind is FieldKind.ADDRESS]
    try:
        return next((urlsplit(url).netloc.rpartition("@")[2].lower() for url in urls if url), "")
    except ValueError:
        return ""


def host_of_sealed(app: App, product_key: str, sealed: str) -> str:
    """As `host_of`; also empty if the product is gone or the credentials can't be opened."""
    product = app.product(product_key)
    if product is None:
        return ""
    try:
        return host_of(app, product, {} if product.sign_in else unseal(app, sealed))
    except VaultError:
        return ""
