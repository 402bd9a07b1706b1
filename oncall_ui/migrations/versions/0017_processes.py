"""What several processes on one database share: tries, what one of them does alone, and the set-up link's words."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Unlogged on PostgreSQL: what is counted is written often, and not worth keeping through a crash.
    prefixes = ["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else []
    op.create_table(
        "try_count",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        prefixes=prefixes,
    )
    op.create_index("ix_try_count_forgotten_at", "try_count", ["forgotten_at"])
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("setup_link", sa.Column("printed", sa.Text(), nullable=False, server_default=""))
    op.add_column("setup_link", sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("setup_link", "created_at")
    op.drop_column("setup_link", "printed")
    op.drop_table("lease")
    op.drop_table("try_count")
