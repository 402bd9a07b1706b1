"""What changed on a page, on its way to the browser: as NiceGUI and Socket.IO send it, with less done on the way.

An open page that waits for something to send costs nothing, where NiceGUI looks after each of them every second. What
is sent isn't looked through for bytes, of which there are none, and needs no task of its own for each websocket.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any

from engineio.async_socket import AsyncSocket
from engineio.exceptions import QueueEmpty
from engineio.packet import MESSAGE, Packet
from nicegui import core, json
from nicegui.dependencies import JsComponent
from nicegui.element import Element
from nicegui.outbox import Message, Outbox
from socketio.packet import EVENT

from pages.framework.encoded import Encoded

NAMESPACE = "/"
"""The only one that NiceGUI uses."""


def send_cheaply() -> None:
    """Call it before pages are open; again, and it does nothing."""
    Outbox.loop = _send_what_changes  # type: ignore[method-assign]
    Outbox._emit = _emit  # type: ignore[method-assign]
    AsyncSocket.poll = _wait_for_packets


async def _send_what_changes(self: Outbox) -> None:
    """As NiceGUI’s own, without waking every second: adding something wakes it, and so does stopping."""
    self._enqueue_event = woken = asyncio.Event()
    woken.set()
    while not self._should_stop:
        try:
            await woken.wait()
            client = self.client
            if not client.has_socket_connection:
                await asyncio.sleep(0.1)
                continue
            woken.clear()
            for message in _messages(self, client.id):
                try:
                    await self._emit(message)
                except Exception as error:  # noqa: BLE001 - as NiceGUI does
                    core.app.handle_exception(error)
        except asyncio.CancelledError:
            break
        except Exception as error:  # noqa: BLE001 - as NiceGUI does
            core.app.handle_exception(error)
            await asyncio.sleep(0.1)


def _messages(outbox: Outbox, client_id: str) -> list[Message]:
    """All that waits, in the order in which a browser must have it."""
    found: list[Message] = []
    if outbox.updates:
        elements = dict(outbox.updates.items())
        outbox.updates.clear()
        kinds = [each.component for each in elements.values() if isinstance(each, Element)]
        new = {kind.name: kind for kind in kinds if isinstance(kind, JsComponent)}
        new = {name: kind for name, kind in new.items() if name not in outbox._loaded_components}
        if new:
            outbox._loaded_components.update(new)
            components = [{"key": kind.key, "tag": kind.tag} for kind in new.values()]
            found.append((client_id, "load_js_components", {"components": components}))
        found += [(client_id, "update", changed) for changed in _updates(elements)]
    found += outbox.messages
    outbox.messages.clear()
    return found


def _updates(elements: Mapping[int, object]) -> Iterator[dict[Any, Any]]:
    """What many pages show alike, then what else changed, which may refer to it."""
    changed = {number: each._to_dict() if isinstance(each, Element) else None for number, each in elements.items()}
    alike = {number: each for number, each in changed.items() if each is not None and _has_encoded(each)}
    rest = {number: each for number, each in changed.items() if number not in alike}
    return filter(None, (alike, rest))


def _has_encoded(element: dict[str, Any]) -> bool:
    return any(isinstance(value, Encoded) for value in element.get("props", {}).values())


async def _emit(self: Outbox, message: Message) -> None:
    """To every websocket of the page, and kept for a browser that comes back after an interruption."""
    client_id, kind, data = message
    data["_id"] = self.next_message_id
    if sockets := [socket_id for _, socket_id in core.sio.manager.get_participants(NAMESPACE, client_id)]:
        packet = Packet(MESSAGE, f"{EVENT}{json.dumps([kind, data])}")
        for socket_id in sockets:
            await core.sio.eio.send_packet(socket_id, packet)
    moment, history = time.time(), self.message_history
    history.append((self.next_message_id, moment, message))
    timing = core.sio.eio
    oldest = moment - timing.ping_interval - timing.ping_timeout - self.client.page.resolve_reconnect_timeout()
    while history and (history[0][1] < oldest or len(history) > core.app.config.message_history_length):
        history.popleft()
    self.next_message_id += 1


async def _wait_for_packets(self: AsyncSocket) -> list[Packet]:
    """As Engine.IO's own, which makes a task for each. Nothing within the time of a ping and its answer: it is gone."""
    try:
        async with asyncio.timeout(self.server.ping_interval + self.server.ping_timeout):
            packets = [await self.queue.get()]
    except (TimeoutError, asyncio.CancelledError):
        raise QueueEmpty from None
    while not self.queue.empty():
        packets.append(self.queue.get_nowait())
    for _ in packets:
        self.queue.task_done()
    if None in packets:  # the end; what was put in before still goes out, and the writer then finds it
        before = packets[: packets.index(None)]
        if before:
            self.queue.put_nowait(None)
        return before
    return packets
