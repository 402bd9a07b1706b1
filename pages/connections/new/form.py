"""Connecting a product or reconnecting it. The form's credentials are tested before anything is stored."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import RedirectResponse, Response
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.connect import Product, connect, get_product, reconnect
from oncall_ui.services.connections.oauth_flow import begin
from oncall_ui.services.connections.views import ConnectionView, get_connection
from pages.connections.new.credentials import CredentialsForm
from pages.connections.new.page import NEW
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, still_here
from pages.widgets.forms.steps import steps
from pages.widgets.heading import page_header

FREE_BUSY_ONLY = "busy"
"""Value of the query parameter `only` for a sign-in that grants free/busy times only."""


def register(app: App) -> None:
    logged_in = login_required(app)

    def chosen(_me: Annotated[LoggedIn, Depends(logged_in)], product: str) -> Product:
        return get_product(app, product)

    def existing(
        me: Annotated[LoggedIn, Depends(logged_in)], product: Annotated[Product, Depends(chosen)], again: str = ""
    ) -> ConnectionView | None:
        """The connection to reconnect, if the URL names one."""
        if not again:
            return None
        if not again.isdecimal() or len(again) > 18:
            raise NotAllowed
        connection = get_connection(app, me.member.id, int(again))
        if connection.product != product.key:
            raise NotAllowed
        return connection

    def redirect_target(
        me: Annotated[LoggedIn, Depends(logged_in)],
        product: Annotated[Product, Depends(chosen)],
        connection: Annotated[ConnectionView | None, Depends(existing)],
        only: str = "",
    ) -> str:
        """The provider's sign-in page, or the list if the product isn't set up; empty if the product has a form."""
        if not app.offers(product):
            return NEW
        if product.sign_in is None:
            return ""
        reconnects = connection.id if connection else None
        return begin(app, me, product, reconnects=reconnects, free_busy_only=only == FREE_BUSY_ONLY)

    @page(NEW + "/{product}")
    def connect_page(
        me: Annotated[LoggedIn, Depends(logged_in)],
        product: Annotated[Product, Depends(chosen)],
        connection: Annotated[ConnectionView | None, Depends(existing)],
        target: Annotated[str, Depends(redirect_target)],
    ) -> Response | None:
        if target:
            return RedirectResponse(target, 303)
        with frame(app, me, f"Reconnect {connection.nickname}" if connection else product.title, "/calendars"):
            if connection:
                page_header(
                    f"Reconnect {connection.nickname}",
                    "We test it before anything changes. Its calendars keep their settings, and existing entries still "
                    "count.",
                    back="/calendars",
                )
            else:
                page_header(product.title, product.lead, back=NEW)
            with html.div().classes("oc-split"):
                _form(app, me, product, connection)
                if product.help:
                    _help(product)
        return None


def _form(app: App, me: LoggedIn, product: Product, existing: ConnectionView | None) -> None:
    """`existing` is the connection to reconnect, if any."""
    client = ui.context.client

    async def save() -> int:
        await still_here(app, me)
        if existing:
            return await reconnect(app, me.member.id, existing.id, form.nickname, form.values)
        return await connect(app, me.member.id, product.key, form.nickname, form.values)

    async def submit() -> None:
        if not form.begin():
            return
        connection_id = None
        try:
            connection_id = await save()
        except InvalidInput as error:
            form.refuse(error.sentences)
        except Failure as failure:
            form.fail(failure)
        except NotAllowed:
            # The connection was removed in the meantime.
            if not client.is_deleted:
                ui.navigate.reload()
        finally:
            if connection_id is None:
                form.end()
        # The connection is made even if the page has been closed in the meantime.
        if connection_id is not None and not client.is_deleted:
            ui.navigate.to(f"/calendar_connections/{connection_id}")

    # Enter presses the submit button; the form itself is never sent.
    with html.form().classes("oc-card oc-form oc-fields").props("novalidate") as frame_of_form:
        frame_of_form.on("submit", js_handler="(event) => event.preventDefault()")
        form = CredentialsForm(product, existing.nickname if existing else "")
        with html.div().classes("oc-acts wide"):
            button = ui.button("Reconnect" if existing else "Create", color=None, on_click=submit)
            button.props("unelevated no-caps type=submit").classes("oc-btn main")
            back = "/calendars" if existing else NEW
            cancel = ui.button("Cancel", color=None, on_click=lambda: ui.navigate.to(back))
            cancel.props("flat no-caps").classes("oc-btn quiet")
        form.button = button


def _help(product: Product) -> None:
    with html.section().classes("oc-card").props("aria-labelledby=where"):
        with html.div().classes("oc-card-head"):
            html.h2(product.help_title).props("id=where")
        for number, (logo, name, lines) in enumerate(product.help):
            with html.details().classes("oc-fold") as fold:
                with html.summary():
                    html.img(src=f"/static/logos/{logo}", alt="").classes("oc-logo s")
                    html.span(name)
                    html.i().classes("oc-i oc-i-down turn")
                steps(lines)
            if number == 0:
                fold.props("open")
