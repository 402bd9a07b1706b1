"""The dialog about one person of a new schedule: share, roles, weekdays, and from when to when."""

from collections.abc import Callable, Sequence
from datetime import date

from nicegui import html, ui

from pages.schedules.editors.terms import TermsFields
from pages.schedules.new.choices import Agreed
from pages.widgets.forms.fields import field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog

NOT_A_DAY = "Enter a day, or leave it empty."
NOT_AFTER = "This is before the first day. Choose a later one."
BOTH = "Enter both days of the pause, or neither."


class AgreedDialog:
    """One per page."""

    def __init__(self) -> None:
        self._dialog = FormDialog()

    def open(
        self, name: str, agreed: Agreed, roles: Sequence[str], shadows: Sequence[str], done: Callable[[Agreed], None]
    ) -> None:
        """`done` is called with what the form says, once it is valid."""

        async def submit() -> None:
            terms = fields.read()
            days = _days([joins, leaves, since, until])
            if terms is None or days is None:
                return
            pause = (days[2], days[3])
            paused = (pause[0], pause[1]) if pause[0] and pause[1] else None
            self._dialog.close()
            done(Agreed(terms, days[0], days[1], paused))

        with self._dialog.open(name, "Done", submit):
            fields = TermsFields(agreed.terms, roles, shadows, may_pause=False)
            with html.div().classes("new-dates"):
                joins = _day("First day", agreed.joins, "Empty: from the start")
                leaves = _day("Last day", agreed.leaves, "Empty: stays")
                since = _day("Paused from", agreed.paused[0] if agreed.paused else None, "No shifts while paused")
                until = _day("Paused until", agreed.paused[1] if agreed.paused else None, "Nothing to catch up")


def _day(label: str, day: date | None, hint: str) -> ui.input:
    return field(label, value=day.isoformat() if day else "", hint=hint, kind="date")


def _days(entries: Sequence[ui.input]) -> list[date | None] | None:
    """None after the fields said what is wrong."""
    wrong: dict[str, str] = {}
    found: list[date | None] = []
    for entry in entries:
        typed = str(entry.value or "").strip()
        try:
            found.append(date.fromisoformat(typed) if typed else None)
        except ValueError:
            found.append(None)
            wrong[str(entry.label)] = NOT_A_DAY
    first, last, since, until = found
    if first and last and last < first:
        wrong["Last day"] = NOT_AFTER
    if since and until and until < since:
        wrong["Paused until"] = NOT_AFTER
    if (since is None) != (until is None):
        wrong.setdefault("Paused until" if since else "Paused from", BOTH)
    refuse_all(entries, wrong)
    return None if wrong else found
