"""Connecting one product, or connecting it again: its form, read once before anything is kept."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import RedirectResponse, Response
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.connect import Product, connect, get_product, reconnect
from oncall_ui.services.connections.oauth_flow import begin
from oncall_ui.services.connections.views import ConnectionView, get_connection
from pages.connections.new.credentials import CredentialsForm
from pages.layout import frame
from pages.session import login_required, still_here
from pages.widgets.heading import page_header
from pages.widgets.steps import steps

ALL = "/calendar_connections/new"
NARROW = "busy"
"""Value of `only` for a sign-in that gives free and busy times and nothing else."""


def register(app: App) -> None:
    logged_in = login_required(app)

    def wanted(_me: Annotated[LoggedIn, Depends(logged_in)], product: str) -> Product:
        return get_product(app, product)

    def former(
        me: Annotated[LoggedIn, Depends(logged_in)], product: Annotated[Product, Depends(wanted)], again: str = ""
    ) -> ConnectionView | None:
        """The connection to renew, when the address names one."""
        if not again:
            return None
        if not again.isdecimal() or len(again) > 18:
            raise NotAllowed
        connection = get_connection(app, me.member.id, int(again))
        if connection.product != product.key:
            raise NotAllowed
        return connection

    def way_out(
        me: Annotated[LoggedIn, Depends(logged_in)],
        product: Annotated[Product, Depends(wanted)],
        again: Annotated[ConnectionView | None, Depends(former)],
        only: str = "",
    ) -> str:
        """Where else this is done: at the vendor, or nowhere on this server. Empty: on the form."""
        if not app.offers(product):
            return ALL
        if product.sign_in is None:
            return ""
        return begin(app, me, product, reconnects=again.id if again else None, free_busy_only=only == NARROW)

    @ui.page(ALL + "/{product}")
    def connect_page(
        me: Annotated[LoggedIn, Depends(logged_in)],
        product: Annotated[Product, Depends(wanted)],
        again: Annotated[ConnectionView | None, Depends(former)],
        elsewhere: Annotated[str, Depends(way_out)],
    ) -> Response | None:
        if elsewhere:
            return RedirectResponse(elsewhere, 303)
        with frame(app, me, f"Reconnect {again.nickname}" if again else product.title, "/calendars"):
            if again:
                page_header(
                    f"Reconnect {again.nickname}",
                    "We open it once before anything changes. Its calendars keep their settings, and what was read "
                    "from them still counts.",
                    back="/calendars",
                )
            else:
                page_header(product.title, product.lead, back=ALL)
            with html.div().classes("oc-split"):
                _form(app, me, product, again)
                if product.help:
                    _help(product)
        return None


def _form(app: App, me: LoggedIn, product: Product, again: ConnectionView | None) -> None:
    client = ui.context.client

    async def read() -> int:
        await still_here(app, me)
        if again:
            return await reconnect(app, me.member.id, again.id, form.nickname, form.values)
        return await connect(app, me.member.id, product.key, form.nickname, form.values)

    async def submit() -> None:
        if not form.begin():
            return
        connection_id = None
        try:
            connection_id = await read()
        except InvalidInput as error:
            form.refuse(error.field, error.sentence)
        except Failure as failure:
            form.fail(failure)
        except NotAllowed:
            # What was to be renewed has been removed meanwhile.
            if not client.is_deleted:
                ui.navigate.reload()
        finally:
            if connection_id is None:
                form.end()
        # The page may have been closed meanwhile; the connection is made all the same.
        if connection_id is not None and not client.is_deleted:
            ui.navigate.to(f"/calendar_connections/{connection_id}")

    # Enter presses the button of type submit; the form itself has nowhere to go.
    with html.form().classes("oc-card oc-form oc-fields").props("novalidate") as frame_of_form:
        frame_of_form.on("submit", js_handler="(event) => event.preventDefault()")
        form = CredentialsForm(product, again.nickname if again else "")
        with html.div().classes("oc-acts wide"):
            button = ui.button("Reconnect" if again else "Create", color=None, on_click=submit)
            button.props("unelevated no-caps type=submit").classes("oc-btn main")
            cancel = ui.button("Cancel", color=None, on_click=lambda: ui.navigate.to("/calendars" if again else ALL))
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
