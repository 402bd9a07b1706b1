"""The shift that is looked at: why somebody has it, kept up to date, and handing it over."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import InvalidInput, PlanOutdated
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.drafts.why import Why, WhyCandidate, read_why
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.board.reading import Found, Reading
from pages.schedules.board.shift_buttons import shift_buttons
from pages.schedules.why.panel import WhyPanel
from pages.schedules.why.words import days_words, shown_of
from pages.session import run_as
from pages.widgets.forms.dialogs import Question
from pages.widgets.toast import Toast

STAYS = "Points move with it. What was published stays in the history."
AGREE = "{name} is blocked for some of it. Hand over only if they agreed."


class ShiftDialog:
    """One per page. `tell` is given the slot that is open, for the address, and None once it is closed."""

    def __init__(self, app: App, me: LoggedIn, reading: Reading, tell: Callable[[Slot | None], None]) -> None:
        self._app, self._me, self._reading, self._tell = app, me, reading, tell
        self._client = ui.context.client
        self._panel, self._question, self._toast = WhyPanel(), Question(), Toast()

    async def open(self, view: ScheduleView, slot: Slot) -> None:
        """Reads, then shows. Raises NotAllowed for a slot that is gone."""
        self.begin(view, await run_as(self._app, self._me, read_why, view.id, slot.start, slot.role))

    def show(self, found: Found) -> None:
        """What was read since; closes when the shift is gone."""
        if self._reading.slot is None or not self._panel.is_open:
            return
        if found.why is None:
            self._panel.close()
            self._toast.say("This shift was taken out of the schedule.")
        else:
            self._view, self._why = found.view, found.why
            self._panel.show(shown_of(found.why, found.view.my_participant_id, found.zone))

    def begin(self, view: ScheduleView, why: Why) -> None:
        """Opens the dialog with what was read."""
        self._view, self._why = view, why
        self._reading.slot = Slot(why.start, why.role)
        may = view.access.includes(Access.MANAGER) and not view.is_archived and why.end > datetime.now(UTC)
        shown = shown_of(why, view.my_participant_id, ZoneInfo(view.zone))
        buttons = (
            shift_buttons(self._app, self._me, view, why, self._question, self._cover) if not view.is_archived else []
        )
        self._panel.open(shown, buttons=buttons, hand_over=self._hand_over if may else None, closed=self._closed)
        self._tell(self._reading.slot)

    def _closed(self) -> None:
        self._reading.slot = None
        self._tell(None)

    def _cover(self, sentence: str) -> None:
        """What taking it over came to."""
        with self._client:
            self._panel.close()
            self._toast.say(sentence)

    async def _hand_over(self, participant: int) -> None:
        why, chosen = self._why, self._candidate(participant)
        if chosen is None or chosen.price is None:
            return
        days = days_words(why.start, why.end, ZoneInfo(self._view.zone))
        sentences = [f"{why.role.capitalize()}, {days}.", STAYS]
        if chosen.price.blocked:
            sentences.insert(0, AGREE.format(name=chosen.name))
        if not await self._question.ask(
            f"Hand over to {chosen.name}?", sentences, keep="Cancel", lose="Yes, hand over"
        ):
            return
        before = why.holder.participant_id if why.holder else None
        if await self._assign(why, before, participant, is_accepted=chosen.price.blocked > 0):
            with self._client:
                self._panel.close()
                undo = None if before is None else lambda: self._undo(why, before, participant)
                self._toast.say(f"{days} handed over to {chosen.name}.", undo)

    async def _undo(self, why: Why, before: int, participant: int) -> None:
        # It was theirs before, blocked or not.
        await self._assign(why, participant, before, is_accepted=True)

    async def _assign(self, why: Why, before: int | None, after: int, *, is_accepted: bool) -> bool:
        """Whether it was done. Otherwise the dialog says why not."""
        try:
            await run_as(
                self._app, self._me, assign, self._view.id, why.start, why.role, after,
                before=before, is_accepted=is_accepted,
            )  # fmt: skip
        except (InvalidInput, PlanOutdated) as error:
            with self._client:
                self._panel.refuse(error.sentence)
                self._toast.say(error.sentence)
            return False
        return True

    def _candidate(self, participant: int) -> WhyCandidate | None:
        return next((each for each in self._why.candidates if each.participant_id == participant), None)
