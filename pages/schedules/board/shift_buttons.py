"""What may be done about a published shift beside handing it over: ask for cover, offer to take it, take over now."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import quote

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed, RequestClosed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.cover.take_over import take_over
from oncall_ui.services.schedules.drafts.why import Why
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.subnav import schedule_route
from pages.schedules.why.panel import PanelButton
from pages.session import run_as
from pages.widgets.forms.dialogs import Question

TAKEN = "You have it from this minute on. Undo it under Swaps."
SURE = "It’s yours from this minute until it ends, and {name} sees that. Points move by the minute."


def shift_buttons(
    app: App, me: LoggedIn, view: ScheduleView, why: Why, question: Question, said: Callable[[str], None]
) -> list[PanelButton]:
    """As far as the member may. `said` gets what came of it, in words."""
    now, mine = datetime.now(UTC), view.my_participant_id
    if why.end <= now or why.holder is None or not view.access.includes(Access.MEMBER):
        return []
    is_mine = why.holder.participant_id == mine
    found = []
    if is_mine or view.access.includes(Access.MANAGER):
        found.append(PanelButton("Ask for cover", "swap", _goes(view, why, "cover")))
    if mine is not None and not is_mine:
        if why.start > now:
            found.append(PanelButton("Offer to take", "hand", _goes(view, why, "offer")))
        else:
            found.append(PanelButton("Take over now", "hand", _TakeOver(app, me, view, why, question, said).ask))
    return found


def _goes(view: ScheduleView, why: Why, where: str) -> Callable[[], Awaitable[None]]:
    async def go() -> None:
        key = quote(slot_key(why.start, why.role), safe="")
        ui.navigate.to(schedule_route(view.id, "shifts", key, where))

    return go


class _TakeOver:
    """Asks once, and once more where it breaks something."""

    def __init__(
        self, app: App, me: LoggedIn, view: ScheduleView, why: Why, question: Question, said: Callable[[str], None]
    ) -> None:
        self._app, self._me, self._view, self._why, self._said = app, me, view, why, said
        self._question = question

    async def ask(self) -> None:
        name = self._why.holder.name if self._why.holder else ""
        sure = [SURE.format(name=name)]
        if await self._question.ask("Take over now?", sure, keep="Cancel", lose="Yes, take over"):
            await self._take(is_accepted=False)

    async def _take(self, *, is_accepted: bool) -> None:
        why = self._why
        try:
            await run_as(self._app, self._me, take_over, self._view.id, why.start, why.role, is_accepted=is_accepted)
        except AgreeFirst as error:
            if await self._question.ask(
                "Take over all the same?", [error.sentence], keep="Cancel", lose="Yes, take over"
            ):
                await self._take(is_accepted=True)
        except (InvalidInput, RequestClosed) as error:
            self._said(error.sentence)
        except NotAllowed:
            self._said("This shift is gone.")
        else:
            self._said(TAKEN)
