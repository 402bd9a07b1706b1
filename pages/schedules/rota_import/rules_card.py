"""What the rotations of another tool come to as rules here, and the button that takes them over."""

from collections.abc import Awaitable, Callable

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.rota_import.rotations import RulesFound, with_roles
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.rules import save_rules
from pages.schedules.drawn import Drawn
from pages.schedules.rules.section import SENTENCE
from pages.schedules.rules.words import rule_words
from pages.session import run_as
from pages.widgets.forms.fields import busy, is_busy

REPLACES = "They replace the rules of this schedule, by which imported shifts count."
SAVED = "The schedule’s rules are saved. Shifts already published stay."


class RulesCard:
    """Hidden until there are rules to show. `saved` is called with a sentence."""

    def __init__(self, app: App, me: LoggedIn, schedule_id: int, saved: Callable[[str], Awaitable[None]]) -> None:
        self._app, self._me, self._id, self._saved = app, me, schedule_id, saved
        self._rules: RulesFound | None = None
        with html.section().classes("oc-card").props("aria-labelledby=import-rules") as self._card:
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                self._title = TextElement(tag="h2", text="").props("id=import-rules")
                html.p(REPLACES).classes("oc-sub")
            self._list = Drawn(SENTENCE, "rules-lines")
            self._list.table.props["role"] = "list"
            self._list.table.props["aria-labelledby"] = "import-rules"
            with html.div().classes("oc-foot"):
                self._use = ui.button("Use these rules", color=None, on_click=self._save).props("unelevated no-caps")
                self._use.classes("oc-btn")
        self._card.set_visibility(False)

    def show(self, rules: RulesFound | None, tool: str, roles: tuple[str, ...]) -> None:
        """None hides it."""
        self._rules, self._roles = rules, roles
        self._card.set_visibility(rules is not None and bool(rules.rules or rules.notes))
        if rules is None:
            return
        self._use.set_visibility(bool(rules.rules))
        self._title.set_text(f"Rotations in {tool}, as rules")
        lines = [rule_words(rule, roles, {}) for rule in with_roles(rules.rules, roles)]
        self._list.show([{"key": str(number), "t": line} for number, line in enumerate([*lines, *rules.notes])])

    async def _save(self) -> None:
        if self._rules is None or is_busy(self._use):
            return
        with busy(self._use):
            try:
                await run_as(self._app, self._me, save_rules, self._id, with_roles(self._rules.rules, self._roles))
            except InvalidInput as error:
                await self._saved(error.sentence)
                return
        self._card.set_visibility(False)
        await self._saved(SAVED)
