"""When a member is given back what they take on: read once for all requests of a schedule."""

from datetime import datetime
from functools import cached_property

from sqlmodel import Session, col, func, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.ledger.accounts import ALL
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.domain.schedules.ledger.repayment import Repayment, repayment
from oncall_ui.models import LedgerLine, Schedule
from oncall_ui.services.schedules.drafts.drafts import EXTENDED_WEEKS, published_end
from oncall_ui.services.schedules.ledger.accounts import caps_of

DAYS_A_WEEK = 7


class Repaid:
    """Of one participant. Nothing is read before it is asked for."""

    def __init__(self, session: Session, schedule: Schedule, participant_id: int, at: datetime) -> None:
        self._session, self._schedule, self._participant = session, schedule, participant_id
        self._today = at.astimezone(zone_of(schedule.zone)).date()

    def of(self, points: float) -> Repayment | None:
        """Of points on top of what is published for them."""
        balance, a_week, ahead = self._standing
        return repayment(points, balance, a_week, ahead)

    @cached_property
    def _standing(self) -> tuple[float, float, float]:
        lines = select(func.sum(col(LedgerLine.done) - col(LedgerLine.due)))
        balance = self._session.exec(lines.where(LedgerLine.participant_id == self._participant)).one() or 0
        first = max(published_end(self._session, self._schedule) or self._today, self._today)
        cap = caps_of(self._session, self._schedule, first).get((self._participant, ALL), 0.0)
        return int(balance) / MILLI, cap / EXTENDED_WEEKS, (first - self._today).days / DAYS_A_WEEK
