"""How Alembic reaches the database. Called by `migrate`; there is no alembic.ini."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel import SQLModel

import oncall_ui.models  # noqa: F401 - fills the metadata
from oncall_ui.database import postgres
from oncall_ui.database.database import UtcDateTime


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own type by its name, with its import."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen.imports.add("from oncall_ui.database.database import UtcDateTime")
        return "UtcDateTime()"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,  # SQLite can; Alembic expects a driver that commits before DDL, which ours doesn't
    )
    with context.begin_transaction():
        postgres.wait_for_others(connection)
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with context.config.attributes["engine"].connect() as own:
        postgres.allow_long_statements(own)
        # SQLite takes its write lock first: of two that start at once, the second finds the work done.
        run(own.execution_options(oncall_writes=True))
