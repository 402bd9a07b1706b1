"""History brought from other tools and spreadsheets: which imports there were, and who is meant by a name."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rota_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rota_import_schedule_id", "rota_import", ["schedule_id"])
    op.create_table(
        "rota_name",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("known_as", sa.String(length=200), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["schedule_id"], ["schedule.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("schedule_id", "known_as"),
    )
    with op.batch_alter_table("ledger_line") as lines:
        lines.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        lines.create_foreign_key("fk_ledger_line_import", "rota_import", ["import_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("ledger_line") as lines:
        lines.drop_constraint("fk_ledger_line_import", type_="foreignkey")
        lines.drop_column("import_id")
    op.drop_table("rota_name")
    op.drop_table("rota_import")
