"""What decides for one calendar: its settings, its member's trusted addresses, the team's tags."""

from sqlmodel import Session, select

from oncall_ui.domain.availability.rules import Rules, Tags
from oncall_ui.models import Calendar, Connection, Member, Team, TrustedAddress


def rules_for(session: Session, member: Member, connection: Connection, calendar: Calendar) -> Rules:
    return Rules(
        mode=calendar.mode,
        addresses=trusted_addresses(session, member, connection),
        counts_free=calendar.counts_free,
        counts_all_day=calendar.counts_all_day,
        tags=team_tags(session),
    )


def trusted_addresses(session: Session, member: Member, connection: Connection) -> frozenset[str]:
    """The member's account, the connection's own, and those the member added; lower case."""
    added = session.exec(select(TrustedAddress.address).where(TrustedAddress.member_id == member.id))
    return frozenset({member.email, *connection.addresses, *added})


def team_tags(session: Session) -> Tags:
    """The usual ones until somebody changed them."""
    team = session.get(Team, 1)
    return Tags(tuple(team.block_tags), tuple(team.prefer_tags)) if team else Tags()
