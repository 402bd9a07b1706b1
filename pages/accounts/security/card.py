"""What the sections of the Security page are drawn with: cards, lists, and rows with an icon, a text and buttons."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement


@contextmanager
def security_card(key: str, heading: str, sub: str = "") -> Iterator[html.div]:
    """A card with the heading `heading`; `key` is unique on the page. Yields the end of its head, for buttons."""
    with html.section().classes("oc-card").props(f"aria-labelledby=security-{key}"):
        with html.div().classes("oc-card-head"):
            with html.div().classes("grow"):
                html.h2(heading).props(f"id=security-{key}")
                if sub:
                    html.p(sub).classes("oc-sub")
            head = html.div().classes("oc-acts")
        yield head


def security_list(name: str) -> html.ul:
    """A list of rows inside a card; `name` is for screen readers."""
    rows = html.ul().classes("oc-svcs")
    rows.props["aria-label"] = name
    return rows


class SecurityRow:
    """A row inside a `security_list`. Draw its buttons inside `with row.buttons`."""

    def __init__(self, icon: str, title: str) -> None:
        """`icon` is the name of one in icons.css."""
        with html.li().classes("oc-svc") as self.element:
            with html.span().classes("ic").props("aria-hidden=true"):
                html.i().classes(f"oc-i oc-i-{icon}")
            with html.div():
                with html.h3():
                    self._title = TextElement(tag="span", text=title).classes("oc-clip")
                    self._tag = TextElement(tag="span", text="").classes("oc-tag")
                    self._tag.set_visibility(False)
                self._line = TextElement(tag="p", text="")
            self.buttons = html.div().classes("oc-acts")

    def show(self, line: str, *, title: str = "", tag: str = "") -> None:
        """The second line, a new title if there is one, and a tag beside the title, or none."""
        self._line.set_text(line)
        if title:
            self._title.set_text(title)
        self._tag.set_text(tag)
        self._tag.set_visibility(bool(tag))

    def mark_tag(self, *, is_good: bool) -> None:
        """Whether the tag is green and has a tick."""
        good = "ok oc-icon oc-i-ok"
        self._tag.classes(add=good if is_good else "", remove="" if is_good else good)


def row_button(words: str, on_click: Any, name: str = "") -> ui.button:
    """A quiet button at the end of a row; `name` says what it concerns where `words` alone don't."""
    button = ui.button(words, color=None, on_click=on_click).props("flat no-caps").classes("oc-btn quiet")
    if name:
        button.props["aria-label"] = name
    return button
