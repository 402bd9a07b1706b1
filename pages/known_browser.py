"""The cookie that marks a browser in which somebody has logged in before."""

from fastapi import Request
from fastapi.responses import Response

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.known_browsers import COOKIE, LIFETIME


def browser_cookie(request: Request) -> str:
    """What the browser sent, or an empty string; see `services.accounts.known_browsers`."""
    return request.cookies.get(COOKIE, "")


def set_browser_cookie(app: App, response: Response, value: str) -> None:
    """Scripts can't read it, and other sites' requests don't carry it, but for links they lead here."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=app.settings.uses_https,
        path="/",
    )
