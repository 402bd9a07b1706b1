"""Writes the audit log, within the transaction of what it records: neither is stored without the other."""

import re
from collections.abc import Mapping

from sqlmodel import Session

from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import AuditEntry, Member
from oncall_ui.origin import current_origin

LINK = re.compile(r"[A-Za-z][\w+.-]*://\S*")
"""A calendar's address is a secret, and may have been pasted into a nickname."""


def record(
    session: Session,
    action: AuditAction,
    *,
    by: int | None,
    about: int | None = None,
    about_name: str = "",
    what: str = "",
    also: Mapping[str, str | int] | None = None,
    **facts: str | int,
) -> None:
    """Adds a line. `by` is the member who did it, None for the command line and for who isn't logged in.

    `about` is the member it was done to, if that is somebody else; `about_name` where they have no account, as an
    invited address. `what` names what was changed. `facts`, and `also`, say what it brought about; never a secret.
    Links are left out of all of them. Failed log-ins are recorded by `record_failed_login` alone.
    """
    origin = current_origin()
    session.add(
        AuditEntry(
            action=action,
            actor_id=by,
            actor_name=_name(session, by),
            subject_id=about,
            subject_name=about_name or _name(session, about),
            what=_shown(what),
            facts={
                key: _shown(fact) if isinstance(fact, str) else fact for key, fact in {**(also or {}), **facts}.items()
            },
            address=origin.address,
            user_agent=origin.user_agent,
        )
    )


def _shown(text: str) -> str:
    return LINK.sub("(link)", text)[:400]


def _name(session: Session, member_id: int | None) -> str:
    member = session.get(Member, member_id) if member_id is not None else None
    return member.name if member else ""
