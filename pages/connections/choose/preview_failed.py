"""Why a calendar has no preview, and what the member can do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.failures import Failure, MemberMustAct

STILL = "You can still choose how its events count, and save."


@dataclass(frozen=True, slots=True)
class NoPreview:
    """`sentence`: what happened."""

    sentence: str
    needs_member: bool = False
    """Whether only the member can fix it, by reconnecting."""
    is_gone: bool = False
    """Whether the calendar no longer exists here: another try can't help."""


def no_preview(failure: Failure) -> NoPreview:
    return NoPreview(failure.sentence, needs_member=isinstance(failure, MemberMustAct))


class PreviewFailed:
    """Redrawn whenever it changes, so that screen readers read it out. `reconnect`: the address of that form."""

    def __init__(self, try_again: Callable[[], None], reconnect: str) -> None:
        self._try_again, self._reconnect = try_again, reconnect
        self._shown: tuple[int, str, NoPreview] | None = None
        self._place = html.div()
        self._place.set_visibility(False)

    def show(self, calendar_id: int, name: str, why: NoPreview | None) -> None:
        """Hides itself when `why` is None."""
        now = (calendar_id, name, why) if why else None
        if now == self._shown:
            return
        self._shown = now
        self._place.clear()
        self._place.set_visibility(why is not None)
        if why is not None:
            with self._place:
                self._draw(name, why)

    def _draw(self, name: str, why: NoPreview) -> None:
        look = "oc-alert" if why.needs_member else "oc-alert is-warn"
        with html.section().classes(look).props("role=alert") as notice:
            html.i().classes("oc-i oc-i-alert")
            with html.div():
                heading = TextElement(tag="h3", text=f"{name} couldn’t be read")
                TextElement(tag="p", text=why.sentence)
                if not why.is_gone:
                    TextElement(tag="p", text=STILL)
                    self._buttons(why, heading.html_id)
        notice.props(f"aria-labelledby={heading.html_id}")

    def _buttons(self, why: NoPreview, heading: str) -> None:
        # None of them is the main button: that is Save.
        with html.div().classes("oc-acts wide"):
            if why.needs_member:
                _button("Reconnect", lambda: ui.navigate.to(self._reconnect), heading)
            _button("Try again", self._try_again, heading)


def _button(word: str, press: Callable[[], object], heading: str) -> None:
    button = ui.button(word, on_click=press, color=None)
    button.props(f"unelevated no-caps aria-describedby={heading}").classes("oc-btn")
