"""Requests for cover and swaps."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _back() -> list[sa.Column[object]]:
    return [
        sa.Column("back_shift_id", sa.Integer(), sa.ForeignKey("shift.id", ondelete="CASCADE"), nullable=True),
        sa.Column("back_role", sa.String(length=40), nullable=False),
        sa.Column("back_start", TIME, nullable=True),
        sa.Column("back_end", TIME, nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), sa.ForeignKey("schedule.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("shift_id", sa.Integer(), sa.ForeignKey("shift.id", ondelete="CASCADE"), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("start", TIME, nullable=False),
        sa.Column("end", TIME, nullable=False),
        sa.Column("holder_id", sa.Integer(), sa.ForeignKey("participant.id", ondelete="CASCADE"), nullable=False),
        sa.Column("taker_id", sa.Integer(), sa.ForeignKey("participant.id", ondelete="CASCADE"), nullable=True),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("member.id", ondelete="SET NULL"), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("pace", sa.String(length=16), nullable=True),
        sa.Column("takes_swaps", sa.Boolean(), nullable=False),
        *_back(),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("settled_by", sa.Integer(), sa.ForeignKey("member.id", ondelete="SET NULL"), nullable=True),
        sa.Column("via", sa.String(length=16), nullable=True),
        sa.Column("settled_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("undo_by", sa.Integer(), sa.ForeignKey("participant.id", ondelete="CASCADE"), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_request_schedule_id", "request", ["schedule_id"])
    op.create_index("ix_request_due", "request", ["state", "next_at"])
    op.create_table(
        "request_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("request.id", ondelete="CASCADE"), nullable=False),
        sa.Column("participant_id", sa.Integer(), sa.ForeignKey("participant.id", ondelete="CASCADE"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("until", TIME, nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("via", sa.String(length=16), nullable=True),
        *_back(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id", "participant_id"),
    )
    # Not in batch mode: SQLite would make the table again, and everything that points at it would go with the old one.
    op.add_column("schedule", sa.Column("swaps_need_approval", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("schedule", "swaps_need_approval")
    for table in ("request_answer", "request"):
        op.drop_table(table)
