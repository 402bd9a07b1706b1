"""The head of a page: the way back, what it is called, and the sentence that answers why one came."""

from nicegui import html, ui


def head(title: str, lead: str = "", *, back: str = "") -> None:
    with html.header().classes("oc-head"), html.div():
        if back:
            ui.link("Back", back).classes("oc-back oc-icon oc-i-left")
        html.h1(title)
        if lead:
            html.p(lead).classes("oc-lead")
