"""`run.py doctor`: what an operator asks when something doesn't work, answered a line each, with what to do.

It mends nothing, makes no more than a first start would (the data folder, the key file), and prints no secret.
"""

from collections.abc import Iterator

from oncall_ui.app import App, open_app
from oncall_ui.doctor import machine, store, vendors
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.settings import Settings

__all__ = ["Finding", "Verdict", "examine"]


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, in the order an operator would make them."""
    yield machine.address(settings)
    yield machine.folder(settings)
    try:
        app = open_app(settings)
    except (ValueError, OSError) as error:
        yield Finding("Secret keys", Verdict.FAULT, str(error))
        return
    try:
        yield from _of(app)
    finally:
        app.close()


def _of(app: App) -> Iterator[Finding]:
    database = store.database(app)
    yield database
    if database.verdict is not Verdict.FAULT:
        yield store.keys(app)
        yield store.calendars(app)
    yield from vendors.outbound(app)
    yield machine.post(app.settings)
    for product in app.products:
        if product.sign_in is not None:
            yield vendors.registration(app, product)
