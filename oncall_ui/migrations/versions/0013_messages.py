"""One outbox for every kind of message, links in them, and quiet hours. Emails that wait are carried over."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from oncall_ui.database.database import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TOO_OLD = timedelta(days=3)
OLD = sa.table(
    "shift_email",
    sa.column("id", sa.Integer()),
    sa.column("schedule_id", sa.Integer()),
    sa.column("member_id", sa.Integer()),
    sa.column("by_id", sa.Integer()),
    sa.column("occasion", sa.String()),
    sa.column("changes", sa.JSON()),
    sa.column("created_at", UtcDateTime()),
    sa.column("due_at", UtcDateTime()),
    sa.column("sent_at", UtcDateTime()),
)
NEW = sa.table(
    "message",
    sa.column("id", sa.Integer()),
    sa.column("schedule_id", sa.Integer()),
    sa.column("member_id", sa.Integer()),
    sa.column("by_id", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("key", sa.String()),
    sa.column("payload", sa.JSON()),
    sa.column("created_at", UtcDateTime()),
    sa.column("due_at", UtcDateTime()),
    sa.column("until", UtcDateTime()),
    sa.column("starts_at", UtcDateTime()),
    sa.column("attempts", sa.Integer()),
    sa.column("sent_at", UtcDateTime()),
)
SHARED = ("schedule_id", "member_id", "by_id", "created_at", "due_at", "sent_at")


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_message_due", "message", ["sent_at", "due_at"])
    op.create_index("ix_message_member_id", "message", ["member_id"])
    op.create_index("ix_message_schedule_id", "message", ["schedule_id"])
    op.create_table(
        "message_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_message_link_message_id", "message_link", ["message_id"])
    op.create_table(
        "email_choice",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "kind"),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("begin", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("lets_urgent_through", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id"),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(OLD).order_by(OLD.c.id)).mappings().all():
        connection.execute(sa.insert(NEW).values(_carried_over(row)))
    op.execute("INSERT INTO email_choice (member_id, kind, is_wanted) SELECT member_id, kind, false FROM muted_email")
    op.drop_table("muted_email")
    op.drop_table("shift_email")


def _carried_over(row: Any) -> dict[str, Any]:
    starts = [datetime.fromisoformat(each["start"]) for each in row["changes"]]
    return {name: row[name] for name in SHARED} | {
        "kind": row["occasion"],
        "key": f"shift_email-{row['id']}",
        "payload": {"changes": row["changes"]},
        "until": max(row["created_at"], row["due_at"]) + TOO_OLD,
        "starts_at": min(starts, default=None),
        "attempts": 0,
    }


def downgrade() -> None:
    op.create_table(
        "shift_email",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("occasion", sa.String(length=16), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shift_email_due", "shift_email", ["sent_at", "due_at"])
    op.create_index("ix_shift_email_member_id", "shift_email", ["member_id"])
    op.create_index("ix_shift_email_schedule_id", "shift_email", ["schedule_id"])
    op.create_table(
        "muted_email",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "kind"),
    )
    connection = op.get_bind()
    told = sa.select(NEW).where(NEW.c.kind.in_(("published", "handed_over"))).order_by(NEW.c.id)
    for row in connection.execute(told).mappings().all():
        named = {name: row[name] for name in SHARED}
        values = named | {"occasion": row["kind"], "changes": row["payload"]["changes"]}
        connection.execute(sa.insert(OLD).values(values))
    op.execute(
        "INSERT INTO muted_email (member_id, kind) SELECT member_id, kind FROM email_choice "
        "WHERE kind = 'shift_changes' AND NOT is_wanted"
    )
    for table in ("quiet_hours", "email_choice", "message_link", "message"):
        op.drop_table(table)
