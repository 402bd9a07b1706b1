"""What can be connected: one row a product, drawn from its data."""

from typing import Annotated

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.services.installation import Installation
from oncall_ui.services.products import Product
from oncall_ui.services.sessions import LoggedIn
from pages.access import required
from pages.layout import frame
from pages.parts.head import head


def register(app: Installation) -> None:
    @ui.page("/calendar_connections/new")
    def new_connection_page(me: Annotated[LoggedIn, Depends(required(app))]) -> None:
        with frame(app, me, "New connection", "/calendars"), html.div().classes("oc-page narrow"):
            head(
                "Where do you keep your calendar?",
                "Next you choose how its events count. Nothing becomes availability before you do.",
                back="/calendars",
            )
            with html.section().classes("oc-card oc-rows").props("aria-label=Products"):
                for product in app.products:
                    _offer(product)
            with html.p().classes("oc-note oc-icon oc-i-shield"), html.span():
                html.span(
                    "Nothing is ever written to your calendars. Titles, descriptions and attendees are looked at "
                    "in memory and never stored. "
                )
                ui.link("What is kept", "/help/connect-a-calendar")


def _offer(product: Product) -> None:
    with html.article().classes("oc-offer"):
        html.img(src=f"/static/logos/{product.logo}", alt="").classes("oc-logo l")
        with html.div():
            with html.h2(product.name):
                if not product.works:
                    html.span("Not built yet").classes("oc-tag")
            words = html.p(product.sentence if product.works else product.missing)
        button = ui.button(product.button, color=None).props("unelevated no-caps").classes("oc-btn")
        if product.works:
            button.on_click(lambda: ui.navigate.to(f"/calendar_connections/new/{product.key}"))
        else:
            # Not disabled: it can still be found and reached, and says why it does nothing.
            button.props(f"aria-disabled=true aria-describedby={words.html_id}")
