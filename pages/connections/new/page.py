"""Adding a connection: one row per product, built from the product's data."""

from typing import Annotated, Any

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.connect import Product
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, pop_flash
from pages.widgets.forms.steps import steps
from pages.widgets.heading import page_header

NEW = "/calendar_connections/new"


def register(app: App) -> None:
    @page(NEW)
    def new_connection_page(
        me: Annotated[LoggedIn, Depends(login_required(app))], failed: Annotated[dict[str, Any], Depends(pop_flash)]
    ) -> None:
        with frame(app, me, "New connection", "/calendars"), html.div().classes("oc-page narrow"):
            page_header(
                "Where do you keep your calendar?",
                "In the next step you choose how its events count. Nothing counts before that.",
                back="/calendars",
            )
            if failed.get("sentence"):
                _failed(app.product(failed.get("product", "")), failed)
            with html.section().classes("oc-card oc-rows").props("aria-label=Products"):
                for product in app.products:
                    _offer(app, product)
            with html.p().classes("oc-note oc-icon oc-i-shield"), html.span():
                html.span(
                    "We never write to your calendars. Titles, descriptions and attendees are only processed in memory "
                    "and never stored. "
                )
                ui.link("What we keep", "/help/connect-a-calendar")


def _failed(product: Product | None, failed: dict[str, Any]) -> None:
    """Why a sign-in failed, and what to do about it."""
    reconnects = failed.get("reconnects")
    with html.section().classes("oc-alert").props("role=alert aria-labelledby=failed"):
        html.i().classes("oc-i oc-i-alert")
        with html.div():
            name = product.name if product else "The calendar"
            TextElement(tag="h2", text=f"{name} was not {'reconnected' if reconnects else 'connected'}").props(
                "id=failed"
            )
            TextElement(tag="p", text=failed["sentence"])
            if link := failed.get("link"):
                with html.p():
                    TextElement(tag="span", text=f"{failed.get('words') or 'Link'}: ")
                    TextElement(tag="code", text=link).classes("oc-copy")
        if product is not None:
            again = f"?again={reconnects}" if reconnects else ""
            with html.div().classes("oc-acts wide"):
                button = ui.button("Try again", color=None).props("unelevated no-caps").classes("oc-btn main")
            button.on_click(lambda: ui.navigate.to(f"{NEW}/{product.key}{again}"))


def _offer(app: App, product: Product) -> None:
    offers = app.offers(product)
    with html.article().classes("oc-offer"):
        html.img(src=f"/static/logos/{product.logo}", alt="").classes("oc-logo l")
        with html.div():
            with html.h2(product.name):
                if not offers:
                    html.span("Not set up on this server").classes("oc-tag")
            words = TextElement(tag="p", text=product.sentence if offers else product.missing)
            if offers and product.sign_in:
                narrow = ui.link(product.sign_in.narrow_words, f"{NEW}/{product.key}?only=busy").classes("oc-narrow")
                narrow.props["aria-label"] = f"{product.name}: {product.sign_in.narrow_words}"
        button = ui.button(product.button, color=None).props("unelevated no-caps").classes("oc-btn")
        if offers:
            button.on_click(lambda: ui.navigate.to(f"{NEW}/{product.key}"))
        else:
            # Not the attribute `disabled`: keyboard and screen reader can still reach it and learn why.
            button.props(f"aria-disabled=true aria-describedby={words.html_id}")
            _set_up(app, product)


def _set_up(app: App, product: Product) -> None:
    """For the administrator: how to register this server with the provider, with the redirect URL to paste."""
    client = app.oauth_client(product)
    if product.sign_in is None or client is None:
        return
    with html.details().classes("oc-set-up"):
        with html.summary():
            html.span(f"How to set up {product.name}")
            html.i().classes("oc-i oc-i-down turn")
        steps([step.replace("{redirect}", f"`{client.redirect_url}`") for step in product.sign_in.steps])
        ui.link("Step-by-step guide", product.sign_in.guide)
