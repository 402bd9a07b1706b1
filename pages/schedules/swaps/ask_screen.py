"""The form that asks for cover of a shift, or offers to take it: which part, a note, and who could take it."""

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.states import Pace
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.cover.ask import Asking, ask_for_cover, offer_to_take, read_asking
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.returns import Return, read_offers
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.drawn import Drawn
from pages.schedules.subnav import schedule_route
from pages.schedules.swaps.candidates import CANDIDATES, candidate_rows, first_words, pace_words
from pages.schedules.swaps.part_slider import PartSlider
from pages.session import run_as
from pages.widgets.dates import duration, relative_day
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.fields import busy, field, is_busy
from pages.widgets.requests.words import part_words, points_words, shift_words

ALL, PART = "All of it", "A part"
NOTHING = "nothing"


class AskScreen:
    """Drawn where it is created; `add_bar` completes it."""

    def __init__(
        self, app: App, me: LoggedIn, view: ScheduleView, slot: Slot, asking: Asking, *, is_offer: bool
    ) -> None:
        self._app, self._me, self._view, self._slot, self._is_offer = app, me, view, slot, is_offer
        self._zone, self._asking, self._whole = zone_of(view.zone), asking, asking.part
        self._client, self._question = ui.context.client, Question()
        self._returns: tuple[Return, ...] = ()
        self._chosen, self._read, self._is_reading = 0, 0, False
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                self._form()
                if not is_offer:
                    self._options()
            with html.aside().props('aria-label="Who could take it"'):
                self._people = Drawn(CANDIDATES, "swaps-people")

    def add_bar(self) -> None:
        """The bar at the foot of the page."""
        self._bar()
        self._show()

    def _form(self) -> None:
        asking, today = self._asking, _now().astimezone(self._zone).date()
        day = asking.part.start.astimezone(self._zone).date()
        with html.section().classes("oc-card").props("aria-labelledby=part"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                is_whole = (self._whole.start, self._whole.end) == (self._whole.of_shift, asking.shift_end)
                html.h2(shift_words(self._whole, self._zone, is_whole=is_whole)).props("id=part")
                html.p(f"{asking.type}, {points_words(asking.points)}, {relative_day(day, today)}").classes("oc-sub")
            with html.div().classes("oc-pad swaps-part"):
                self._much = ui.toggle([ALL, PART], value=ALL, on_change=self._choose).classes("oc-seg")
                self._much.props('unelevated no-caps toggle-color=none toggle-text-color=none aria-label="How much"')
                with html.div().classes("swaps-times") as self._times:
                    self._slider = PartSlider(self._whole.start, self._whole.end, self._zone, self._slide)
                    with html.div().classes("swaps-two"):
                        self._from = self._moment("From", self._whole.start)
                        self._until = self._moment("Until", self._whole.end)
                self._times.set_visibility(False)
                self._note = field("Note, for the people asked", hint="Optional", maxlength="200")
                if self._is_offer:
                    self._back = ui.select({NOTHING: "Nothing"}, value=NOTHING, label="In return they take")
                    self._back.props("outlined dense options-dense stack-label")
                self._wrong = TextElement(tag="p", text="").classes("swaps-wrong").props("role=alert")
                self._wrong.set_visibility(False)
        if self._is_offer:
            ui.timer(0.05, self._read_returns, once=True)

    def _moment(self, label: str, value: datetime) -> ui.input:
        found = field(label, value=_typed(value, self._zone), kind="datetime-local")
        found.props["min"] = _typed(self._whole.start, self._zone)
        found.props["max"] = _typed(self._whole.end, self._zone)
        found.props["debounce"] = "300"
        found.on_value_change(self._choose)
        return found

    def _options(self) -> None:
        with html.section().classes("oc-card").props('aria-label="How it is asked"'):
            with html.div().classes("oc-rule"), html.p():
                self._pace_word = TextElement(tag="span", text="")
                self._pace_line = TextElement(tag="small", text="")
            if self._view.access.includes(Access.MEMBER):
                self._everyone = self._switch("Ask everyone now", "Who takes it first has it", value=False)
                self._swaps = self._switch(
                    "Accept a swap", "They may give you one of their shifts in return, if you can hold it", value=True
                )

    def _switch(self, title: str, line: str, *, value: bool) -> ui.switch:
        with html.div().classes("oc-rule"):
            with html.p(title):
                html.small(line)
            found = ui.switch(value=value, on_change=self._show)
            found.props["aria-label"] = title
        return found

    def _bar(self) -> None:
        with html.div().classes("oc-save"), html.div().classes("oc-save-inner"):
            self._sum = TextElement(tag="span", text="").classes("grow").props("aria-live=polite")
            cancel = ui.link("Cancel", schedule_route(self._view.id, "swaps"))
            cancel.classes("oc-btn quiet")
            self._send = (
                ui.button("Ask", color=None).props("unelevated no-caps").classes("oc-btn main oc-icon oc-i-send")
            )
            self._send.on_click(self._ask)

    def _span(self) -> tuple[datetime, datetime] | None:
        """None: all of it. Raises InvalidInput."""
        if self._much.value == ALL:
            return None
        try:
            moments = [
                datetime.fromisoformat(str(each.value)).replace(tzinfo=self._zone).astimezone(UTC)
                for each in (self._from, self._until)
            ]
        except (ValueError, OverflowError) as error:
            raise InvalidInput("From", "Enter when the part begins and ends.") from error
        return moments[0], moments[1]

    def _slide(self, start: datetime, end: datetime) -> None:
        """The fields say the same, before anything else is shown."""
        for entry, moment in ((self._from, start), (self._until, end)):
            entry.set_value(_typed(moment, self._zone))

    async def _choose(self) -> None:
        """Reads what is chosen now; one reading at a time, and one more if something else was chosen meanwhile."""
        self._times.set_visibility(self._much.value == PART)
        self._chosen += 1
        if self._is_reading:
            return
        self._is_reading = True
        try:
            while self._read != self._chosen:
                self._read = self._chosen
                await self._read_chosen()
        finally:
            self._is_reading = False

    async def _read_chosen(self) -> None:
        where = (self._view.id, self._slot.start, self._slot.role)
        try:
            found, wrong = await run_as(self._app, self._me, read_asking, *where, self._span()), ""
        except InvalidInput as error:
            found, wrong = self._asking, error.sentence
        if self._read == self._chosen:
            self._asking = found
            self._refuse(wrong)
            if not wrong:
                self._show()

    def _show(self) -> None:
        asking = self._asking
        # What the fields say by now, and not what was read for: the handles may have moved on meanwhile.
        with suppress(InvalidInput):
            self._slider.show(*(self._span() or (self._whole.start, self._whole.end)))
        self._people.show([candidate_rows(asking.candidates, self._zone)] if not self._is_offer else [])
        if not self._is_offer:
            self._show_pace(asking.pace)
        length = duration(asking.part.start, asking.part.end, self._zone)
        first = f"{asking.holder} is asked" if self._is_offer else first_words(asking.candidates, self._pace())
        self._sum.set_text(f"{length}, {points_words(asking.points)} in the ledger. {first}.")
        self._send.set_text(f"Ask {asking.holder.split(maxsplit=1)[0]}" if self._is_offer else "Ask for cover")

    def _show_pace(self, pace: Pace) -> None:
        word, line = pace_words(pace)
        self._pace_word.set_text(word)
        self._pace_line.set_text(line)
        if self._everyone.parent_slot:
            self._everyone.parent_slot.parent.set_visibility(pace is not Pace.ALL)

    def _pace(self) -> Pace:
        return Pace.ALL if not self._is_offer and self._everyone.value else self._asking.pace

    def _refuse(self, sentence: str) -> None:
        self._wrong.set_text(sentence)
        self._wrong.set_visibility(bool(sentence))

    async def _read_returns(self) -> None:
        self._returns = await run_as(
            self._app, self._me, read_offers, self._view.id, self._slot.start, self._slot.role, at=_now()
        )
        options = {str(number): part_words(each.part, self._zone) for number, each in enumerate(self._returns)}
        self._back.set_options({NOTHING: "Nothing", **options}, value=NOTHING)

    async def _ask(self) -> None:
        if is_busy(self._send):
            return
        with self._client, busy(self._send):
            await self._try()

    async def _try(self, *, is_accepted: bool = False) -> None:
        try:
            await self._ask_as_chosen(is_accepted=is_accepted)
        except AgreeFirst as error:
            if await self._question.ask("Offer it all the same?", [error.sentence], keep="Cancel", lose="Offer it"):
                await self._try(is_accepted=True)
            return
        except NotAllowed:
            self._refuse("You can only ask for shifts that are yours. Ask a manager.")
            return
        except InvalidInput as error:
            self._refuse(error.sentence)
            return
        ui.navigate.to(schedule_route(self._view.id, "swaps"))

    async def _ask_as_chosen(self, *, is_accepted: bool) -> None:
        where, span, note = (
            (self._view.id, self._slot.start, self._slot.role),
            self._span(),
            str(self._note.value or ""),
        )
        if self._is_offer:
            await run_as(
                self._app, self._me, offer_to_take, *where, span,
                note=note, in_return=self._in_return(), is_accepted=is_accepted,
            )  # fmt: skip
            return
        pace = Pace.ALL if self._everyone.value else None
        await run_as(
            self._app, self._me, ask_for_cover, *where, span,
            note=note, takes_swaps=bool(self._swaps.value), pace=pace,
        )  # fmt: skip

    def _in_return(self) -> Part | None:
        chosen = str(self._back.value)
        return self._returns[int(chosen)].part if chosen.isdecimal() and int(chosen) < len(self._returns) else None


def _typed(moment: datetime, zone: ZoneInfo) -> str:
    """As a field of the browser has it."""
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"


def _now() -> datetime:
    return datetime.now(UTC)
