"""Signing in at vendors: requests under way, and the addresses a connection proves to be the member's."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connection", sa.Column("addresses", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "authorization_request",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=32), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["login_session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_index("ix_authorization_request_session_id", "authorization_request", ["session_id"], unique=False)


def downgrade() -> None:
    op.drop_table("authorization_request")
    with op.batch_alter_table("connection") as connection:
        connection.drop_column("addresses")
