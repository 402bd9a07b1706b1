"""What people agree on: checked like a plan, then done, with the ledger, in the caller's transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.effects import Effect
from oncall_ui.domain.schedules.cover.states import RequestKind, RequestState, Via
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.domain.schedules.planning.fact_words import NO_SHARE, NOT_THERE, PAUSED, TWO_AT_ONCE, other_role
from oncall_ui.domain.schedules.planning.hand_over import Hindrance
from oncall_ui.errors import InvalidInput, RequestClosed
from oncall_ui.models import Assignment, Participant, PublishedShift, Schedule, ShiftRequest
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import may
from oncall_ui.services.schedules.cover import emails
from oncall_ui.services.schedules.cover.counted import Counted, Part
from oncall_ui.services.schedules.cover.parts import Handed, HeldSlot, hand, held_slot
from oncall_ui.services.schedules.cover.rows import ENDS, back_of, close, close_lost, part_of, set_back
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.published.publish_slots import Change

FIELD = "Swaps"
GONE_BACK = "The shift in return isn’t theirs any more. Choose another one."
BEGUN_BACK = "The shift in return has begun. Choose another one."
CROSSING = "Two parts of one shift can only be swapped if they are at the same times."
WHY = {RequestKind.COVER: "cover", RequestKind.OFFER: "cover", RequestKind.TAKE_OVER: "taken over"}
SWAPPED = "swap"
PLAIN = {
    Hindrance.AT_ONCE: TWO_AT_ONCE,
    Hindrance.NOT_THERE: NOT_THERE,
    Hindrance.PAUSED: PAUSED,
    Hindrance.NO_SHARE: NO_SHARE,
    Hindrance.BLOCKED: "is blocked for some of it",
}


@dataclass(frozen=True, slots=True)
class Deal:
    """Who takes a part, and what its holder gets in return."""

    part: Part
    holder: int
    taker: int
    back: Part | None = None

    @property
    def moves(self) -> dict[Part, int]:
        return {self.part: self.taker} | ({self.back: self.holder} if self.back else {})


@dataclass(frozen=True, slots=True)
class Checked:
    """A deal that breaks nothing that never bends. `taker` and `holder`: what it breaks for each, in words."""

    taker: str
    holder: str

    @property
    def is_free(self) -> bool:
        return not self.taker and not self.holder


def deal_of(session: Session, request: ShiftRequest, taker: int, back: Part | None) -> Deal:
    return Deal(part_of(session, request), request.holder_id, taker, back)


def check(session: Session, schedule: Schedule, deal: Deal, at: datetime) -> Checked:
    """Raises RequestClosed where the part changed hands, and InvalidInput with the reason why it can't be."""
    _require_held(session, schedule, deal, at)
    people = {row.id or 0: row for row in _participants(session, deal)}
    names = names_of(session, schedule.id or 0)
    counted = Counted(session, schedule, [*deal.moves], at)
    if missing := [who for who in deal.moves.values() if str(who) not in counted.people]:
        raise InvalidInput(FIELD, f"{names[missing[0]]} {NOT_THERE}.")
    effects = dict(zip(deal.moves, counted.effects(deal.moves), strict=True))
    for part, effect in effects.items():
        who = deal.moves[part]
        is_busy = is_busy_after(session, people[who], part, deal)
        if reasons := list(_refusals(effect, part, is_busy=is_busy)):
            raise InvalidInput(FIELD, f"{names[who]} can’t have it: {', '.join(reasons)}.")
    words = {deal.moves[part]: _broken(effect, names[deal.moves[part]]) for part, effect in effects.items()}
    return Checked(words[deal.taker], words.get(deal.holder, ""))


def settle(
    app: App,
    session: Session,
    schedule: Schedule,
    request: ShiftRequest,
    deal: Deal,
    *,
    by: int,
    via: Via,
    is_accepted: bool,
    at: datetime,
) -> None:
    """Does what was checked; where the schedule wants a manager to approve it and `by` isn't one, it waits for that."""
    request.taker_id, request.is_accepted, request.settled_by, request.via = deal.taker, is_accepted, by, via
    set_back(session, request, schedule.id or 0, deal.back)
    waits = schedule.swaps_need_approval and request.kind is not RequestKind.TAKE_OVER
    if waits and not may(session, by, schedule.id or 0, Access.MANAGER):
        request.state, request.next_at = RequestState.APPROVAL, request.start
        emails.approval(app, session, request, at)
        return
    changes = move(session, schedule, request, deal, by=by, is_accepted=is_accepted, at=at)
    request.settled_at = at
    close(request, RequestState.TAKEN, at)
    emails.taken(app, session, request, changes, by=by, at=at)
    holder = session.get_one(Participant, deal.holder)
    taker = session.get_one(Participant, deal.taker)
    record(
        session,
        AuditAction.SHIFTS_SWAPPED if deal.back else AuditAction.SHIFT_TAKEN,
        by=by,
        about=holder.member_id if taker.member_id == by else taker.member_id,
        what=schedule.name,
        via=via.value,
        also=_facts(deal),
    )
    emails.lost(app, session, close_lost(session, schedule.id or 0, at), at)


def move(
    session: Session,
    schedule: Schedule,
    request: ShiftRequest,
    deal: Deal,
    *,
    by: int,
    at: datetime,
    is_accepted: bool = False,
    why: str = "",
) -> list[Change]:
    """Hands the parts over and says what each holder lost."""
    cause = AssignmentCause.SWAP if deal.back else AssignmentCause.COVER
    why = why or (SWAPPED if deal.back else WHY[request.kind])
    changes: list[Change] = []
    for part, participant in deal.moves.items():
        slot = _slot(session, schedule, part)
        new = Handed(participant, part.start, part.end, by, at, cause, why, request.id, is_accepted)
        changes += hand(session, schedule, slot, new)
        session.flush()
    return changes


def _facts(deal: Deal) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        "start": deal.part.start.isoformat(),
        "end": deal.part.end.isoformat(),
        "role": deal.part.role,
    }
    return facts | ({"in_return": deal.back.start.isoformat()} if deal.back else {})


def _slot(session: Session, schedule: Schedule, part: Part) -> HeldSlot:
    slot = held_slot(session, schedule.id or 0, part.of_shift, part.role)
    if slot is None:
        raise RequestClosed(ENDS[RequestState.LOST])
    return slot


def _require_held(session: Session, schedule: Schedule, deal: Deal, at: datetime) -> None:
    part, back = deal.part, deal.back
    slot = _slot(session, schedule, part)
    if part.end > slot.shift.end or set(slot.holders(part.start, part.end)) != {deal.holder}:
        raise RequestClosed(ENDS[RequestState.LOST])
    if back is None:
        return
    given = held_slot(session, schedule.id or 0, back.of_shift, back.role)
    if given is None or not given.shift.start <= back.start < back.end <= given.shift.end:
        raise InvalidInput(FIELD, GONE_BACK)
    if set(given.holders(back.start, back.end)) != {deal.taker}:
        raise InvalidInput(FIELD, GONE_BACK)
    if back.start <= at:
        raise InvalidInput(FIELD, BEGUN_BACK)
    if back.of_shift == part.of_shift and (back.start, back.end) != (part.start, part.end):
        raise InvalidInput(FIELD, CROSSING)


def _participants(session: Session, deal: Deal) -> Sequence[Participant]:
    return session.exec(select(Participant).where(col(Participant.id).in_([deal.holder, deal.taker]))).all()


def is_busy_after(session: Session, who: Participant, part: Part, deal: Deal) -> bool:
    """Whether they have another slot at that time, of any schedule, when everything of the deal has moved."""
    given = {deal.taker: deal.back, deal.holder: deal.part}.get(who.id or 0)
    rows = session.exec(
        select(Assignment, PublishedShift)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .join(Participant, col(Assignment.participant_id) == col(Participant.id))
        .where(Participant.member_id == who.member_id, col(Assignment.ended_at).is_(None))
        .where(col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.start) < part.end, col(Assignment.end) > part.start)
    )
    for row, shift in rows:
        is_given = given and row.participant_id == who.id and (shift.start, row.role) == (given.of_shift, given.role)
        left = _without(row, given) if given and is_given else [(row.start, row.end)]
        if any(start < part.end and end > part.start for start, end in left):
            return True
    return False


def _without(row: Assignment, part: Part) -> list[tuple[datetime, datetime]]:
    spans = ((row.start, min(row.end, part.start)), (max(row.start, part.end), row.end))
    return [(start, end) for start, end in spans if start < end]


def _refusals(effect: Effect, part: Part, *, is_busy: bool) -> Iterator[str]:
    for hindrance in effect.hindrances:
        if hindrance is Hindrance.RULED_OUT:
            if not is_busy:
                yield other_role(part.role)
        elif hindrance in PLAIN and hindrance is not Hindrance.AT_ONCE:
            yield PLAIN[hindrance]
        elif hindrance is Hindrance.OTHER_ROLE:
            yield other_role(part.role)
    if is_busy or Hindrance.AT_ONCE in effect.hindrances:
        yield TWO_AT_ONCE
    if effect.never:
        yield f"it breaks a limit that is never broken ({', '.join(effect.never)})"


def _broken(effect: Effect, name: str) -> str:
    """`Bob Tanaka is blocked for some of it and has 1 short rest`; empty where nothing speaks against it."""
    said = ["is blocked for some of it"] if effect.blocked else []
    said += [f"has {', '.join(effect.words())}"] if effect.broken else []
    return f"{name} {' and '.join(said)}" if said else ""


def given_back(session: Session, request: ShiftRequest) -> Deal:
    """The deal that undoes a settled one."""
    back = back_of(session, request)
    return Deal(part_of(session, request), request.taker_id or 0, request.holder_id, back)
