"""Addresses, tags, manual days, held-back imports, alert emails, and ways to share availability."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CALENDAR = ("counts_all_day", "broken_since", "letters", "doubt", "answer")
MEMBER = ("country", "region", "holidays_block")


def upgrade() -> None:
    op.add_column("member", sa.Column("country", sa.String(length=2), nullable=False, server_default=""))
    op.add_column("member", sa.Column("region", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("member", sa.Column("holidays_block", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calendar", sa.Column("counts_all_day", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("calendar", sa.Column("broken_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("calendar", sa.Column("letters", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("calendar", sa.Column("doubt", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("calendar", sa.Column("answer", sa.String(length=8), nullable=False, server_default=""))
    op.create_table(
        "trusted_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("member_id", "address"),
    )
    op.create_index("ix_trusted_address_member_id", "trusted_address", ["member_id"], unique=False)
    op.create_table(
        "manual_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_manual_entry_member_id", "manual_entry", ["member_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_tags", sa.JSON(), nullable=False),
        sa.Column("prefer_tags", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "feed_address",
        sa.Column("member_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_api_token_member_id", "api_token", ["member_id"], unique=False)


def downgrade() -> None:
    for table in ("api_token", "feed_address", "team", "manual_entry", "trusted_address"):
        op.drop_table(table)
    for table, columns in (("calendar", CALENDAR), ("member", MEMBER)):
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column)
