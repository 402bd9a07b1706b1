"""What pressing a button of a request does: asks first where it breaks something, then says what happened."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.states import Pace, RequestKind, RequestState
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed, RequestClosed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.cover.answers import accept, agree, approve, ask_later, decline, refuse_swap
from oncall_ui.services.schedules.cover.changes import set_pace, withdraw
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.returns import Return, read_returns
from oncall_ui.services.schedules.cover.undo import undo
from oncall_ui.services.schedules.cover.views import RequestView
from pages.session import run_as
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.form_dialog import FormDialog
from pages.widgets.people import first_name
from pages.widgets.requests import words
from pages.widgets.requests.words import part_words, span_words
from pages.widgets.toast import Toast

NO_RETURNS = "None of your next shifts can be swapped for it: see Take it instead."
GONE = "This request is gone."
Do = Callable[[], Awaitable[None]]


class Answering:
    """One per page. `zone` is the viewer's."""

    def __init__(self, app: App, me: LoggedIn, zone: ZoneInfo) -> None:
        self._app, self._me, self._zone = app, me, zone
        self._client = ui.context.client
        self._question, self._toast, self._dialog = Question(), Toast(), FormDialog()

    async def press(self, each: RequestView, do: str, of: int) -> None:
        """Does what the button says. What can't be done is said instead."""
        acts: Mapping[str, Do] = {
            words.TAKE: lambda: self._take(each, None),
            words.SWAP: lambda: self._choose_return(each),
            words.NO: lambda: self._run(decline, each),
            words.LATER: lambda: self._later(each),
            words.EVERYONE: lambda: self._run(set_pace, each, Pace.ALL),
            words.WITHDRAW: lambda: self._withdraw(each),
            words.AGREE: lambda: self._run(agree, each, of),
            words.REFUSE: lambda: self._run(refuse_swap, each, of),
            words.APPROVE: lambda: self._run(approve, each, is_approved=True),
            words.REJECT: lambda: self._run(approve, each, is_approved=False),
            words.UNDO: lambda: self._undo(each),
            words.ANSWER_FOR: lambda: self._answer_for(each),
        }
        if do in acts:
            await acts[do]()

    async def _take(
        self, each: RequestView, back: Part | None, *, is_accepted: bool = False, of: int | None = None
    ) -> None:
        """`of`: the participant a manager answers for."""
        try:
            is_done = await run_as(
                self._app, self._me, accept, each.schedule_id, each.id,
                in_return=back, is_accepted=is_accepted, participant_id=of,
            )  # fmt: skip
        except AgreeFirst as error:
            with self._client:
                if await self._question.ask(
                    "Take it all the same?", [error.sentence], keep="Cancel", lose="Take it all the same"
                ):
                    await self._take(each, back, is_accepted=True, of=of)
            return
        except (InvalidInput, RequestClosed, NotAllowed) as error:
            self._say(_sentence(error))
            return
        if of is not None:
            self._say("Answered for them.")
            return
        self._say(self._taken(each, back, is_done=is_done), self._undoing(each, is_done=is_done))

    def _taken(self, each: RequestView, back: Part | None, *, is_done: bool) -> str:
        what = span_words(each.part, self._zone)
        if not is_done:
            return f"{first_name(each.holder.name)} has to agree to this swap first."
        if each.kind is RequestKind.OFFER:
            return f"{what} is {first_name(each.taker.name) if each.taker else ''}’s now."
        if back is not None:
            return f"{what} is yours now, in return for yours."
        gained = words.repaid_words(each)
        return f"{what} is yours now: {gained}." if gained else f"{what} is yours now."

    def _undoing(self, each: RequestView, *, is_done: bool) -> Do | None:
        return (lambda: self._undo(each)) if is_done and each.kind is RequestKind.COVER else None

    async def _choose_return(self, each: RequestView) -> None:
        try:
            found = await run_as(self._app, self._me, read_returns, each.schedule_id, each.id, at=datetime.now(UTC))
        except NotAllowed:
            self._say(GONE)
            return
        if not found:
            self._say(NO_RETURNS)
            return
        with self._client:
            self._ask_return(each, found)

    def _ask_return(self, each: RequestView, found: tuple[Return, ...]) -> None:
        options = {number: self._return_words(one) for number, one in enumerate(found)}

        async def save() -> None:
            chosen = int(select.value or 0)
            self._dialog.close()
            await self._take(each, found[chosen].part, is_accepted=bool(found[chosen].breaks))

        with self._dialog.open("Swap for which of yours?", "Swap", save):
            html.p(f"You take {part_words(each.part, self._zone)}.")
            select = ui.select(options, value=0, label="In return they get")
            select.props("outlined dense options-dense stack-label")

    def _return_words(self, one: Return) -> str:
        said = part_words(one.part, self._zone)
        return f"{said} ({one.breaks}; they have to agree)" if one.breaks else said

    async def _answer_for(self, each: RequestView) -> None:
        """For managers: who, and what they say."""
        people = {asked.who.id: asked.who.name for asked in each.asked if asked.who.id != each.holder.id}
        if each.kind is RequestKind.OFFER:
            people = {each.holder.id: each.holder.name}
        if not people:
            self._say("Nobody was asked yet. Hand the shift over instead: open it under Shifts.")
            return

        async def save() -> None:
            participant, says = int(who.value or 0), str(what.value)
            self._dialog.close()
            if says == words.TAKE:
                await self._take(each, None, of=participant)
            else:
                await self._run(decline, each, participant_id=participant)

        with self._client, self._dialog.open("Answer for somebody", "Save", save):
            html.p(part_words(each.part, self._zone))
            who = ui.select(people, value=next(iter(people)), label="Who")
            what = ui.select({words.TAKE: "They take it", words.NO: "They decline"}, value=words.TAKE, label="Answer")
            for select in (who, what):
                select.props("outlined dense options-dense stack-label")

    async def _later(self, each: RequestView) -> None:
        if await self._run(ask_later, each):
            self._say("You’ll be asked again if nobody takes it.")

    async def _withdraw(self, each: RequestView) -> None:
        whose = "You keep the shift." if each.holder.is_me else f"{first_name(each.holder.name)} keeps the shift."
        with self._client:
            sentences = [f"{whose} Everyone who was asked sees it."]
            if await self._question.ask("Withdraw this request?", sentences, keep="Cancel", lose="Withdraw"):
                await self._run(withdraw, each)

    async def _undo(self, each: RequestView) -> None:
        other = each.taker if each.holder.is_me else each.holder
        name = first_name(other.name) if other else ""
        result = await self._run(undo, each)
        if result is not None:
            self._say("Undone." if result is True else f"{name} has to agree. They see it under Swaps.")

    async def _run(self, verb: Any, each: RequestView, *args: Any, **named: Any) -> Any:
        """What the verb returns, True where that is nothing; None where it was refused, which is said."""
        try:
            found = await run_as(self._app, self._me, verb, each.schedule_id, each.id, *args, **named)
        except (InvalidInput, RequestClosed, NotAllowed) as error:
            self._say(_sentence(error))
            return None
        return True if found is None else found

    def _say(self, sentence: str, undo_it: Do | None = None) -> None:
        with self._client:
            self._toast.say(sentence, undo_it)


def _sentence(error: InvalidInput | RequestClosed | NotAllowed) -> str:
    return GONE if isinstance(error, NotAllowed) else error.sentence


def is_open(each: RequestView) -> bool:
    """Whether its buttons still mean something."""
    return each.state in {RequestState.OPEN, RequestState.APPROVAL, RequestState.TAKEN}
