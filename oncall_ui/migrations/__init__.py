"""Schema changes, applied before the server starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from oncall_ui.database.database import Database
from oncall_ui.database.probe import Schema


def migrate(db: Database, connection: Connection | None = None) -> None:
    """Brings the schema to the newest version, in one transaction: if it is killed, the schema is the one before.

    `connection`: within the transaction of this one, which the caller commits.
    """
    config = alembic_config(db)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    db.expect(schema(config))


def schema(config: Config) -> Schema:
    """What this app knows of the schema's history."""
    scripts = ScriptDirectory.from_config(config)
    return Schema(
        newest=str(scripts.get_current_head()), known=frozenset(each.revision for each in scripts.walk_revisions())
    )


def alembic_config(db: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = db.engine
    return config
