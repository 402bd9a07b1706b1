"""Who did what, when, and from where."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field, SQLModel

from oncall_ui.database.database import UtcDateTime
from oncall_ui.models.columns import now


class AuditEntry(SQLModel, table=True):
    """One line of the audit log. It outlives the members it names, so it refers to none of their rows."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_actor", "actor_id", "at"),
        Index("ix_audit_entry_subject", "subject_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    action: str = Field(max_length=40)
    """A value of AuditAction."""
    actor_id: int | None = None
    """The member who did it; None: the command line, or somebody who isn't logged in."""
    actor_name: str = Field(default="", max_length=200)
    subject_id: int | None = None
    """The member it was done to."""
    subject_name: str = Field(default="", max_length=254)
    """Their name, or the email address of somebody who has no account."""
    what: str = Field(default="", max_length=400)
    """What was changed: a nickname, a tag, a setting."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What it brought about, by name; never a secret."""
    address: str = Field(default="", max_length=64)
    user_agent: str = Field(default="", sa_type=Text)
