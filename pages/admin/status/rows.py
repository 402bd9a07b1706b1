"""The list of checks: a row is patched where it can be, so that a button keeps the focus and its place."""

from collections.abc import Awaitable, Callable, Sequence
from html import escape

from nicegui import html, ui

from pages.admin.status.checks import Check
from pages.needs.alerts import Act

UNDER_WAY = {Act.BACK_UP: "Backing up", Act.SEND_TEST: "Sending", Act.CHECK: "Checking"}
DoIt = Callable[[Act], Awaitable[None]]


class Rows:
    """`do` is called with what a pressed button is for."""

    def __init__(self, do: DoIt) -> None:
        self._do = do
        self._rows: list[_Row] = []
        self._list = html.ul().classes("oc-health")

    def show(self, checks: Sequence[Check], busy: Act | None) -> None:
        """The row of `busy` says that it is under way."""
        if [row.kind for row in self._rows] != [_kind(check) for check in checks]:
            self._list.clear()
            with self._list:
                self._rows = [_Row(check, self._do) for check in checks]
        for row, check in zip(self._rows, checks, strict=True):
            row.show(check, is_busy=check.act is not None and check.act is busy)


class _Row:
    def __init__(self, check: Check, do: DoIt) -> None:
        self.kind = _kind(check)
        self._button: ui.button | None = None
        with html.li():
            html.h3(check.name)
            # Only what answers a press is read out by itself.
            self._status = ui.html("", sanitize=False).classes("oc-status").props("role=status" if check.act else "")
            if check.link:
                ui.link(*check.link).classes("oc-btn quiet")
            elif (act := check.act) is not None:
                self._button = ui.button(act.value, color=None, on_click=lambda: do(act))
                self._button.props("unelevated no-caps").classes("oc-btn quiet")

    def show(self, check: Check, *, is_busy: bool) -> None:
        css = "is-busy" if is_busy else "is-warn" if check.is_wrong else "is-idle" if check.is_off else "is-ok"
        self._status.classes(add=css, remove=" ".join({"is-busy", "is-ok", "is-idle", "is-warn"} - {css}))
        self._status.set_content(_words(check, is_busy=is_busy))
        if self._button is not None:
            set_busy(self._button, is_busy=is_busy)


def _words(check: Check, *, is_busy: bool) -> str:
    """In HTML: there are a dozen rows on a page of few elements."""
    if is_busy and check.act:
        return f"<b>{UNDER_WAY[check.act]}</b>"
    rest = f"<span> · {escape(check.rest)}</span>" if check.rest else ""
    why = f'<span class="why">{escape(check.why)}</span>' if check.why else ""
    return f"<b>{escape(check.word)}</b>{rest}{why}"


def set_busy(button: ui.button, *, is_busy: bool) -> None:
    """It keeps the focus, which a disabled button loses."""
    if is_busy:
        button.props("aria-disabled=true")
    else:
        button.props(remove="aria-disabled")


def _kind(check: Check) -> tuple[object, ...]:
    return check.name, check.link, check.act
