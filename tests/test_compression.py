"""Messages of websockets are compressed quickly, and a browser reads them as any other."""

import zlib
from typing import Any
from uuid import uuid4

import pytest
from uvicorn.protocols.websockets import wsproto_impl
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Message, Request, TextMessage
from wsproto.extensions import PerMessageDeflate

from oncall_ui import compression
from oncall_ui.compression import DEFLATE_LEVEL, deflate_quickly

LARGE, SMALL = ("".join(f'{{"n":{number},"who":"Alice"}}' for number in range(many)) for many in (1000, 20))


def sent(server: WSConnection, browser: WSConnection, message: str) -> str:
    """What the browser reads, also in parts."""
    browser.receive_data(server.send(Message(data=message)))
    return "".join(event.data for event in browser.events() if isinstance(event, TextMessage))


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The level of each compressor that is made."""
    levels: list[int] = []
    compressor = zlib.compressobj

    def noted(level: int, *more: Any) -> object:
        levels.append(level)
        return compressor(level, *more)

    monkeypatch.setattr(wsproto_impl, "PerMessageDeflate", PerMessageDeflate)
    monkeypatch.setattr(zlib, "compressobj", noted)
    deflate_quickly()
    return levels


def connected(**offer: Any) -> tuple[WSConnection, WSConnection]:
    """A server and a browser that agreed on compression."""
    browser, server = WSConnection(ConnectionType.CLIENT), WSConnection(ConnectionType.SERVER)
    server.receive_data(browser.send(Request(host="a", target="/", extensions=[PerMessageDeflate(**offer)])))
    list(server.events())
    browser.receive_data(server.send(AcceptConnection(extensions=[vars(wsproto_impl)["PerMessageDeflate"]()])))
    list(browser.events())
    return server, browser


def test_a_browser_reads_one_message_after_another(compressed: list[int]) -> None:
    server, browser = connected()
    messages = [SMALL, SMALL[::-1], SMALL]
    assert [sent(server, browser, each) for each in messages] == messages
    assert compressed == [DEFLATE_LEVEL], "each builds on what came before it"
    assert len(server.send(Message(data=SMALL))) < len(SMALL) / 10


def test_what_many_browsers_get_is_compressed_once_and_each_reads_what_follows(compressed: list[int]) -> None:
    message = LARGE + str(uuid4())
    for number in range(9, 12):
        server, browser = connected()
        numbered = f'{message},"_id":{number}}}]'
        messages = [SMALL, numbered, SMALL, numbered, numbered, message[::-1], SMALL, SMALL]
        assert [sent(server, browser, each) for each in messages] == messages
    starts = 2 + 1  # another one where the number has two digits
    ends = 3 * 4
    assert len(compressed) == starts + ends + 3 * 3, "after a large one a small one refers to nothing before it"


def test_a_browser_that_asks_for_a_small_window_gets_it(compressed: list[int]) -> None:
    server, browser = connected(server_max_window_bits=9)
    messages = [LARGE, SMALL, LARGE]
    assert [sent(server, browser, each) for each in messages] == messages
    assert compressed == [DEFLATE_LEVEL]


def test_no_more_than_a_few_are_kept() -> None:
    for number in range(2 * compression.MOST):
        compression._compressed(f"{number}{LARGE}".encode())
    assert len(compression._packed) == compression.MOST
