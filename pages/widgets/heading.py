"""The top of a page: the link back, the title and one sentence; and the frame of pages without a login."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import html, ui


def page_header(title: str, lead: str = "", *, back: str = "") -> None:
    with html.header().classes("oc-head"), html.div():
        if back:
            ui.link("Back", back).classes("oc-back oc-icon oc-i-left")
        html.h1(title)
        if lead:
            html.p(lead).classes("oc-lead")


@contextmanager
def public_page(*, wide: bool = False) -> Iterator[None]:
    """What is drawn inside is centred on an empty page, below the app's name."""
    with html.div().classes("oc-gate"), html.div().classes("oc-door wide" if wide else "oc-door"):
        with html.span().classes("oc-brand"):
            html.span().classes("oc-mark")
            html.span("On-Call Optimizer")
        yield
