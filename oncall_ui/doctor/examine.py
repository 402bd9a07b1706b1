"""`run.py doctor`: prints a line per finding, with what to do about it."""

from collections.abc import Iterator

from oncall_ui.app import App
from oncall_ui.doctor import imports, machine, process, providers, single_sign_on, store
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.settings import Settings
from oncall_ui.starting import is_new, open_to_examine


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings of every check, in the order an operator would make them."""
    yield machine.address(settings)
    if settings.role != "all":
        yield process.role(settings)
    yield machine.folder(settings)
    try:
        app = open_to_examine(settings)
    except (ValueError, OSError) as error:
        yield Finding("Secret keys", Verdict.FAULT, str(error))
        return
    try:
        yield from _findings(app)
    finally:
        app.close()


def _findings(app: App) -> Iterator[Finding]:
    database = store.database(app, is_new=is_new(app.settings))
    yield database
    if database.verdict is not Verdict.FAULT:
        yield store.keys(app)
        yield store.calendars(app)
    yield imports.workers(app)
    yield imports.running(app.settings)
    yield from providers.outbound(app)
    yield machine.email(app.settings)
    for product in app.products:
        if product.sign_in is not None:
            yield providers.registration(app, product)
    yield single_sign_on.registration(app)
