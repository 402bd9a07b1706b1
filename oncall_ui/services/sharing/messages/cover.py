"""Writes the emails about swaps and cover. Read again at sending time: what was answered meanwhile isn't asked."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.cover.states import Answer, RequestKind, RequestState
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.domain.schedules.messages.cover import Facts, Span, asked_email, told_email
from oncall_ui.models import Participant, PublishedShift, RequestAnswer, Schedule, ShiftRequest
from oncall_ui.services.schedules.cover.answers import DECLINED, PROPOSED, REFUSED
from oncall_ui.services.schedules.cover.rounds import NOBODY
from oncall_ui.services.schedules.cover.undo import UNDO
from oncall_ui.services.schedules.ledger.lines import slot_points
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.sharing.messages.writing import Writing, Written

LINK, ANSWER = "asks", "answer"
TOLD: Mapping[str, tuple[str, str]] = {
    PROPOSED: ("a swap is proposed", "{other} would swap, but one of you has to agree to what it breaks:"),
    DECLINED: ("an offer was declined", "{other} keeps the shift you offered to take:"),
    REFUSED: ("no, thank you", "What was agreed on about this shift was declined:"),
    NOBODY: (
        "nobody could take it yet",
        "Everyone who could take this shift was asked. It stays yours until someone takes it:",
    ),
    RequestState.STARTED.value: ("nobody took it", "Nobody took this shift in time. It stays yours:"),
    RequestState.APPROVAL.value: (
        "a swap needs your approval",
        "{other} agreed on a change of this shift. A manager has to approve it:",
    ),
    UNDO: ("undo a swap?", "{other} wants to undo what you agreed on. Press Undo under Swaps if you agree:"),
}
"""By what happened: subject and sentence."""
STILL: Mapping[str, RequestState] = {
    PROPOSED: RequestState.OPEN,
    NOBODY: RequestState.OPEN,
    RequestState.APPROVAL.value: RequestState.APPROVAL,
    UNDO: RequestState.TAKEN,
}
"""The state it must still be in to be news."""


def write_asked(writing: Writing) -> Written | None:
    """With a link that answers once. None: answered, or over."""
    reader = _Reader(writing)
    request, mine = reader.request, reader.answer()
    if request is None or request.state is not RequestState.OPEN or request.start <= writing.moment:
        return None
    if mine is None or mine.answer is not None:
        return None
    link = writing.link(LINK, ANSWER, request.start)
    until = mine.until if mine.until and mine.until < request.start else None
    return Written(asked_email(reader.facts(reader.asker()), link=link, until=until))


def write_answered(writing: Writing) -> Written | None:
    """None: it isn't so any more."""
    reader, what = _Reader(writing), str(writing.message.payload.get("what", ""))
    request = reader.request
    if request is None or what not in TOLD or request.state is not STILL.get(what, request.state):
        return None
    subject, sentence = TOLD[what]
    facts = reader.facts(reader.other(what))
    return Written(told_email(facts, subject, sentence.format(other=facts.other)))


def write_taken(writing: Writing) -> Written | None:
    """To those who were asked: somebody was faster, or it is over."""
    reader = _Reader(writing)
    if reader.request is None:
        return None
    facts = reader.facts(reader.request.taker_id)
    if reader.request.state in {RequestState.TAKEN, RequestState.APPROVAL}:
        sentence = f"{facts.other} was faster: there is nothing left to answer."
        return Written(told_email(facts, "someone else took it", sentence))
    return Written(told_email(facts, "no answer needed", "You were asked about this shift. That is over:"))


class _Reader:
    def __init__(self, writing: Writing) -> None:
        self._writing, self._session = writing, writing.session
        self.request = self._session.get(ShiftRequest, int(writing.message.payload["request"]))

    @property
    def _given(self) -> ShiftRequest:
        assert self.request is not None
        return self.request

    def answer(self) -> RequestAnswer | None:
        """The reader's own."""
        rows = (
            select(RequestAnswer)
            .join(Participant, RequestAnswer.participant_id == Participant.id)  # type: ignore[arg-type]  # columns
            .where(RequestAnswer.request_id == self._given.id, Participant.member_id == self._writing.member.id)
        )
        return self._session.exec(rows).first()

    def asker(self) -> int | None:
        request = self._given
        return request.taker_id if request.kind is RequestKind.OFFER else request.holder_id

    def other(self, what: str) -> int | None:
        """Whom the sentence names."""
        request = self._given
        if what == UNDO:
            return request.undo_by
        if what == PROPOSED:
            rows = select(RequestAnswer.participant_id).where(
                RequestAnswer.request_id == request.id, RequestAnswer.answer == Answer.SWAP
            )
            return self._session.exec(rows).first()
        return request.holder_id if what == DECLINED else request.taker_id

    def facts(self, other: int | None) -> Facts:
        request, session = self._given, self._session
        schedule = session.get_one(Schedule, request.schedule_id)
        names = names_of(session, request.schedule_id)
        member = self._writing.member
        back = None
        if request.back_start and request.back_end:
            back = Span(request.back_start, request.back_end, request.back_role)
        return Facts(
            name=member.name,
            schedule=schedule.name,
            other=names.get(other or 0, "Somebody"),
            span=Span(request.start, request.end, request.role),
            back=back,
            note=request.note,
            points=_points(session, schedule, request, request.start, request.end),
            zone=zone_of(member.zone),
            url=f"{self._writing.schedule_url}/swaps",
            stop_url=self._writing.stop_url,
            is_offer=request.kind is RequestKind.OFFER,
        )


def _points(session: Session, schedule: Schedule, request: ShiftRequest, start: datetime, end: datetime) -> str:
    shift = session.get_one(PublishedShift, request.shift_id)
    share = (end - start) / (shift.end - shift.start)
    text = f"{slot_points(schedule, shift, request.role) * share / MILLI:.1f}".removesuffix(".0")
    return f"{text} {'point' if text == '1' else 'points'}"
