"""Schema changes, applied before the server starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from oncall_ui.db import Database


def migrate(db: Database) -> None:
    """Brings the schema to the newest version, in one transaction where the database can."""
    command.upgrade(alembic_config(db), "head")


def alembic_config(db: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = db.engine
    return config
