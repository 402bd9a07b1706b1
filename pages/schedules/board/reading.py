"""What a schedule's page reads: most of it together with the other pages of the schedule."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from weakref import WeakValueDictionary
from zoneinfo import ZoneInfo

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.drafts.views import PlanLine, list_plans
from oncall_ui.services.schedules.drafts.why import Why, read_why
from oncall_ui.services.schedules.published.board import Board, read_board
from oncall_ui.services.schedules.published.read import OnCall, ScheduleView, read_schedule_for
from pages.refresh import Wanted
from pages.shared_reading import AskedTogether, SharedReading

WEEKS = 12
WAITING = {PlanStatus.PLANNING, PlanStatus.DRAFT, PlanStatus.FAILED}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody who may see the schedule sees alike, read at a moment."""

    board: Board
    first: date
    at: datetime
    _drawn: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def drawn(self, draw: Callable[[], T], *key: object) -> T:
        """What `draw` returns, drawn once for all pages with this key. Not to be changed."""
        if key not in self._drawn:
            self._drawn[key] = draw()
        found: T = self._drawn[key]
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """What a page shows. `drafts` are those that wait; empty for who can't see them."""

    view: ScheduleView
    published: Published
    drafts: tuple[PlanLine, ...]
    why: Why | None = None
    """Of the shift that is open; None: none is, or it is gone."""

    @property
    def board(self) -> Board:
        return self.published.board

    @property
    def on_call(self) -> tuple[OnCall, ...]:
        return self.board.on_call

    @property
    def first(self) -> date:
        return self.published.first

    @property
    def at(self) -> datetime:
        return self.published.at

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.view.zone)

    @property
    def gaps_now(self) -> frozenset[str]:
        """The roles that somebody should have now, and nobody has."""
        return frozenset(
            each.part.role
            for each in self.board.ahead
            if each.trouble is Trouble.GAP and each.part.start <= self.at < each.part.end
        )


class Shared:
    """The readings of a schedule that serve all its open pages."""

    def __init__(self, app: App, schedule_id: int) -> None:
        self.published: WeakValueDictionary[date, SharedReading[Published]] = WeakValueDictionary()
        """By the first day that is shown; gone with the last page that shows it."""
        self.views = AskedTogether[int, None, ScheduleView](lambda asked: read_schedule_for(app, asked, schedule_id))
        """By member: whether they may see it is asked for each."""
        self.plans = SharedReading[tuple[PlanLine, ...]]()


class Reading:
    """Reads for one page. `first` may be changed at any time; None: last week."""

    def __init__(self, app: App, me: LoggedIn, schedule_id: int, first: date | None) -> None:
        self._app, self._me, self._id = app, me.member.id, schedule_id
        self.first = first
        self.slot: Slot | None = None
        """The shift that is open."""
        self._shared = _OPEN.setdefault((id(app), schedule_id), Shared(app, schedule_id))
        self._last = SharedReading[Published]()

    async def read(self, wanted: Wanted) -> Found:
        """Asks first whether the member may see the schedule; what it holds is read once for all pages.

        Raises NotAllowed.
        """
        view = await self._shared.views.ask(self._me, None)
        if view is None:
            raise NotAllowed
        first = monday_of(self.first) if self.first else self.usual_first(view, datetime.now(UTC))
        self._last = self._shared.published.setdefault(first, SharedReading())
        return Found(
            view=view,
            published=await self._last.get(wanted.at, lambda: self._published(first)),
            drafts=await self._drafts(wanted) if view.access.includes(Access.MANAGER) else (),
            why=await asyncio.to_thread(self._why) if self.slot else None,
        )

    def _published(self, first: date) -> Published:
        at = datetime.now(UTC)
        board = read_board(self._app, self._me, self._id, first, WEEKS, at)
        return Published(board, first, at)

    async def _drafts(self, wanted: Wanted) -> tuple[PlanLine, ...]:
        plans = await self._shared.plans.get(wanted.at, lambda: list_plans(self._app, self._me, self._id))
        return tuple(plan for plan in plans if plan.status in WAITING)

    def _why(self) -> Why | None:
        slot = self.slot
        if slot is None:
            return None
        try:
            return read_why(self._app, self._me, self._id, slot.start, slot.role)
        except NotAllowed:  # who may see the schedule has been asked already: the slot is gone
            return None

    @staticmethod
    def usual_first(view: ScheduleView, at: datetime) -> date:
        """Last week's Monday: what has just been is seen, too."""
        return monday_of(at.astimezone(ZoneInfo(view.zone)).date()) - timedelta(weeks=1)


_OPEN: WeakValueDictionary[tuple[int, int], Shared] = WeakValueDictionary()
"""By app and schedule; gone with the last page that holds it."""
