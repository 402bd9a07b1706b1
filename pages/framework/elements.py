"""What NiceGUI makes of each element of a page, made with less.

A page has two hundred elements at most, and each of them three collections, a slot, properties that could be bound and
a task that is looked up four times. Most of it is the same for all, or never used. Nor does an element refer to itself
any more: what a closed page leaves mostly goes at once, instead of waiting for the collector of cycles.
"""

import functools
import inspect
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from nicegui import binding, core
from nicegui.binding import BindableProperty
from nicegui.classes import Classes
from nicegui.client import Client
from nicegui.context import context
from nicegui.element import TAG_PATTERN, Element
from nicegui.event_listener import EventListener
from nicegui.observables import ObservableCollection
from nicegui.props import Props
from nicegui.slot import Slot, get_task_id
from nicegui.style import Style

RENAMES = {"resource_path": "resource-path", "dynamic_resource_path": "dynamic-resource-path"}
"""Props that NiceGUI still takes by their former names."""
NONE: list[Any] = []
"""Shared: NiceGUI puts another list in its place instead of adding to it."""
PARSED = 2048
"""Texts of props that are remembered: most are literals of the code, some hold the number of an element."""

_tags: set[str] = set()
_update = Element.update
_handle_change = Props._handle_change
_heard_by = ObservableCollection._change_handlers_with_args.fget  # type: ignore[attr-defined]
_parse = functools.lru_cache(PARSED)(Props.parse)
_set_prop = Props.__setitem__
_change_classes = Classes.__call__
_bind_one_way = binding._bind_one_way
_listener_dict = EventListener.to_dict


def make_elements_cheaply() -> None:
    """Call it before pages are drawn; again, and it does nothing."""
    for owner, name, instead in REPLACED:
        setattr(owner, name, instead)


def _begin(self: Element, tag: str | None = None, *, _client: Client | None = None) -> None:
    super(Element, self).__init__()
    stack = context.slot_stack
    client = _client or (stack[-1].parent.client if stack else context.client)
    self._client = weakref.ref(client)
    self.id = client.next_element_id
    client.next_element_id += 1
    self.tag = tag or (self.component.tag if self.component else "div")
    if self.tag not in _tags:
        if not TAG_PATTERN.match(self.tag):
            raise ValueError(f"Invalid HTML tag: {self.tag}")
        _tags.add(self.tag)
    self._classes = Classes(self._default_classes, element=self)
    self._style = Style(self._default_style, element=self)
    self._props = Props(self._default_props, element=self)
    self._markers = []
    self._event_listeners = {}
    self._text = None
    self.slots = {}
    self.default_slot = self.add_slot("default")
    self._update_method = None
    self._deleted = False
    client.elements[self.id] = self
    self._parent_slot = None
    if stack:
        stack[-1].children.append(self)
        self._parent_slot = weakref.ref(stack[-1])
    if getattr(client, "_response_built", False):  # it draws before it has finished __init__
        client.outbox.enqueue_update(self)
        if stack:
            client.outbox.enqueue_update(stack[-1].parent)


def _update_once_sent(self: Element) -> None:
    """A page is sent whole, with what every element is by then."""
    client = self._client()
    if client is None or client._deleted or self._deleted or getattr(client, "_response_built", False):
        _update(self)


def _to_dict(self: Element) -> dict[str, Any]:
    found: dict[str, Any] = {"tag": self.tag}
    if self._text is not None:
        found["text"] = self._text
    if self._classes:
        found["class"] = self._classes
    if self._style:
        found["style"] = self._style
    if self._props:
        found["props"] = self._props
    if len(self.slots) > 1:
        found["slots"] = self._collect_slot_dict()
    if children := self.default_slot.children:
        found["children"] = [child.id for child in children]
    if listeners := self._event_listeners:
        found["events"] = [listener.to_dict() for listener in listeners.values()]
    if self._update_method:
        found["update_method"] = self._update_method
    return found


def _listener(self: EventListener) -> dict[str, Any]:
    """What its type says of it doesn't depend on anything else."""
    if "." in self.type:
        return _listener_dict(self)
    return {
        "listener_id": self.id,
        "type": self.type,
        "specials": [],
        "modifiers": [],
        "keys": [],
        "args": self.args,
        "throttle": self.throttle,
        "leading_events": self.leading_events,
        "trailing_events": self.trailing_events,
        "js_handler": self.js_handler,
    }


def _leave(self: Slot, *_: object) -> None:
    task = get_task_id()
    stack = Slot.stacks[task]
    stack.pop()
    if not stack:
        del Slot.stacks[task]


def _props(self: Props[Any], *values: Any, element: Element, **more: Any) -> None:
    dict.__init__(self, *values, **more)
    self._warnings = {}
    self._renames = dict(RENAMES)
    _observe(self, element)
    if self:
        _watch_what_is_inside(self)
        for name, instead in RENAMES.items():
            self._check_rename(name, instead)


def _style(self: Style[Any], *values: Any, element: Element, **more: Any) -> None:
    dict.__init__(self, *values, **more)
    _observe(self, element)
    if self:
        _watch_what_is_inside(self)


def _classes(self: Classes[Any], *values: Any, element: Element) -> None:
    list.__init__(self, *values)
    _observe(self, element)


def _observe(self: Any, element: Element) -> None:
    """Without naming its own `_update` as a handler: see `_with_the_element`."""
    self._parent_ref = None
    self._change_handlers = []
    self._observer_refs = NONE
    self.last_modified = 0.0  # nobody asks
    self._element = weakref.ref(element)
    self._suspend_count = 0


def _watch_what_is_inside(self: Any) -> None:
    for key, value in self.items():
        if isinstance(value, (dict, list, set)):
            dict.__setitem__(self, key, self._observe(value))


def _with_the_element(self: Any) -> list[tuple[Callable[..., Any], bool]]:
    """All that hear of a change: also asked by what is inside, as the rows of a table."""
    assert _heard_by is not None
    return [(self._update, False), *_heard_by(self)]


def _tell_the_element(self: Any) -> None:
    """Of a prop, class or style that changes usually only the element itself hears; that needs no event."""
    if self._change_handlers or self._observer_refs or self._parent_ref is not None:
        _handle_change(self)
        return
    try:
        self._update()
    except Exception as error:  # noqa: BLE001 - as NiceGUI's own handling of events does
        core.app.handle_exception(error)


def _set_plain_prop(self: Props[Any], key: Any, value: Any) -> None:
    before = self.get(key)
    if isinstance(value, (dict, list, set)) or isinstance(before, ObservableCollection):
        _set_prop(self, key, value)
    else:
        dict.__setitem__(self, key, value)
        self._handle_change()


def _add_classes(
    self: Classes[Any],
    add: str | None = None,
    *,
    remove: str | None = None,
    toggle: str | None = None,
    replace: str | None = None,
) -> Any:
    if remove is not None or toggle is not None or replace is not None:
        return _change_classes(self, add, remove=remove, toggle=toggle, replace=replace)
    element = self.element
    if new := [word for word in dict.fromkeys((add or "").split()) if word not in self]:
        list.extend(self, new)
        self._handle_change()
    return element


def _set_property(self: BindableProperty, owner: Any, value: Any) -> None:
    """Not marked as one that can be bound until it is: hardly any is."""
    values, name = owner.__dict__, "___" + self.name
    is_new = name not in values
    if is_new:
        binding._make_copyable(type(owner))
    elif values[name] == value:
        return
    values[name] = value
    key = id(owner), (self.name,)
    if key in binding.bindings:
        binding._propagate(owner, key[1])
    if not is_new and self._change_handler is not None:
        self._change_handler(owner, value)


def _bind_what_can_be_bound(source: Any, name: tuple[str, ...], *rest: Any) -> None:
    found = inspect.getattr_static(type(source), name[0], None) if len(name) == 1 else None
    if isinstance(found, BindableProperty):
        binding.bindable_properties[(id(source), name)] = source
    _bind_one_way(source, name, *rest)


REPLACED: Sequence[tuple[Any, str, Any]] = (
    (Element, "__init__", _begin),
    (Element, "update", _update_once_sent),
    (Element, "_to_dict", _to_dict),
    (EventListener, "to_dict", _listener),
    (Slot, "__exit__", _leave),
    (Props, "__init__", _props),
    (Style, "__init__", _style),
    (Classes, "__init__", _classes),
    *((kind, "_handle_change", _tell_the_element) for kind in (Props, Classes, Style)),
    *((kind, "_change_handlers_with_args", property(_with_the_element)) for kind in (Props, Classes, Style)),
    (Props, "parse", staticmethod(lambda text: dict(_parse(text)))),
    (Props, "__setitem__", _set_plain_prop),
    (Classes, "__call__", _add_classes),
    (BindableProperty, "__set__", _set_property),
    (binding, "_bind_one_way", _bind_what_can_be_bound),
)
NICEGUIS: Sequence[tuple[Any, str, Any]] = tuple((owner, name, vars(owner).get(name)) for owner, name, _ in REPLACED)
"""What is replaced; None where it was inherited."""
