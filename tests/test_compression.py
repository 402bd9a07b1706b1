"""Messages of websockets are compressed quickly, and a browser reads them as any other."""

import zlib
from typing import Any

import pytest
from uvicorn.protocols.websockets import wsproto_impl
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Message, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from oncall_ui.compression import DEFLATE_LEVEL, deflate_quickly

MESSAGES = ["".join(f'{{"n":{number},"who":"Alice"}}' for number in range(many)) for many in (200, 1, 300)]


def sent(server: WSConnection, browser: WSConnection, message: str) -> str:
    """What the browser reads, also in parts."""
    browser.receive_data(server.send(Message(data=message)))
    return "".join(event.data for event in browser.events() if isinstance(event, TextMessage))


def test_a_browser_reads_one_message_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsproto_impl, "PerMessageDeflate", PerMessageDeflate)
    deflate_quickly()
    levels: list[int] = []
    compressor = zlib.compressobj

    def noted(level: int, *more: Any) -> object:
        levels.append(level)
        return compressor(level, *more)

    browser, server = WSConnection(ConnectionType.CLIENT), WSConnection(ConnectionType.SERVER)
    server.receive_data(browser.send(Request(host="a", target="/", extensions=[PerMessageDeflate()])))
    list(server.events())
    browser.receive_data(server.send(AcceptConnection(extensions=[vars(wsproto_impl)["PerMessageDeflate"]()])))
    list(browser.events())
    monkeypatch.setattr(zlib, "compressobj", noted)
    assert [sent(server, browser, each) for each in MESSAGES] == MESSAGES
    assert levels == [DEFLATE_LEVEL], "each builds on what came before it"
    assert len(server.send(Message(data=MESSAGES[0]))) < len(MESSAGES[0]) / 10
