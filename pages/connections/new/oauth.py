"""The way to a vendor's sign-in page and back. Nothing is drawn here: the browser only passes through."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.errors import SignInFailed
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.oauth_flow import finish
from pages.session import FLASH, login_required

ALL = "/calendar_connections/new"


def register(app: App) -> None:
    @web.get("/oauth/{authority}/callback")
    async def come_back(
        request: Request, authority: str, me: Annotated[LoggedIn, Depends(login_required(app))]
    ) -> Response:
        answer = {key: value for key, value in request.query_params.items() if len(value) <= 4000}
        try:
            led = await finish(app, me, authority, answer)
        except SignInFailed as failed:
            request.session[FLASH] = {
                "sentence": failed.sentence,
                "product": failed.product,
                "reconnects": failed.reconnects,
                "link": failed.link,
                "words": failed.words,
            }
            return RedirectResponse(ALL, 303)
        return RedirectResponse(led.url or f"/calendar_connections/{led.connection_id}", 303)
