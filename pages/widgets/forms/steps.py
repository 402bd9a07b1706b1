"""Numbered steps as one element, however many there are. The text is ours, never a member's."""

import re
from collections.abc import Sequence
from html import escape

from nicegui import ui

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_TYPED = re.compile(r"`(.+?)`")


def steps(lines: Sequence[str], *, now: int | None = None) -> ui.html:
    """Draws `lines` as an ordered list; `now` marks one step.

    `**words**` become bold, words in backticks become code, everything else stays text.
    """
    items = "".join(_item(line, is_now=number == now) for number, line in enumerate(lines))
    return ui.html(items, tag="ol").classes("oc-steps")


def _item(line: str, *, is_now: bool) -> str:
    current = ' class="now" aria-current="step"' if is_now else ""
    words = _TYPED.sub(r"<code>\1</code>", _BOLD.sub(r"<b>\1</b>", escape(line, quote=False)))
    return f"<li{current}><span>{words}</span></li>"
