"""What NiceGUI does again and again while a page is drawn, though nothing comes of it: here once, or not at all.

Together a sixth of the work of drawing one, and half of it where there are hundreds of options to choose from. What a
browser gets is the same.
"""

import itertools
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from nicegui import Client, binding, client, json
from nicegui.elements.choice_element import ChoiceElement
from nicegui.elements.sub_pages import SubPages
from nicegui.event_listener import EventListener
from nicegui.json import orjson_wrapper
from nicegui.outbox import Outbox
from nicegui.slot import Slot
from nicegui.sub_pages_router import SubPagesRouter

from pages.framework.encoded import fragment_of

LABELS = "_oncall_labels"
"""Where a choice keeps what its options were made of."""
LISTENERS = "_oncall_listeners"
"""Where a page counts them."""

_NUMBERS = itertools.count()
_enqueue_update = Outbox.enqueue_update
_propagate = binding._propagate
_can_resolve_full_path = SubPagesRouter._can_resolve_full_path
_convert: Callable[[object], object] = orjson_wrapper._orjson_converter


def draw_cheaply() -> None:
    """Call it before pages are drawn; again, and it does nothing."""
    Outbox.enqueue_update = _enqueue_once_sent  # type: ignore[method-assign]
    vars(binding)["_propagate"] = _propagate_where_bound
    ChoiceElement._update_options = _update_options_that_changed  # type: ignore[method-assign]
    EventListener.__post_init__ = _number  # type: ignore[method-assign]
    vars(orjson_wrapper)["_orjson_converter"] = lambda value: fragment_of(value) or _convert(value)
    SubPagesRouter._can_resolve_full_path = staticmethod(_has_no_page_inside)  # type: ignore[method-assign]
    vars(client)["json"] = SimpleNamespace(dumps=lambda value: Escapable(json.dumps(value)), loads=json.loads)


class Escapable(str):
    """All elements of a page, as text. NiceGUI has each of its characters looked up in a table of five."""

    __slots__ = ()

    def translate(self, table: Mapping[int, str], /) -> str:  # type: ignore[override]
        """As any text does it. What is put in place of a character must hold none that comes later in the table."""
        text = str(self)
        for number, instead in table.items():
            text = text.replace(chr(number), instead)
        return text


def _number(self: EventListener) -> None:
    """Only those of one page have to differ, and each random number is a call to the system.

    Pages that are built alike number alike, and what they send is the same.
    """
    stack = Slot.get_stack()
    numbers = vars(stack[-1].parent.client).setdefault(LISTENERS, itertools.count()) if stack else _NUMBERS
    self.id = f"{'' if stack else 'x'}{next(numbers)}"


def _enqueue_once_sent(self: Outbox, element: Any) -> None:
    """A page is sent whole, with what every element is by then: NiceGUI forgets all updates from before."""
    client = self.client
    if getattr(client, "_response_built", False) or client.is_deleted:  # it draws before it has finished __init__
        _enqueue_update(self, element)


async def _has_no_page_inside(client: Client) -> bool:
    """NiceGUI looks through all elements three times, from the top down, for pages inside a page."""
    has_any = any(isinstance(each, SubPages) for each in client.elements.values())
    return await _can_resolve_full_path(client) if has_any else True


def _propagate_where_bound(source: Any, name: tuple[str, ...]) -> None:
    """Hardly any property of an element is bound to another."""
    if (id(source), name) in binding.bindings:
        _propagate(source, name)


def _update_options_that_changed(self: ChoiceElement) -> None:
    """NiceGUI makes all options again whenever anything about a choice changes, and watches each: 600 for a time zone.

    In a tuple they aren't watched. Nobody changes one of them; new ones are given to `set_options`.
    """
    value, labels = self.value, tuple(self._labels)
    if vars(self).get(LABELS) != labels:
        self._props["options"] = tuple({"value": index, "label": label} for index, label in enumerate(labels))
        vars(self)[LABELS] = labels
    self._props[self.VALUE_PROP] = self._value_to_model_value(value)
    if not isinstance(value, list):
        self.value = value if value in self._values else None
