"""A handler is looked at once, and found to be what NiceGUI finds it to be."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
from nicegui import helpers

from pages.framework.handlers import Known
from tests.pages.conftest import Browser

look = helpers.functions.expects_arguments


class Row:
    def pressed(self) -> None: ...

    def changed(self, event: object) -> None: ...

    def __call__(self, event: object) -> None: ...


@functools.wraps(Row.changed)
def wrapped() -> None: ...


def given(event: object, _number: int = 1) -> None: ...


HANDLERS: dict[str, Callable[..., Any]] = {
    "a method": Row().pressed,
    "a method with an event": Row().changed,
    "the same, not bound": Row.pressed,
    "something that can be called": Row(),
    "nothing": lambda: None,
    "a value kept for later": lambda _number=1: None,
    "any": lambda *_: None,
    "any by name": lambda **_: None,
    "one that must be named": lambda *, _event: None,
    "a decorated one": wrapped,
    "part of one": functools.partial(given, 1),
    "part of one without its event": functools.partial(given, _number=2),
    "a function": given,
    "one of Python": print,
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_it_is_what_nicegui_finds(handler: Callable[..., Any]) -> None:
    known = Known()

    assert [known(handler), known(handler)] == [look(handler)] * 2


def test_a_decorated_one_is_not_taken_for_another_with_the_same_decorator() -> None:
    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any) -> Any:
            return function(*args)

        return call

    known = Known()

    assert [known(decorated(lambda: None)), known(decorated(given))] == [False, True]


def test_each_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    def note(handler: Callable[..., Any]) -> bool:
        looked.append(handler)
        return look(handler)

    monkeypatch.setattr("pages.framework.handlers._look", note)
    known = Known()

    for _ in range(10):
        row = Row()
        known(row.pressed)
        known(row.changed)

    assert len(looked) == 2


async def test_pages_are_drawn_with_it(browser: Browser) -> None:
    await browser()

    assert isinstance(helpers.expects_arguments, Known)
