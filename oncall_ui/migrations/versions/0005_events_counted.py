"""Count the events of a calendar that count, beside the events read; its hint is a value instead of words."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HINTS = {
    "none of them in the next 90 days": "none_in_window",
    "none is tagged: choose how events count": "none_tagged",
    "all are marked free: switch on “Count events marked free”": "all_marked_free",
}


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
    told = sa.table("calendar", sa.column("hint", sa.String()))
    # The full import that follows finds the hints that aren't in the list.
    op.execute(told.update().values(hint=sa.case(HINTS, value=told.c.hint, else_="")))


def downgrade() -> None:
    op.execute("ALTER TABLE calendar DROP COLUMN events_counted")
