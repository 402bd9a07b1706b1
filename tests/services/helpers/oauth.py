"""Steps the tests of signing in share."""

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.oauth_flow import SignInResult, begin, finish
from oncall_ui.services.connections.views import get_connection
from tests.conftest import Person
from tests.vendors import Vendor, visit


def start(
    app: App, person: Person, vendor: Vendor, *, reconnects: int | None = None, free_busy_only: bool = False
) -> str:
    product = app.product(vendor.product)
    assert product is not None
    return begin(app, person.me, product, reconnects=reconnects, free_busy_only=free_busy_only)


async def sign_in(
    app: App, person: Person, vendor: Vendor, *, reconnects: int | None = None, free_busy_only: bool = False
) -> SignInResult:
    """The whole way, by a browser that is signed in at the vendor and allows everything."""
    answer = await visit(start(app, person, vendor, reconnects=reconnects, free_busy_only=free_busy_only))
    return await finish(app, person.me, vendor.authority, answer)


def choose_all(app: App, person: Person, connection_id: int) -> None:
    calendars = get_connection(app, person.id, connection_id).calendars
    choose(app, person.id, connection_id, {each.id: Choice(True, Mode.MATCHING) for each in calendars})
