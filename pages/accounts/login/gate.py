"""The card of a page that needs no login: forgotten passwords, links that set one or confirm an address."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from nicegui import html, ui

from oncall_ui.app import App
from pages.widgets.heading import public_page


@contextmanager
def gate(app: App, heading: str, sub: str = "", *, back: bool = False) -> Iterator[None]:
    """What is drawn inside is the card, below its heading. `back` draws a link to the log-in page above it."""
    with public_page():
        with html.section().classes("oc-card").props("aria-labelledby=gate"):
            with html.header():
                if back:
                    ui.link("Log in", "/login").classes("oc-back oc-icon oc-i-left")
                html.h1(heading).props("id=gate")
                if sub:
                    html.p(sub).classes("oc-sub gate-sub")
            yield
        gate_foot(app)


def gate_foot(app: App) -> None:
    """The line below the card: whose server it is."""
    host = urlsplit(app.settings.public_url).netloc
    html.p(f"{host} · your calendars stay on this server").classes("oc-gate-foot oc-icon oc-i-shield")


def main_button(words: str) -> ui.button:
    """The one button of a form."""
    return ui.button(words, color=None).props("unelevated no-caps type=submit").classes("oc-btn main")


def refusal(sentence: str) -> None:
    """Why a form was rejected, if it was."""
    if sentence:
        html.p(sentence).classes("oc-error oc-icon oc-i-alert").props("role=alert")
