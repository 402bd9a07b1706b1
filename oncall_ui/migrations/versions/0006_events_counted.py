"""Count the events of a calendar that count, beside the events read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: it would recreate the table on SQLite, and dropping the old one deletes all availability.
    op.add_column("calendar", sa.Column("events_counted", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE calendar SET events_counted = "
        "(SELECT COUNT(DISTINCT key) FROM availability WHERE availability.calendar_id = calendar.id)"
    )
    # The next import reads each source in full, and counts both numbers the same way.
    calendar = sa.table("calendar", sa.column("cursor", sa.JSON()))
    op.execute(calendar.update().values(cursor={}))


def downgrade() -> None:
    op.execute("ALTER TABLE calendar DROP COLUMN events_counted")
