"""Shifts that need a change, for their holders and managers. What is over by then isn't told."""

from sqlmodel import col, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.conflicts.email_text import ConflictNews, Line, conflict_email
from oncall_ui.domain.schedules.conflicts.words import why_words
from oncall_ui.models import Schedule, ShiftConflict
from oncall_ui.services.schedules.conflicts.emails import managers_of, members_of, parts_of
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.sharing.messages.writing import Writing, Written

ROUTE = "repair"


def write_conflicts(writing: Writing) -> Written | None:
    session, message = writing.session, writing.message
    schedule = session.get_one(Schedule, message.schedule_id or 0)
    ids = [int(each) for each in message.payload["conflicts"]]
    open_ones = select(ShiftConflict).where(col(ShiftConflict.id).in_(ids), col(ShiftConflict.closed_at).is_(None))
    rows = session.exec(open_ones).all()
    parts, names = parts_of(session, rows), names_of(session, schedule.id or 0)
    members, is_manager = members_of(session, parts), message.member_id in managers_of(session, schedule.id or 0)
    lines = []
    for row in rows:
        part = parts[row.assignment_id]
        is_mine = part.participant_id is not None and members.get(part.participant_id) == message.member_id
        if is_mine or is_manager:
            who = "" if is_mine else names.get(part.participant_id or 0, "")
            lines.append(Line(part.start, part.end, part.role, why_words(row.kind, row.about, who)))
    if not lines:
        return None
    lines.sort(key=lambda line: (line.start, line.role))
    news = ConflictNews(writing.member.name, schedule.name, lines, zone_of(writing.member.zone), is_manager)
    return Written(conflict_email(news, url=f"{writing.schedule_url}/{ROUTE}", stop_url=writing.stop_url))
