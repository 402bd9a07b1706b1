"""The dialog before something is deleted: what is lost, what stays, and the safe answer first."""

from collections.abc import Sequence

from nicegui import html, ui


class Question:
    """One per page, filled for each question."""

    def __init__(self) -> None:
        self._dialog = ui.dialog().props("role=alertdialog")

    async def ask(self, heading: str, sentences: Sequence[str], *, keep: str, lose: str) -> bool:
        """True only if the member chooses `lose`. Escape, a click outside and leaving the page mean no."""
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-pop oc-ask"):
            title = html.h2(heading)
            lines = [html.p(sentence).html_id for sentence in sentences]
            with html.div().classes("oc-acts wide"):
                self._answer(keep, False).classes("oc-btn").props("autofocus")
                self._answer(lose, True).classes("oc-btn no")
        self._dialog.props(f'aria-labelledby={title.html_id} aria-describedby="{" ".join(lines)}"')
        return bool(await self._dialog)

    def _answer(self, word: str, answer: bool) -> ui.button:
        return ui.button(word, on_click=lambda: self._dialog.submit(answer), color=None).props("unelevated no-caps")
