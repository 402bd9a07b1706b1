"""Steps of tests that fill in a form as a person does: by the words on it."""

import asyncio
import re
from collections.abc import Callable
from html import unescape

from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from tests.pages.simulation import PATIENCE


def says(user: User, words: str) -> bool:
    """Whether any element says `words`. NiceGUI's own search looks past the plain elements of `nicegui.html`."""
    return bool(_saying(user, words))


def said(user: User, words: str) -> ui.element:
    """The element that says `words`."""
    assert says(user, words), f"nothing says {words!r}"
    return _saying(user, words)[0]


def _saying(user: User, words: str) -> list[ui.element]:
    assert user.client is not None
    return [each for each in user.client.elements.values() if words in own_text(each)]


def own_text(element: ui.element) -> str:
    """What it says itself, as text or as HTML."""
    return str(element._text or "") + unescape(_TAG.sub("", str(element.props.get("innerHTML", ""))))


_TAG = re.compile(r"<[^>]*>")


def entry(user: User, label: str) -> ui.input:
    """The one field of this label."""
    (found,) = (each for each in user.find(kind=ui.input).elements if each.label == label)
    return found


def fill(user: User, **values: str) -> None:
    """Types into fields; `Time_zone` is the field `Time zone`. What stood there goes."""
    with user:
        for label, value in values.items():
            entry(user, label.replace("_", " ")).set_value(value)


def button(user: User, word: str) -> ui.button:
    """The one button of exactly this word."""
    (found,) = (each for each in user.find(kind=ui.button).elements if each.text == word)
    return found


def press(user: User, word: str) -> None:
    """Clicks that button alone: NiceGUI's own search finds every button that contains the word."""
    found: set[ui.element] = {button(user, word)}
    UserInteraction(user, found, None).click()


async def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Returns once `holds` is true; fails when it isn't in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, "it never came true"
        await asyncio.sleep(0.02)


async def refusal(user: User, label: str) -> str:
    """The sentence that appears at a field."""
    await until(lambda: entry(user, label).error)
    return entry(user, label).error or ""
