"""What one process does while others wait: rows of the table `lease` in PostgreSQL, which a killed process loses.

Times are the server's, the same for all processes.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, column, delete, func, or_, table, update
from sqlalchemy.dialects.postgresql import insert

from oncall_ui.database.database import Database, UtcDateTime

LASTS = timedelta(seconds=20)

_LEASES = table("lease", column("name"), column("holder"), column("until", UtcDateTime))


class Leases:
    """Blocking, as the database is. Raises what it raises."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def take(self, name: str, holder: str) -> bool:
        """False while somebody else has it."""
        moment, until = func.clock_timestamp(), func.clock_timestamp() + LASTS
        row = insert(_LEASES).values(name=name, holder=holder, until=until)
        # A server's clock that was set back keeps nobody waiting for it.
        is_over = or_(_LEASES.c.until <= moment, _LEASES.c.until > moment + 3 * LASTS)
        changed = {"holder": row.excluded.holder, "until": row.excluded.until}
        row = row.on_conflict_do_update(index_elements=["name"], set_=changed, where=is_over)
        with self._db.write() as session:
            return session.execute(row.returning(_LEASES.c.name)).first() is not None

    def renew(self, name: str, holder: str) -> None:
        """Nothing happens to a lease that somebody else has taken over."""
        with self._db.write() as session:
            session.execute(update(_LEASES).where(*_of(name, holder)).values(until=func.clock_timestamp() + LASTS))

    def end(self, name: str, holder: str) -> None:
        with self._db.write() as session:
            session.execute(delete(_LEASES).where(*_of(name, holder)))


def _of(name: str, holder: str) -> tuple[ColumnElement[bool], ...]:
    return _LEASES.c.name == name, _LEASES.c.holder == holder
