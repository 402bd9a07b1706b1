"""The bar at the foot of a draft: Discard, Change, Preview, Publish; and the question before publishing."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.drafts.views import DraftSlot, PlanLine
from pages.schedules.draft.review.tables import told
from pages.schedules.draft.slots import People
from pages.schedules.draft.words import listed
from pages.widgets.dates import count, short_day
from pages.widgets.forms.fields import field, refuse
from pages.widgets.forms.form_dialog import FormDialog

A_DAY = timedelta(days=1)
Act = Callable[[], Awaitable[None]]


class PublishBar:
    """`publish` opens the question; the bar says what keeps it waiting."""

    def __init__(self, rules: str, *, preview: Act, publish: Act, discard: Act) -> None:
        with html.div().classes("oc-save draft-save") as self.box, html.div().classes("oc-save-inner"):
            self._words = TextElement(tag="span", text="").classes("grow").props("aria-live=polite")
            ui.button("Discard", color=None, on_click=discard).props("flat no-caps").classes("oc-btn quiet")
            change = ui.button("Change", color=None, on_click=lambda: ui.navigate.to(rules))
            change.props("unelevated no-caps").classes("oc-btn oc-icon oc-i-slider")
            self._preview = ui.button("Preview", color=None, on_click=preview).props("unelevated no-caps")
            self._preview.classes("oc-btn oc-icon oc-i-mail").props["aria-description"] = (
                "The emails that publishing sends"
            )
            self._publish = ui.button("Publish", color=None, on_click=publish).props("unelevated no-caps")
            self._publish.classes("oc-btn main")
        self.box.set_visibility(False)

    def show(self, review: Review, waits: str) -> None:
        """`waits` is the sentence that says why it can't be published yet; empty: it can."""
        self.box.set_visibility(True)
        self._show_buttons(True)
        self._words.set_text(waits or told_words(review.draft.slots))
        # Not the attribute `disabled`: the bar says why it waits.
        self._publish.props(f"aria-disabled={str(bool(waits)).lower()}")

    def show_failed(self) -> None:
        """Without a plan there is nothing to publish."""
        self.box.set_visibility(True)
        self._show_buttons(False)
        self._words.set_text("There is no plan to publish.")

    def _show_buttons(self, is_ready: bool) -> None:
        self._preview.set_visibility(is_ready)
        self._publish.set_visibility(is_ready)

    def hide(self) -> None:
        self.box.set_visibility(False)


class PublishDialog:
    """Asks once: until when, and who hears of it. `publish` gets the day after the last one, or None for all."""

    def __init__(self, zone: ZoneInfo, publish: Callable[[date | None], Awaitable[None]]) -> None:
        self._zone, self._act, self._dialog = zone, publish, FormDialog()

    def ask(self, review: Review, people: People) -> None:
        self._review, self._people = review, people
        line = review.draft.line
        with self._dialog.open("Publish this plan?", "Publish", self._publish):
            self._until = field("Last day to publish", value=_last(line).isoformat(), kind="date")
            self._until.props.update(min=line.first_day.isoformat(), max=_last(line).isoformat())
            self._told = TextElement(tag="p", text="").props("aria-live=polite")
        self._until.on_value_change(self._say)
        self._say()

    def close(self) -> None:
        self._dialog.close()

    def _say(self) -> None:
        end = self._end()
        if end is None:
            self._told.set_text("")
            return
        until = start_of_day(end, self._zone)
        slots = [slot for slot in self._review.draft.slots if slot.start < until]
        names = [self._people.name(each) for each in told(slots)]
        shifts = f"{count(len(slots), 'shift')} until {short_day(end - A_DAY)}."
        tells = f"Publishing tells {listed(names)} {about(slots)}." if names else "Nothing changes for anyone."
        self._told.set_text(" ".join(filter(None, (shifts, tells, self._notice(slots)))))

    def _notice(self, slots: Sequence[DraftSlot]) -> str:
        """What is published inside the notice; empty where nothing is."""
        days = self._review.notice_days
        latest = datetime.now(UTC) + timedelta(days=days)
        late = sum(slot.start < latest and slot.before != slot.participant_id for slot in slots)
        begin = "begins" if late == 1 else "begin"
        return f"{count(late, 'change')} {begin} inside the notice of {count(days, 'day')}." if late else ""

    def _end(self) -> date | None:
        """The day after the last one to publish; None if what is typed can't be."""
        line = self._review.draft.line
        try:
            end = date.fromisoformat(self._until.value or "") + A_DAY
        except (ValueError, OverflowError):
            return None
        return end if line.first_day < end <= line.end_day else None

    async def _publish(self) -> None:
        end = self._end()
        if end is None:
            line = self._review.draft.line
            refuse(self._until, f"Choose a day from {short_day(line.first_day)} to {short_day(_last(line))}.")
            return
        await self._act(None if end == self._review.draft.line.end_day else end)


def told_words(slots: Sequence[DraftSlot]) -> str:
    """The sentence in the bar."""
    number = len(told(slots))
    if not number:
        return "Publishing changes nothing for anyone."
    who = count(number, "person", "people")
    return f"Publishing tells {who} {about(slots)}. Everyone on the schedule sees it at once."


def about(slots: Sequence[DraftSlot]) -> str:
    """What their emails are about."""
    return "what changed for them" if any(slot.before is not None for slot in slots) else "about their shifts"


def _last(line: PlanLine) -> date:
    return line.end_day - A_DAY
