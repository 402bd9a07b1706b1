"""Plans of what is only tried, and schedules in automatic mode."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedule", sa.Column("is_automatic", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("schedule_plan", sa.Column("is_automatic", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("schedule_plan", sa.Column("tried", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    # Not in batch mode: SQLite would make the table again, and everything that points at it would go with the old one.
    op.drop_column("schedule_plan", "tried")
    op.drop_column("schedule_plan", "is_automatic")
    op.drop_column("schedule", "is_automatic")
