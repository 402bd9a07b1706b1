"""The link in an email that asks: shows what it is about, and answers once without a login."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.cover.states import Answer, RequestKind, RequestState, Via
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.errors import NotAllowed, RequestClosed
from oncall_ui.models import Member, Schedule, ShiftRequest, now
from oncall_ui.services.schedules.cover.answers import accept, ask_later, decline
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.cover.rows import back_of, part_of, require
from oncall_ui.services.schedules.messages.links import Linked, find_link
from oncall_ui.services.schedules.people import names_of


class AskState(StrEnum):
    """What a link is good for."""

    OPEN = "open"
    USED = "used"
    CLOSED = "closed"
    """Somebody was faster, or it is over."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AskLink:
    """A link as its page shows it. `sentence` says why it is closed; the rest only while it is open."""

    state: AskState
    sentence: str = ""
    schedule_id: int = 0
    schedule: str = ""
    asker: str = ""
    part: Part | None = None
    back: Part | None = None
    note: str = ""
    zone: str = "UTC"
    """Of its member."""
    is_offer: bool = False


def ask_link(app: App, token: str) -> AskLink:
    """What the link is about. Changes nothing: programs that scan email open it, too."""
    with app.db.read() as session:
        linked = find_link(session, token, now())
        request = _request(session, linked)
        if linked is None or request is None:
            return AskLink(AskState.UNKNOWN)
        if linked.is_used:
            return AskLink(AskState.USED, schedule_id=request.schedule_id)
        try:
            require(session, request, RequestState.OPEN)
        except RequestClosed as error:
            return AskLink(AskState.CLOSED, error.sentence, request.schedule_id)
        names, member = names_of(session, request.schedule_id), session.get_one(Member, linked.member_id)
        is_offer = request.kind is RequestKind.OFFER
        return AskLink(
            state=AskState.OPEN,
            schedule_id=request.schedule_id,
            schedule=session.get_one(Schedule, request.schedule_id).name,
            asker=names.get((request.taker_id if is_offer else request.holder_id) or 0, ""),
            part=part_of(session, request),
            back=back_of(session, request),
            note=request.note,
            zone=zone_of(member.zone).key,
            is_offer=is_offer,
        )


def answer_by_link(app: App, token: str, answer: Answer, *, is_accepted: bool = False) -> int:
    """Takes it, declines, or asks for later, and returns the schedule’s id. Refused, it works again.

    Raises NotAllowed where it doesn't work, RequestClosed where somebody was faster, AgreeFirst and InvalidInput.
    """
    with app.db.read() as session:
        linked = find_link(session, token, now())
        request = _request(session, linked)
        if linked is None or linked.is_used or request is None:
            raise NotAllowed
        where = linked.member_id, request.schedule_id, request.id or 0
    if answer is Answer.TAKE:
        accept(app, *where, is_accepted=is_accepted, via=Via.EMAIL, link=token)
    elif answer is Answer.LATER:
        ask_later(app, *where, via=Via.EMAIL, link=token)
    else:
        decline(app, *where, via=Via.EMAIL, link=token)
    return where[1]


def _request(session: Session, linked: Linked | None) -> ShiftRequest | None:
    if linked is None or linked.kind is not MessageKind.ASKED:
        return None
    return session.get(ShiftRequest, int(linked.payload["request"]))
