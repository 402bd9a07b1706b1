"""Rename the columns of a calendar's state, and give every cause a value of the closed list."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RENAMED = {
    "doubt": "suspected_loss",
    "answer": "resolution",
    "empty_since": "suspected_since",
    "letters": "alerts_sent",
    "read_as": "rules_version",
}
CAUSES = {"key": "key_lost", "doubt": "suspected_loss", "kept": "loss_kept"}
LOSS = {"had": "before", "has": "after", "content": "content"}

calendar = sa.table("calendar", sa.column("id"), sa.column("cause"), sa.column("suspected_loss", sa.JSON()))


def upgrade() -> None:
    # Not in batch mode: it would recreate the table on SQLite, and dropping the old one deletes all availability.
    for old, new in RENAMED.items():
        op.execute(f"ALTER TABLE calendar RENAME COLUMN {old} TO {new}")
    _rename_values(CAUSES, LOSS)


def downgrade() -> None:
    _rename_values({new: old for old, new in CAUSES.items()}, {new: old for old, new in LOSS.items()})
    for old, new in RENAMED.items():
        op.execute(f"ALTER TABLE calendar RENAME COLUMN {new} TO {old}")


def _rename_values(causes: dict[str, str], keys: dict[str, str]) -> None:
    connection = op.get_bind()
    for old, new in causes.items():
        connection.execute(calendar.update().where(calendar.c.cause == old).values(cause=new))
    for row in connection.execute(sa.select(calendar.c.id, calendar.c.suspected_loss)).all():
        if row.suspected_loss:
            renamed = {keys[key]: value for key, value in row.suspected_loss.items()}
            connection.execute(calendar.update().where(calendar.c.id == row.id).values(suspected_loss=renamed))
