"""The dialogs of the Security page: drawn when they open, and removed when they close, with whatever they showed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import html, ui

# Without https browsers give scripts no clipboard; selecting works everywhere.
COPY = """async (event) => {
    const button = event.currentTarget, words = button.querySelector("[data-words]") ?? button;
    const area = document.createElement("textarea");
    area.value = %s;
    button.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
    words.textContent = "Copied";
    setTimeout(() => { words.textContent = "Copy"; }, 2000);
}"""
DOWNLOAD = """() => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([%s], {type: "text/plain"}));
    link.download = %s;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}"""

DRAWN_MS = 50
"""The browser has drawn the new content by then."""


class Popup:
    """One per page, drawn for each use."""

    def __init__(self) -> None:
        self._dialog = ui.dialog()
        self._dialog.on("hide", self._dialog.clear)

    @contextmanager
    def drawn(self, heading: str, *, wide: bool = False, must_answer: bool = False) -> Iterator[html.h2]:
        """What is drawn inside the block is the dialog, which opens afterwards.

        With `must_answer` neither Escape nor a click outside closes it. In a dialog that is open already the focus goes
        to the heading: what had it is gone.
        """
        was_open = bool(self._dialog.value)
        self._dialog.clear()
        self._dialog.props(add="persistent" if must_answer else "", remove="" if must_answer else "persistent")
        with self._dialog, html.div().classes(f"oc-pop oc-ask{' wide' if wide else ''}"):
            title = html.h2(heading).props("tabindex=-1")
            yield title
        self._dialog.props(f"aria-labelledby={title.html_id}")
        self._dialog.open()
        if was_open:
            self._dialog.client.run_javascript(f"setTimeout(() => getHtmlElement({title.id})?.focus(), {DRAWN_MS})")

    def close(self) -> None:
        self._dialog.close()


def popup_button(words: str, on_click: Any = None, *, kind: str = "", submits: bool = False) -> ui.button:
    """`kind` is `main`, `no` or empty."""
    button = ui.button(words, color=None, on_click=on_click)
    button.props(f"unelevated no-caps type={'submit' if submits else 'button'}")
    return button.classes(f"oc-btn {kind}".strip())


def copy_button(text: str, name: str) -> html.button:
    """Copies `text` in the browser, and says `Copied` for 2 s."""
    with html.button().props("type=button").classes("oc-btn quiet oc-icon oc-i-copy") as button:
        html.span("Copy").props("data-words")
    button.props["aria-label"] = name
    button.on("click", js_handler=COPY % json.dumps(text))
    return button


def download_button(text: str, file_name: str, name: str) -> html.button:
    """Saves `text` as a file, without asking the server for it."""
    button = html.button("Download").props("type=button").classes("oc-btn quiet oc-icon oc-i-download")
    button.props["aria-label"] = name
    button.on("click", js_handler=DOWNLOAD % (json.dumps(text), json.dumps(file_name)))
    return button
