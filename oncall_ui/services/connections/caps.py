"""What one member may have and do at once, so that nobody takes the server's memory from the others."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.models import Connection
from providers.base import FieldKind, Product


@contextmanager
def checking(app: App, member_id: int, product: Product) -> Iterator[None]:
    """Held while an account or address is checked. Raises InvalidInput if ONCALL_MAX_CHECKS are running already."""
    with checking_at(app, member_id, _label(product)):
        yield


@contextmanager
def checking_at(app: App, member_id: int, field: str) -> Iterator[None]:
    """As `checking`; `field` is the label of what shows the sentence."""
    running = app.checks[member_id]
    if running >= app.settings.max_checks:
        raise InvalidInput(field, f"{_count(running, 'check')} already running. Try again when one is done.")
    app.checks[member_id] += 1
    try:
        yield
    finally:
        app.checks[member_id] -= 1
        if not app.checks[member_id]:
            del app.checks[member_id]


def require_room(session: Session, app: App, member_id: int, product: Product) -> None:
    """Raises InvalidInput if the member has ONCALL_MAX_CONNECTIONS. The caller holds the member's lock."""
    found = session.exec(
        select(func.count()).select_from(Connection).where(col(Connection.member_id) == member_id)
    ).one()
    if found >= app.settings.max_connections:
        raise InvalidInput(
            _label(product), f"You have {found} connections, the most this server allows. Disconnect one first."
        )


def _label(product: Product) -> str:
    """Of the field that shows the sentence."""
    addresses = (field.label for field in product.fields if field.kind is FieldKind.ADDRESS)
    return next(addresses, product.fields[0].label if product.fields else "")


def _count(number: int, noun: str) -> str:
    return f"1 {noun} is" if number == 1 else f"{number} {noun}s are"
