"""What managers do on the page of a draft: each act asks its service, and returns what keeps it from being done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.planning.alternatives import Alternative
from oncall_ui.domain.schedules.planning.price_words import again_words
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import InvalidInput, PlanNotReady, PlanOutdated
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.bending.choose import choose_bend, compare_limits
from oncall_ui.services.schedules.drafts.drafts import discard_draft, plan_again, stop_planning
from oncall_ui.services.schedules.drafts.editing.by_hand import exclude, hand_over, include, pin, unpin
from oncall_ui.services.schedules.drafts.editing.choices import Decision
from oncall_ui.services.schedules.drafts.editing.fixes import ask_to_lift, use_fix
from oncall_ui.services.schedules.drafts.replanned import plan_with_others
from oncall_ui.services.schedules.drafts.views import DraftSlot
from oncall_ui.services.schedules.drafts.why import Why, read_draft_why
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.sharing.email_preview import Previews, preview_emails
from pages.session import run_as, still_here


class Refused(Exception):
    """It wasn't done; the message is a sentence for the page."""


@dataclass(frozen=True, slots=True)
class Actions:
    """Of one draft. Every act raises Refused, and NotAllowed for who no longer manages the schedule."""

    app: App
    me: LoggedIn
    schedule_id: int
    number: int

    async def stop(self) -> None:
        await self._run(stop_planning)

    async def plan_again(self) -> None:
        await self._run(plan_again)

    async def discard(self) -> None:
        await self._run(discard_draft)

    async def why(self, slot: DraftSlot) -> Why:
        found: Why = await self._run(read_draft_why, slot.start, slot.role)
        return found

    async def why_again(self, slot: DraftSlot, told: Callable[[int, str], None]) -> None:
        """`told` hears, per participant, what it would be if everything were planned again."""
        client = ui.context.client

        def heard(found: Alternative) -> None:
            with client:
                told(int(found.person), again_words(found))

        await still_here(self.app, self.me)
        place = self.schedule_id, self.number, slot.start, slot.role
        try:
            await plan_with_others(self.app, self.me.member.id, *place, heard)
        except PlanNotReady as error:
            raise Refused(error.sentence) from error

    async def hand_over(self, slot: DraftSlot, participant_id: int | None) -> None:
        await self._run(hand_over, slot.start, slot.role, participant_id)

    async def pin(self, slot: DraftSlot, is_pinned: bool) -> None:
        await self._run(pin if is_pinned else unpin, slot.start, slot.role)

    async def unpin(self, slot: Slot) -> None:
        await self._run(unpin, slot.start, slot.role)

    async def exclude(self, slot: DraftSlot, participant_id: int, is_excluded: bool) -> None:
        await self._run(exclude if is_excluded else include, slot.start, slot.role, participant_id)

    async def ask(self, participant_id: int, slots: Sequence[Slot]) -> None:
        await self._run(ask_to_lift, participant_id, slots)

    async def use_fix(self, given: Sequence[Decision], empty: Sequence[Slot]) -> None:
        await self._run(use_fix, given, empty)

    async def compare(self) -> None:
        """Takes as long as planning may."""
        await still_here(self.app, self.me)
        try:
            await compare_limits(self.app, self.me.member.id, self.schedule_id, self.number)
        except PlanNotReady as error:
            raise Refused(error.sentence) from error

    async def choose_bend(self, more: int | None) -> None:
        await self._run(choose_bend, more)

    async def preview(self) -> Previews:
        found: Previews = await self._run(preview_emails)
        return found

    async def publish(self, revision: int, accepted: Sequence[Slot], until: date | None) -> None:
        await self._run(publish, revision, accepted, until)

    async def _run(self, verb: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return await run_as(self.app, self.me, verb, self.schedule_id, self.number, *arguments)
        except (PlanNotReady, PlanOutdated, InvalidInput) as error:
            raise Refused(error.sentence) from error
