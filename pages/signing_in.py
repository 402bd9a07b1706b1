"""The way to a vendor's sign-in page and back. Nothing is drawn here: the browser only passes through."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app as web

from oncall_ui.services.installation import Installation
from oncall_ui.services.sessions import LoggedIn
from oncall_ui.services.signing_in import SignInFailed, finish
from pages.access import FLASH, required

ALL = "/calendar_connections/new"


def register(app: Installation) -> None:
    @web.get("/oauth/{authority}/callback")
    async def come_back(request: Request, authority: str, me: Annotated[LoggedIn, Depends(required(app))]) -> Response:
        answer = {key: value for key, value in request.query_params.items() if len(value) <= 4000}
        try:
            led = await finish(app, me, authority, answer)
        except SignInFailed as failed:
            request.session[FLASH] = {
                "sentence": failed.sentence,
                "product": failed.product,
                "renews": failed.renews,
                "link": failed.link,
                "words": failed.words,
            }
            return RedirectResponse(ALL, 303)
        return RedirectResponse(led.url or f"/calendar_connections/{led.connection_id}", 303)
