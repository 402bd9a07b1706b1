"""What a page that has closed still refers to is cut, so that it goes at once instead of waiting for the collector.

The collector looks at every page that is open, a hundred of which take a third of a second in which nobody is answered.
"""

from nicegui import Client
from nicegui.elements.mixins.value_element import ValueElement
from nicegui.timer import Timer

_delete = Client.delete


def let_closed_pages_go() -> None:
    """Call it before pages are open; again, and it does nothing."""
    Client.delete = _delete_and_cut  # type: ignore[method-assign]


def _delete_and_cut(self: Client) -> None:
    if self._deleted:  # there may be two reasons at once: NiceGUI would raise a KeyError
        return
    elements = list(self.elements.values())
    _delete(self)
    for handlers in (self.connect_handlers, self.disconnect_handlers, self.delete_handlers, self._exception_handlers):
        handlers.clear()
    for element in elements:
        if isinstance(element, ValueElement):
            element._change_handlers.clear()
        elif isinstance(element, Timer):
            element.callback = None  # it sleeps on, and finds itself deleted
