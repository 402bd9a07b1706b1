"""What the doctor finds while the app runs: for Admin."""

from collections.abc import Iterator, Sequence

from oncall_ui.app import App
from oncall_ui.doctor import machine, providers, single_sign_on, store
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.security.rate_limits import PROVIDER_CHECKS
from oncall_ui.services.accounts.members import require_admin

TOO_MANY = "You checked 20 times in the last hour. Try again later."


def local_findings(app: App) -> Sequence[Finding]:
    """What can be checked without a request. Takes a millisecond, and one more for every 20 connections."""
    return machine.address(app.settings), machine.folder(app.settings), store.keys(app)


def check_providers(app: App, admin_id: int) -> str:
    """Asks every provider that is set up, and compares the clock. What is wrong, in sentences; empty if nothing is.

    Takes seconds. Raises NotAllowed unless the member is an administrator.
    """
    with app.db.read() as session:
        require_admin(session, admin_id)
    if not app.rate_limits.allows(PROVIDER_CHECKS, "provider checks", str(admin_id)):
        return TOO_MANY
    faults = [each for each in _asked(app) if each.verdict is Verdict.FAULT]
    return " ".join(f"{each.name}: {each.text}" for each in faults)


def providers_in_use(app: App) -> Sequence[str]:
    """Names of the companies whose sign-in is set up on this server, and of single sign-on."""
    found = [product.company for product in app.products if product.sign_in is not None and app.offers(product)]
    return [*found, app.settings.oidc.name] if app.openid is not None else found


def _asked(app: App) -> Iterator[Finding]:
    yield from providers.outbound(app)
    for product in app.products:
        if product.sign_in is not None and app.offers(product):
            yield providers.registration(app, product)
    if app.openid is not None:
        yield single_sign_on.registration(app)
