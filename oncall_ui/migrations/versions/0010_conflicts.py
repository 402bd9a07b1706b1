"""Published slots that need a change, and since when a limit is set."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_conflict_open",
        "conflict",
        ["assignment_id", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_conflict_schedule", "conflict", ["schedule_id", "closed_at"])
    op.create_index("ix_conflict_assignment_id", "conflict", ["assignment_id"])
    with op.batch_alter_table("schedule_limit") as batch:
        batch.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    # What is published was published with the limits there were.
    op.execute(
        "UPDATE schedule_limit SET since = "
        "(SELECT created_at FROM schedule WHERE schedule.id = schedule_limit.schedule_id)"
    )
    with op.batch_alter_table("schedule_limit") as batch:
        batch.alter_column("since", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("schedule_limit") as batch:
        batch.drop_column("since")
    op.drop_table("conflict")
