"""A file from the browser to an open page: over a route of ours, which reads no more than the page wants.

NiceGUI's own upload keeps whatever is sent, however large, and asks for no session.
"""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from nicegui import Client, html, ui

from oncall_ui.services.accounts.logging_in.sessions import LoggedIn

KINDS = ".csv,.ics,.txt,.tsv,text/calendar"
LONGEST_NAME = 80
Receive = Callable[[str, bytes | None], Awaitable[None]]
"""Gets the file's name and its bytes; None: it is too large."""
SEND = """(event) => {
    const input = event.target, file = input.files[0], address = %s;
    input.value = "";
    if (file) fetch((window.path_prefix || "") + address + "?name=" + encodeURIComponent(file.name),
        {method: "POST", body: file.size > %d ? "" : file, headers: {"X-Too-Large": file.size > %d ? "1" : ""}});
}"""
DROP = """(event) => {
    event.preventDefault();
    const input = event.currentTarget.querySelector("input[type=file]");
    if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change"));
    }
}"""
ALLOW = "(event) => event.preventDefault()"


@dataclass(frozen=True, slots=True)
class _Waiting:
    member_id: int
    receive: Receive
    client: Client


class Uploads:
    """The pages that wait for a file. One per app and `route`, which ends in `{page}`."""

    def __init__(self, route: str, largest: int) -> None:
        self._route, self._largest = route, largest
        self._pages: dict[str, _Waiting] = {}

    def zone(self, me: LoggedIn, receive: Receive, **where: int) -> None:
        """Draws the button that chooses a file, where one can also be dropped, on the page that is being built.

        `where`: what else the route names.
        """
        key, client = secrets.token_urlsafe(16), ui.context.client
        self._pages[key] = _Waiting(me.member.id, receive, client)
        client.on_delete(lambda: self._pages.pop(key, None))
        address = json.dumps(self._route.format(page=key, **where))
        with html.div().classes("import-drop") as place:
            with html.label().classes("oc-btn main import-choose"):
                html.span("Choose a file")
                entry = (
                    ui.element("input")
                    .classes("oc-hidden")
                    .props('type=file accept=".csv,.ics,.txt,.tsv,text/calendar"')
                )
                entry.on("change", js_handler=SEND % (address, self._largest, self._largest))
            html.p("or drop it here. CSV, or an ICS export of a calendar.")
        place.on("drop", js_handler=DROP)
        place.on("dragover", js_handler=ALLOW)

    async def take(self, key: str, request: Request, me: LoggedIn) -> Response:
        """What the route answers: 204 once the page has the file, 404 where none of this member's waits for it."""
        waiting = self._pages.get(key)
        if waiting is None or waiting.member_id != me.member.id:
            return Response(status_code=404)
        name = " ".join(request.query_params.get("name", "").split())[:LONGEST_NAME]
        data = None if request.headers.get("x-too-large") else await self._read(request)
        with waiting.client:
            await waiting.receive(name or "The file", data)
        return Response(status_code=204 if data is not None else 413)

    async def _read(self, request: Request) -> bytes | None:
        data = bytearray()
        async for piece in request.stream():
            data += piece
            if len(data) > self._largest:
                return None
        return bytes(data)
