"""The websocket of a page that is open, as NiceGUI's script in a browser keeps it."""

import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import uuid4

import websockets

_CLIENT = re.compile(r"'client_id': '([0-9a-f-]+)'")


class NoPage(Exception):
    """The server answered with something else than a page; the message is its beginning."""


@asynccontextmanager
async def messages_of(
    page: str, url: str, cookies: Mapping[str, str], *, trusting: ssl.SSLContext | None = None, address: str = ""
) -> AsyncIterator[AsyncIterator[str]]:
    """What the server sends to `page`, the HTML it has just sent, until it hangs up; the server's pings are answered.

    `url` is the origin of both, `trusting` for an https one, `address` the one of this machine to come from. Raises
    NoPage, and what `websockets.connect` raises.
    """
    if (found := _CLIENT.search(page)) is None:
        raise NoPage(page[:300])
    query = f"client_id={found[1]}&tab_id={uuid4()}&document_id={uuid4()}&next_message_id=0&implicit_handshake=true"
    async with websockets.connect(  # as a browser does, without asking whether the server is alive
        f"{url.replace('http', 'ws', 1)}/_nicegui_ws/socket.io/?{query}&EIO=4&transport=websocket",
        ssl=trusting,
        origin=websockets.Origin(url),
        additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
        max_size=None,
        ping_interval=None,
        local_addr=(address, 0) if address else None,
    ) as socket:
        await socket.send("40")
        yield _messages(socket)


async def _messages(socket: websockets.ClientConnection) -> AsyncIterator[str]:
    async for message in socket:
        if message == "2":
            await socket.send("3")
        yield str(message)
