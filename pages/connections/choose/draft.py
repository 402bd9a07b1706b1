"""What is switched and chosen on a page, beside what is saved."""

from collections.abc import Sequence
from dataclasses import replace

from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.choose import Choice
from oncall_ui.services.connections.views import CalendarView


class Draft:
    """Follows what is saved, but for the calendars touched here."""

    def __init__(self, calendars: Sequence[CalendarView]) -> None:
        self.choices: dict[int, Choice] = {}
        self._saved: dict[int, Choice] = {}
        self._offered: set[int] = set()
        self.follow(calendars)

    def follow(self, calendars: Sequence[CalendarView]) -> None:
        """Takes over what was saved meanwhile, here or in another browser."""
        kept = {each: self.choices[each] for each in self.touched}
        self._saved = {each.id: _saved(each) for each in calendars}
        self.choices = {each: kept.get(each, saved) for each, saved in self._saved.items()}
        self._offered = {each.id for each in calendars if each.is_on and each.state is State.OFF}

    def switch(self, calendar_id: int, is_on: bool) -> None:
        self.choices[calendar_id] = replace(self.choices[calendar_id], is_on=is_on)

    def count_as(self, calendar_id: int, mode: Mode) -> None:
        self.choices[calendar_id] = replace(self.choices[calendar_id], mode=mode)

    def count_free(self, calendar_id: int, counts_free: bool) -> None:
        self.choices[calendar_id] = replace(self.choices[calendar_id], counts_free=counts_free)

    def count_all_day(self, calendar_id: int, counts_all_day: bool) -> None:
        self.choices[calendar_id] = replace(self.choices[calendar_id], counts_all_day=counts_all_day)

    @property
    def touched(self) -> set[int]:
        """Calendars chosen otherwise here than they are saved."""
        return {each for each, choice in self.choices.items() if choice != self._saved.get(each)}

    @property
    def unsaved(self) -> dict[int, Choice]:
        """What saving would change: the touched, and a calendar offered switched on that was never saved."""
        return {each: self.choices[each] for each in self.touched | self._offered}

    @property
    def number_on(self) -> int:
        return sum(choice.is_on for choice in self.choices.values())


def _saved(calendar: CalendarView) -> Choice:
    return Choice(calendar.is_on, calendar.mode, calendar.counts_free, calendar.counts_all_day)
