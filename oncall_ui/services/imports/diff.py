"""A calendar's stored availability against a new reading of it: what goes, what comes, what is left alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete

from oncall_ui.domain.availability.evaluate import Outcome, Piece
from oncall_ui.domain.availability.rules import Action
from oncall_ui.models import Availability, Calendar, now

AT_ONCE = 500
"""Rows deleted by one statement."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`stored`: piece → id of its row, as it is; `wanted`: as it is to be."""

    stored: Mapping[Piece, int]
    wanted: frozenset[Piece]


def compare(session: Session, calendar: Calendar, outcome: Outcome) -> Exchange:
    columns = [col(Availability.id), col(Availability.start), col(Availability.end)]
    rows = columns_of(*columns, col(Availability.action), col(Availability.key))
    found = session.execute(rows.where(col(Availability.calendar_id) == calendar.id))
    stored = {_piece(start, end, action, key): row_id for row_id, start, end, action, key in found}
    return Exchange(stored, frozenset(outcome.pieces) | {piece for piece in stored if piece.key in outcome.kept})


def carry_out(session: Session, calendar: Calendar, member_id: int, exchange: Exchange) -> None:
    """Inside the caller's transaction. Rows that did not change keep their ids."""
    gone = [row_id for piece, row_id in exchange.stored.items() if piece not in exchange.wanted]
    new = sorted(exchange.wanted - exchange.stored.keys())
    if gone or new:
        calendar.last_changed_at = now()
    for at in range(0, len(gone), AT_ONCE):
        session.exec(delete(Availability).where(col(Availability.id).in_(gone[at : at + AT_ONCE])))
    if new:
        session.execute(insert(Availability), [_row(member_id, calendar, piece) for piece in new])


def _piece(start: datetime, end: datetime, action: Action, key: bytes) -> Piece:
    return Piece(int(start.timestamp()), int(end.timestamp()), action, bytes(key))


def _row(member_id: int, calendar: Calendar, piece: Piece) -> dict[str, object]:
    return {
        "member_id": member_id,
        "calendar_id": calendar.id,
        "start": datetime.fromtimestamp(piece.start, UTC),
        "end": datetime.fromtimestamp(piece.end, UTC),
        "action": piece.action,
        "key": piece.key,
    }
