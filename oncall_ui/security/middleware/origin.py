"""Says which browser a request comes from, for the audit log and the list of sessions."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from oncall_ui.origin import come_from, origin_of


class Origins:
    """Sets `current_origin` for the whole request. Behind a trusted proxy the address is the one it forwards."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope.get("client")
            come_from(origin_of(client[0] if client else "", Headers(scope=scope).get("user-agent", "")))
        await self._app(scope, receive, send)
