"""What a schedule's page reads, in a thread."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.problem import Slot
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.schedules.board import Board, Trouble, read_board
from oncall_ui.services.schedules.draft_views import PlanLine, list_plans
from oncall_ui.services.schedules.read import OnCall, ScheduleView, on_call, read_schedule
from oncall_ui.services.schedules.why import Why, read_why
from pages.refresh import Wanted

WEEKS = 12
WAITING = {PlanStatus.PLANNING, PlanStatus.DRAFT, PlanStatus.FAILED}


@dataclass(frozen=True, slots=True)
class Found:
    """What was read at a moment. `drafts` are those that wait; empty for who can't see them."""

    view: ScheduleView
    board: Board
    on_call: tuple[OnCall, ...]
    drafts: tuple[PlanLine, ...]
    first: date
    at: datetime
    why: Why | None = None
    """Of the shift that is open; None: none is, or it is gone."""

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


class Reading:
    """Reads for one page. `first` may be changed at any time; None: last week."""

    def __init__(self, app: App, me: LoggedIn, schedule_id: int, first: date | None) -> None:
        self._app, self._me, self._id = app, me.member.id, schedule_id
        self.first = first
        self.slot: Slot | None = None
        """The shift that is open."""

    def read(self, _: Wanted) -> Found:
        at = datetime.now(UTC)
        view = read_schedule(self._app, self._me, self._id)
        first = monday_of(self.first) if self.first else self.usual_first(view, at)
        is_manager = view.access.includes(Access.MANAGER)
        plans = list_plans(self._app, self._me, self._id) if is_manager else ()
        return Found(
            view=view,
            board=read_board(self._app, self._me, self._id, first, WEEKS, at),
            on_call=on_call(self._app, self._me, self._id, at),
            drafts=tuple(plan for plan in plans if plan.status in WAITING),
            first=first,
            at=at,
            why=self._why(),
        )

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
