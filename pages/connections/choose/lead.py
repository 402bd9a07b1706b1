"""The head of the page: what the selected calendar would bring, before anything else."""

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.connections.views import ConnectionView
from pages.connections.choose.preview_panel import PreviewState
from pages.connections.choose.preview_words import answer

NOTHING_SELECTED = "Switch on the ones that say when you can’t be on call, or prefer to be."
STARTS_IMPORT = "Saving starts the import."


class Head:
    """Built once; `show` updates its answer, which is read out when it changes."""

    def __init__(self, connection: ConnectionView, back: str) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                ui.link("Back", back).classes("oc-back oc-icon oc-i-left")
                html.h1("Choose calendars")
                with html.p().classes("oc-lead oc-answer").props("role=status") as self._line:
                    self._answer = TextElement(tag="b", text="")
                    self._rest = TextElement(tag="span", text="")
            with html.p().classes("oc-whose"):
                html.img(src=f"/static/logos/{connection.logo}", alt="").classes("oc-logo")
                with html.span(connection.nickname):
                    html.small(connection.account)

    def show(self, state: PreviewState | None, *, starts_import: bool) -> None:
        words, rest = _words(state)
        has_failed = state is not None and state.preview is None and not state.is_reading
        # The notice of a failure says the same and more, and is read out by itself.
        self._line.props(add="aria-live=off" if has_failed else None, remove=None if has_failed else "aria-live")
        self._answer.set_text(f"{words} " if words else "")
        self._rest.set_text(STARTS_IMPORT if starts_import and state is not None else rest)


def _words(state: PreviewState | None) -> tuple[str, str]:
    if state is None:
        return "", NOTHING_SELECTED
    if state.preview is not None:
        return answer(state.name, state.preview, is_on=state.is_on), ""
    if state.is_reading:
        return f"Reading the next 90 days of {state.name}…", ""
    return f"{state.name} can’t be previewed.", ""
