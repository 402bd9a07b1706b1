"""The OAuth callback: the browser comes back from the provider's sign-in page and is redirected."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.errors import SignInFailed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.oauth_flow import finish
from pages.connections.new.page import NEW
from pages.session import FLASH, login_required

LONGEST_VALUE = 4000
"""Longer query values are ignored: no provider sends them."""


def register(app: App) -> None:
    @web.get("/oauth/{authority}/callback")
    async def callback(
        request: Request, authority: str, me: Annotated[LoggedIn, Depends(login_required(app))]
    ) -> Response:
        answer = {key: value for key, value in request.query_params.items() if len(value) <= LONGEST_VALUE}
        try:
            result = await finish(app, me, authority, answer)
        except SignInFailed as failed:
            request.session[FLASH] = {
                "sentence": failed.sentence,
                "product": failed.product,
                "reconnects": failed.reconnects,
                "link": failed.link,
                "words": failed.words,
            }
            return RedirectResponse(NEW, 303)
        return RedirectResponse(result.url or f"/calendar_connections/{result.connection_id}", 303)
