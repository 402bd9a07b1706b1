"""What a calendar is called: one answer for pages, emails, the API and exports."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from oncall_ui.models import Calendar, Connection


@cache  # putting it together takes longer than most queries it is part of, and every page asks one
def shown_name() -> ColumnElement[str]:
    """The calendar's name as a column, in a query over Calendar and its Connection.

    A connection of one calendar is called by the nickname its member chose, not by the name inside the feed. Among
    several calendars each has its own name.
    """
    sibling: Any = aliased(Calendar)
    siblings = (
        select(func.count())
        .select_from(sibling)
        .where(sibling.connection_id == col(Connection.id))
        .correlate(Connection)
        .scalar_subquery()
    )
    has_nickname = col(Connection.nickname) != ""
    return case(((siblings == 1) & has_nickname, col(Connection.nickname)), else_=col(Calendar.name))


def name_of(session: Session, calendar: Calendar) -> str:
    """The name of one calendar that is stored."""
    both = select(shown_name()).select_from(Calendar)
    named = both.join(Connection, col(Calendar.connection_id) == col(Connection.id))
    return str(session.execute(named.where(col(Calendar.id) == calendar.id)).scalar_one())
