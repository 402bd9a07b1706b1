"""How Alembic reaches the database. Called by `migrate`; there is no alembic.ini."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
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


with context.config.attributes["engine"].connect() as connection:
    postgres.allow_long_statements(connection)
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        postgres.wait_for_others(connection)
        context.run_migrations()
