"""The unsaved choices of one page."""

from collections.abc import Sequence
from dataclasses import replace

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.choose import Choice
from oncall_ui.services.connections.views import CalendarView


class Draft:
    """A choice per calendar: the saved one, unless the member has changed it on this page."""

    def __init__(self, calendars: Sequence[CalendarView]) -> None:
        self.choices: dict[int, Choice] = {}
        self._saved: dict[int, Choice] = {}
        self._offered: set[int] = set()
        self.follow(calendars)

    def follow(self, calendars: Sequence[CalendarView]) -> None:
        """Takes over what was saved in the meantime, here or in another browser."""
        kept = {each: self.choices[each] for each in self.changed}
        self._saved = {each.id: _choice_of(each) for each in calendars}
        self.choices = {each: kept.get(each, saved) for each, saved in self._saved.items()}
        self._offered = {each.id for each in calendars if each.is_on and each.state is State.OFF}

    def switch(self, calendar_id: int, is_on: bool) -> None:
        self.choices[calendar_id] = replace(self.choices[calendar_id], is_on=is_on)

    def count(self, calendar_id: int, choice: Choice) -> None:
        self.choices[calendar_id] = choice

    @property
    def changed(self) -> set[int]:
        """Calendars whose choice here differs from the saved one."""
        return {each for each, choice in self.choices.items() if choice != self._saved.get(each)}

    @property
    def unsaved(self) -> dict[int, Choice]:
        """What Save writes: changed calendars, and a new feed that is offered switched on."""
        return {each: self.choices[each] for each in self.changed | self._offered}

    @property
    def is_new(self) -> bool:
        """Whether the connection has been created but never saved: leaving keeps it connected, with everything off."""
        return bool(self._offered)

    @property
    def starts_import(self) -> bool:
        """Whether Save makes at least one calendar be imported."""
        return any(choice.is_on for choice in self.unsaved.values())

    @property
    def number_on(self) -> int:
        return sum(choice.is_on for choice in self.choices.values())


def _choice_of(calendar: CalendarView) -> Choice:
    return Choice(calendar.is_on, calendar.mode, calendar.counts_free, calendar.counts_all_day)
