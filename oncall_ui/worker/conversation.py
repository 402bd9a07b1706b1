"""A call that asks the app for something on its way, seen from the app: answers it, and limits how long it computes."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from oncall_ui.domain.imports.failures import Failure
from oncall_ui.worker.calls import Answer, Call, Lost, OutOfTime
from oncall_ui.worker.link import DONE, TURN

Served = Mapping[str, Callable[..., Awaitable[Any]]]
"""What a call may ask for, by name. A Failure is passed on to the call; any other exception ends it."""


class Conversation:
    """Belongs to one call. Its time runs while the call computes, not while it waits for us or for a turn."""

    def __init__(self, call: Call, served: Served, places: asyncio.Semaphore, seconds: float) -> None:
        self._call, self._places = call, places
        self._served = {**served, TURN: self._take_turn, DONE: self._give_turn}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = self._waiting = 0
        self._left, self._since = seconds, 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._error: Exception | None = None

    async def answer(self, counted: Callable[[int], None]) -> Answer:
        """The call's. Raises Lost, OutOfMemory, OutOfTime, and what answering it raised."""
        self._set_clock()
        try:
            return await self._call.answer(counted, self._asked)
        except Lost:
            if self._error:
                raise self._error from None
            raise
        finally:
            await self._end()

    def _asked(self, number: int, name: str, arguments: tuple[Any, ...]) -> None:
        self._waiting += bool(number)
        self._set_clock()
        task = asyncio.get_running_loop().create_task(self._serve(number, self._served[name](*arguments)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, number: int, answer: Awaitable[Any] | Coroutine[Any, Any, Any]) -> None:
        is_error = False
        try:
            value = await answer
        except Failure as failure:
            value, is_error = failure, True
        except Exception as error:  # noqa: BLE001 - raised again where the answer is awaited
            self._give_up(error)
            return
        self._waiting -= bool(number)
        self._set_clock()
        if number:
            await self._call.reply(number, value, is_error=is_error)

    async def _take_turn(self) -> None:
        await self._places.acquire()
        self._turns += 1

    async def _give_turn(self) -> None:
        if self._turns:
            self._turns -= 1
            self._places.release()

    def _set_clock(self) -> None:
        computes, clock = self._turns > 0 or self._waiting == 0, asyncio.get_running_loop()
        if computes and self._alarm is None:
            self._since = clock.time()
            self._alarm = clock.call_later(max(self._left, 0), self._give_up, OutOfTime())
        elif not computes and self._alarm is not None:
            self._alarm.cancel()
            self._alarm, self._left = None, self._left - (clock.time() - self._since)

    def _give_up(self, error: Exception) -> None:
        self._error = self._error or error
        self._call.hang_up()

    async def _end(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        for task in self._tasks.copy():
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(self._turns):
            self._places.release()
        self._turns = 0
