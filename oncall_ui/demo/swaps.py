"""The demo's requests: two that wait for the manager, one of the manager's own, and a swap that was agreed on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.states import Pace
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.services.schedules.cover.answers import accept, decline
from oncall_ui.services.schedules.cover.ask import ask_for_cover, offer_to_take, read_asking
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.returns import read_offers
from oncall_ui.services.schedules.published.read import ShiftView, read_shifts

SOON, LATE = timedelta(days=3), timedelta(days=45)
"""From now: where the shifts lie that are asked about."""
EVENING = time(18), time(23)
DAYS_AGO, HOURS_AGO, AN_HOUR = timedelta(days=2), timedelta(hours=3), timedelta(hours=1)
NOTE = "My daughter’s concert. I’m back right after."


@dataclass(slots=True)
class Swaps:
    """What `seed` asks for. Each slot is used once; where nothing suits, that request is left out."""

    app: App
    schedule_id: int
    zone: ZoneInfo
    manager: int
    at: datetime
    used: set[Slot] = field(default_factory=set)

    def seed(self) -> None:
        """`used` has the slots that nobody is to be asked about."""
        shifts = [
            each
            for each in read_shifts(self.app, self.manager, self.schedule_id, self.at + SOON, self.at + LATE)
            if each.start > self.at + SOON and each.member_id is not None
        ]
        mine = [each for each in shifts if each.member_id == self.manager]
        others = [each for each in shifts if each.member_id != self.manager]
        self._waits_for_manager(others)
        self._offer_to_manager(mine, others)
        self._asked_by_manager(mine)
        self._swapped(others)

    def _waits_for_manager(self, others: Sequence[ShiftView]) -> None:
        """Cover of an evening, which everyone is asked for who can, the manager among them."""
        for shift in self._free(others):
            span = self._evening(shift)
            if self.manager in self._can(shift, span):
                ask_for_cover(self.app, _member(shift), *self._take(shift), span, note=NOTE, pace=Pace.ALL, at=self.at)
                return

    def _offer_to_manager(self, mine: Sequence[ShiftView], others: Sequence[ShiftView]) -> None:
        for shift, member, back in self._trades(mine, others):
            offer_to_take(self.app, member, *self._take(shift), in_return=back, at=self.at)
            return

    def _asked_by_manager(self, mine: Sequence[ShiftView]) -> None:
        """One at a time: where there are two, the first has declined, and the second has until tomorrow."""
        for shift in self._free(reversed(mine)):
            if not (can := self._can(shift)):
                continue
            where, then = self._take(shift), self.at - HOURS_AGO
            request = ask_for_cover(self.app, self.manager, *where, pace=Pace.ONE, at=then)
            if len(can) > 1:
                decline(self.app, can[0], self.schedule_id, request, at=self.at - AN_HOUR)
            return

    def _swapped(self, others: Sequence[ShiftView]) -> None:
        then = self.at - DAYS_AGO
        trades = self._trades(others, others)
        for shift, member, back in (each for each in trades if each[2].of_shift != each[0].shift_start):
            request = offer_to_take(self.app, member, *self._take(shift), in_return=back, at=then)
            accept(self.app, _member(shift), self.schedule_id, request, at=then + HOURS_AGO)
            return

    def _trades(
        self, wanted: Sequence[ShiftView], others: Sequence[ShiftView]
    ) -> Iterator[tuple[ShiftView, int, Part]]:
        """Shifts with somebody who could have them, and what they could give in return, which breaks nothing."""
        for shift in self._free(wanted):
            for member in sorted({_member(each) for each in others} - {shift.member_id}):
                for each in read_offers(self.app, member, self.schedule_id, shift.shift_start, shift.role, at=self.at):
                    if not each.breaks and Slot(each.part.of_shift, each.part.role) not in self.used:
                        self.used.add(Slot(each.part.of_shift, each.part.role))
                        yield shift, member, each.part

    def _can(self, shift: ShiftView, span: tuple[datetime, datetime] | None = None) -> list[int]:
        """The members who could take it, best first."""
        where = (self.schedule_id, shift.shift_start, shift.role)
        asking = read_asking(self.app, _member(shift), *where, span, at=self.at)
        return [each.member_id for each in asking.candidates if each.is_asked]

    def _free(self, shifts: Iterable[ShiftView]) -> Iterator[ShiftView]:
        return (each for each in shifts if Slot(each.shift_start, each.role) not in self.used)

    def _take(self, shift: ShiftView) -> tuple[int, datetime, str]:
        self.used.add(Slot(shift.shift_start, shift.role))
        return self.schedule_id, shift.shift_start, shift.role

    def _evening(self, shift: ShiftView) -> tuple[datetime, datetime]:
        day = (shift.start + timedelta(hours=20)).astimezone(self.zone).date()
        start, end = (datetime.combine(day, each, self.zone) for each in EVENING)
        return start, end


def _member(shift: ShiftView) -> int:
    assert shift.member_id is not None
    return shift.member_id
