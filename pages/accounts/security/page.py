"""Security: what a member logs in with, and where they are logged in.

A section is a function that draws its part of the page. To add one, add its function to one of the tuples below.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends
from nicegui import html

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.second_factors.passkeys import are_offered
from pages.accounts.security import email, identities, passkeys, password, protection, sessions, two_factor
from pages.accounts.security.card import security_card
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView
from pages.session import login_required
from pages.widgets.subnav import profile_subnav

TITLE = "Security"
ROUTE = "/you/security"
SUB = "A passkey replaces password and code."

Section = Callable[[App, LoggedIn], LiveView[Any] | None]
"""Draws a section while the page is built. The page waits for the first reading of the view it returns, if any."""

METHOD_BUTTONS: tuple[Section, ...] = (passkeys.add_button,)
"""At the end of the head of the card `Log-in methods`: buttons that add one."""
METHODS: tuple[Section, ...] = (password.method, passkeys.rows, identities.method)
"""Inside the card `Log-in methods`: each draws a `security_list` with its rows."""
LEFT: tuple[Section, ...] = (two_factor.card,)
"""Cards below `Log-in methods`."""
RIGHT: tuple[Section, ...] = (sessions.card, email.card)
"""Cards of the second column."""


def register(app: App) -> None:
    @page(ROUTE)
    async def security_page(me: Annotated[LoggedIn, Depends(login_required(app, for_setup=True))]) -> None:
        with frame(app, me, TITLE, "/you"):
            with html.header().classes("oc-head"), html.div():
                html.h1(TITLE)
                drawn: list[LiveView[Any] | None] = [protection.line(app, me)]
            profile_subnav(ROUTE)
            with html.div().classes("oc-make even"):
                with html.div().classes("oc-stack"):
                    drawn += [*_methods(app, me), *(draw(app, me) for draw in LEFT)]
                with html.div().classes("oc-stack"):
                    drawn += [draw(app, me) for draw in RIGHT]
        await asyncio.gather(*(view.first() for view in drawn if view is not None))


def _methods(app: App, me: LoggedIn) -> list[LiveView[Any] | None]:
    with security_card("methods", "Log-in methods", SUB if are_offered(app) else "") as buttons:
        with buttons:
            drawn = [draw(app, me) for draw in METHOD_BUTTONS]
        return [*drawn, *(draw(app, me) for draw in METHODS)]
