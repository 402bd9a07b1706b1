"""The dialog in which a manager moves points from one account to another, with a reason."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.ledger.fairness import adjust
from pages.session import run_as
from pages.widgets.forms.fields import field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog

WHAT = (
    "Moves points from one ledger to another, for example for work that no shift shows. Everyone sees the line and "
    "its reason. It stays: to undo it, move the points back."
)
BY = "decimal"


class AdjustForm:
    """One per page. `done` is called with a sentence."""

    def __init__(self, app: App, me: LoggedIn, schedule_id: int, done: Callable[[str], None]) -> None:
        self._app, self._me, self._schedule_id, self._done = app, me, schedule_id, done
        self._dialog = FormDialog()

    def open(self, people: Mapping[int, str]) -> None:
        """`people`: participants by id."""
        self._names = dict(people)
        with self._dialog.open("Adjust the ledger", "Move points", self._send):
            html.p(WHAT)
            self._from = ui.select(self._names, label="From").props("outlined dense options-dense stack-label")
            self._to = ui.select(self._names, label="To").props("outlined dense options-dense stack-label")
            self._points = field("Points", inputmode=BY)
            self._why = field("Reason", hint="For example, “took the audit call on Saturday”", maxlength="200")

    async def _send(self) -> None:
        try:
            if self._from.value is None or self._to.value is None:
                missing = "From" if self._from.value is None else "To"
                raise InvalidInput(missing, "Choose a person.")
            points = _points(str(self._points.value or ""))
            giver, taker = int(self._from.value), int(self._to.value)
            why = str(self._why.value or "")
            await run_as(self._app, self._me, adjust, self._schedule_id, giver, taker, points, why)
        except InvalidInput as error:
            refuse_all([self._from, self._to, self._points, self._why], {error.field: error.sentence})
            return
        self._dialog.close()
        self._done(f"Points moved from {self._names[giver]} to {self._names[taker]}.")


def _points(typed: str) -> Fraction:
    try:
        return Fraction(typed.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        raise InvalidInput("Points", "Enter a number, for example 1.5.") from None
