"""What is sent of a page is what NiceGUI itself would send, and in the same order."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from engineio.async_socket import AsyncSocket
from engineio.exceptions import QueueEmpty
from engineio.packet import MESSAGE, Packet
from nicegui import Client, core, ui
from nicegui.outbox import Outbox

from pages.framework import sending
from pages.opening import page
from pages.widgets.rows import show_rows
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until

Replaced = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]
OWN: Replaced = (Outbox.loop, Outbox._emit, AsyncSocket.poll)
"""NiceGUI's and Engine.IO's: pages are registered later than this file is read."""
OURS: Replaced = (sending._send_what_changes, sending._emit, sending._wait_for_packets)


@contextlib.contextmanager
def replaced_by(functions: Replaced) -> Iterator[None]:
    before = Outbox.loop, Outbox._emit, AsyncSocket.poll
    Outbox.loop, Outbox._emit, AsyncSocket.poll = functions  # type: ignore[method-assign]
    yield
    Outbox.loop, Outbox._emit, AsyncSocket.poll = before  # type: ignore[method-assign]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the two websockets of every page, as text."""
    found: list[str] = []

    async def send(socket_id: str, packet: Packet) -> None:
        found.append(f"{socket_id} {packet.encode()}")

    monkeypatch.setattr(core.sio.manager, "get_participants", lambda *_: iter([("one", "one"), ("two", "two")]))
    monkeypatch.setitem(core.sio.manager.rooms, "/", {})
    monkeypatch.setattr(core.sio.eio, "send_packet", send)
    return found


async def opened(browser: Browser, path: str) -> Client:
    user = await browser()
    await user.open(path)
    assert user.client is not None
    return user.client


async def played(browser: Browser, sent: list[str]) -> tuple[Sequence[str], Sequence[Any]]:
    """Everything that can wait to be sent: elements that change, come and go, one with a script, and messages."""

    @page("/sent")
    def drawn() -> None:
        ui.label("here")
        ui.label("goes")

    client = await opened(browser, "/sent")
    sent.clear()
    with client:
        stays, goes = (each for each in client.elements.values() if isinstance(each, ui.label))
        stays.set_text("“<b>&”")
        goes.delete()
        ui.keyboard()
        ui.run_javascript("Saved")
    await until(lambda: "Saved" in str(sent))
    with client:
        stays.props("title=x")
        ui.run_javascript("1 + 1")
        ui.keyboard()
    await until(lambda: "1 + 1" in str(sent))
    await until(lambda: not client.outbox.updates)
    client.outbox.prune_history(1)
    numbered = re.compile(r'"listener_id":"\d+"')  # counted for all pages
    return [numbered.sub("", each) for each in sent], [
        (number, kind) for number, _, (_, kind, _) in client.outbox.message_history
    ]


async def test_the_same_is_sent_in_the_same_order(browser: Browser, sent: list[str]) -> None:
    with replaced_by(OWN):
        theirs = await played(browser, sent)
    ours = await played(browser, sent)
    assert [Outbox.loop, Outbox._emit, AsyncSocket.poll] == list(OURS)
    assert ours == theirs and len(ours[0]) == 10 and len(ours[1]) == 4


async def test_what_waits_for_a_browser_is_sent_once_it_is_there_and_nothing_after_the_end(
    browser: Browser, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    is_there = False
    client = await opened(browser, "/login")
    monkeypatch.setattr(Client, "has_socket_connection", property(lambda _: is_there))
    with client:
        ui.run_javascript("First")
    await asyncio.sleep(0.25)
    assert sent == []
    is_there = True
    await until(lambda: "First" in str(sent))
    client.outbox.stop()
    await asyncio.sleep(0)
    with client:
        ui.run_javascript("Late")
    await asyncio.sleep(0.05)
    assert "Late" not in str(sent)


@pytest.mark.parametrize("functions", [OWN, OURS], ids=["Engine.IO", "this app"])
async def test_a_websocket_gets_what_waits_in_order_and_then_its_end(functions: Replaced) -> None:
    server = SimpleNamespace(create_queue=asyncio.Queue, ping_interval=0.05, ping_timeout=0.05)
    with replaced_by(functions):
        socket = AsyncSocket(server, "one")
        packets = [Packet(MESSAGE, str(number)) for number in range(4)]
        for each in packets[:2]:
            socket.queue.put_nowait(each)
        assert await socket.poll() == packets[:2]
        for one in (*packets[2:], None):
            socket.queue.put_nowait(one)
        assert await socket.poll() == packets[2:]
        assert await socket.poll() == []
        await asyncio.wait_for(socket.queue.join(), 10)
        with pytest.raises(QueueEmpty):
            await socket.poll()
        waiting = asyncio.create_task(socket.poll())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(QueueEmpty):
            await waiting


async def test_what_many_pages_get_alike_goes_by_itself_and_before_what_may_refer_to_it(
    browser: Browser, sent: list[str]
) -> None:
    @page("/alike")
    def drawn() -> None:
        ui.label("Own")
        ui.table(rows=[], columns=[])

    client = await opened(browser, "/alike")
    sent.clear()
    with client:
        (label,) = (each for each in client.elements.values() if isinstance(each, ui.label))
        (table,) = (each for each in client.elements.values() if isinstance(each, ui.table))
        label.set_text("Mine")
        show_rows(table, [{"who": "Everybody"}])
    await until(lambda: "Mine" in str(sent))
    updates = [each for each in sent if '"update"' in each]  # after the script of the table
    assert ["Everybody" in each for each in updates] == [True, True, False, False]
    assert ["Mine" in each for each in updates] == [False, False, True, True]
