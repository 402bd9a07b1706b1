"""Schema changes, applied before the server starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from oncall_ui.database.database import Database
from oncall_ui.database.probe import Schema


def migrate(db: Database) -> None:
    """Brings the schema to the newest version, in one transaction where the database can."""
    config = alembic_config(db)
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
