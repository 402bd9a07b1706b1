"""Requests as members see them: waiting for them, asked by them, by others, and settled."""

from dataclasses import dataclass
from datetime import datetime

from oncall_ui.domain.schedules.cover.states import Answer, Pace, RequestKind, RequestState
from oncall_ui.domain.schedules.ledger.repayment import Repayment
from oncall_ui.services.schedules.cover.counted import Part


@dataclass(frozen=True, slots=True)
class Who:
    """A participant, as seen by a member."""

    id: int
    name: str
    colour: int
    is_me: bool


@dataclass(frozen=True, slots=True)
class AskedView:
    """Somebody who is asked, or will be. `back`: the swap they propose."""

    who: Who
    answer: Answer | None
    asked_at: datetime | None
    until: datetime | None
    answered_at: datetime | None
    back: Part | None


@dataclass(frozen=True, slots=True)
class RequestView:
    """`by` is the manager who asked for somebody else; empty otherwise."""

    id: int
    schedule_id: int
    schedule: str
    zone: str
    kind: RequestKind
    state: RequestState
    part: Part
    shift_end: datetime
    type: str
    points: float
    """That go with the part."""
    points_back: float
    holder: Who
    taker: Who | None
    back: Part | None
    by: str
    note: str
    takes_swaps: bool
    pace: Pace
    asked: tuple[AskedView, ...]
    settled_at: datetime | None
    undo_by: int | None
    may_manage: bool
    may_undo: bool
    """At once, or by asking the other one, or by agreeing."""
    repaid: Repayment | None = None
    """When the member is given back what they would take on by agreeing; only of what waits for them."""

    @property
    def is_whole(self) -> bool:
        return (self.part.start, self.part.end) == (self.part.of_shift, self.shift_end)

    @property
    def is_mine(self) -> bool:
        """Whether the member asked, or was asked for."""
        asker = self.taker if self.kind is RequestKind.OFFER else self.holder
        return asker is not None and asker.is_me

    @property
    def is_about_me(self) -> bool:
        return self.holder.is_me or bool(self.taker and self.taker.is_me)

    @property
    def proposals(self) -> tuple[AskedView, ...]:
        """Swaps that wait for the holder."""
        return tuple(each for each in self.asked if each.answer is Answer.SWAP and each.back)

    @property
    def mine(self) -> AskedView | None:
        """The member's own turn."""
        return next((each for each in self.asked if each.who.is_me and each.asked_at), None)

    @property
    def waits_for_me(self) -> bool:
        """Whether the member is the one who is to say something now."""
        if self.state is RequestState.APPROVAL:
            return self.may_manage
        if self.state is RequestState.TAKEN:
            return self.is_about_me and self.may_undo and self.undo_by not in {None, self._me}
        if self.state is not RequestState.OPEN:
            return False
        if self.holder.is_me and self.proposals:
            return True
        return self.mine is not None and self.mine.answer in {None, Answer.LATER}

    @property
    def _me(self) -> int | None:
        both = (self.holder, self.taker)
        return next((each.id for each in both if each is not None and each.is_me), None)


@dataclass(frozen=True, slots=True)
class Swaps:
    """Everything on a schedule's page of swaps. `settled`: the newest first."""

    waiting: tuple[RequestView, ...]
    mine: tuple[RequestView, ...]
    others: tuple[RequestView, ...]
    settled: tuple[RequestView, ...]
    me: int | None
    """The member's participant; None: they aren't on the schedule."""
