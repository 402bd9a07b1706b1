"""What can be connected, as pages may see it."""

from oncall_ui.services.installation import Installation
from oncall_ui.services.members import NotAllowed
from providers.base import Field, FieldKind, Product

__all__ = ["Field", "FieldKind", "Product", "get_product"]


def get_product(app: Installation, key: str) -> Product:
    """Raises NotAllowed when there is none of this key."""
    product = app.product(key)
    if product is None:
        raise NotAllowed
    return product
