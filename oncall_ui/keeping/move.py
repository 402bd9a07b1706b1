"""Everything into another database, counted and compared."""

from dataclasses import dataclass

from sqlalchemy import text

from oncall_ui.database.database import Database
from oncall_ui.keeping.copying import copy_rows, filled
from oncall_ui.keeping.failing import CannotKeep
from oncall_ui.keeping.usable import require_stopped, require_usable
from oncall_ui.migrations import migrate
from oncall_ui.settings import Settings


@dataclass(frozen=True, slots=True)
class Moved:
    rows: int
    tables: int


def move(settings: Settings, url: str) -> Moved:
    """Copies the installation's database into the one at `url`, which has no rows yet; the old one stays as it is.

    Raises CannotKeep, ValueError for a URL of no known kind, or what a database raises. Then the new one is empty.
    """
    if url == settings.database:
        raise CannotKeep("That is the database the app uses already. Name another one after --to.")
    source = Database(settings.database)
    try:
        require_stopped(source)
        require_usable(source, is_current=True)
        return _into(source, _opened(url))
    finally:
        source.close()


def _opened(url: str) -> Database:
    try:
        return Database(url)
    except ValueError as error:
        raise CannotKeep(str(error).replace("ONCALL_DATABASE_URL", "The URL after --to")) from error


def _into(source: Database, target: Database) -> Moved:
    writing = target.engine.execution_options(oncall_writes=True)
    try:
        # The tables come with the rows or not at all: on a database with tables an app would start, as a new one.
        with source.engine.connect() as there, writing.begin() as here:
            migrate(target, here)
            if there.dialect.name == "postgresql":
                there.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            if table := filled(here):
                raise CannotKeep(f"The new database has rows already, in {table}. Name an empty one after --to.")
            copied = copy_rows(there, here)
    finally:
        target.close()
    return Moved(sum(each.rows for each in copied.values()), len(copied))
