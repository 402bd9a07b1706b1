"""Opens an installation for the commands that work on it: database, migrations, keys, in that order.

What can't be opened ends in one sentence for the operator. An installation that has lost its database or its keys is
never taken for a new one.
"""

from pathlib import Path

import structlog
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlmodel import select

from oncall_ui.app import App, open_app
from oncall_ui.database.database import Database
from oncall_ui.database.problems import DATABASE_ERRORS, DatabaseProblem, detail_of, problem_of
from oncall_ui.migrations import alembic_config, migrate, schema
from oncall_ui.models import Member
from oncall_ui.private_files import MARKER, tighten
from oncall_ui.security.vault import KEY_FILE, generate_key, load_keys
from oncall_ui.services.accounts.logging_in.cookie_secret import claim_cookie_secret
from oncall_ui.services.accounts.second_factors.totp import reseal_secrets
from oncall_ui.services.accounts.setup import has_members
from oncall_ui.services.connections.credentials import count_sealed, rekey
from oncall_ui.services.schedules.destinations.secrets import reseal_destinations
from oncall_ui.settings import Settings

log = structlog.get_logger()

PATIENCE_SECONDS = 5
"""For the database: another process may just be writing."""

IF_LOST = "If the key is lost for good: python run.py new-key"


class CannotStart(ValueError):
    """The message is one sentence or two for the operator: what is wrong, and what to do."""


def require_shared_database(settings: Settings) -> None:
    """Raises CannotStart where the role asks for other processes, and the database can't be shared with them."""
    if settings.role != "all" and not settings.is_on_postgresql:
        raise CannotStart(
            f"ONCALL_ROLE={settings.role} needs PostgreSQL, which several processes can share: set "
            "ONCALL_DATABASE_URL. On SQLite one process does everything; leave ONCALL_ROLE out."
        )


def start_app(settings: Settings) -> App:
    """The installation, its schema brought up to date and its credentials sealed with the newest key.

    The key file is created last, once there is a database with its tables: so a key without a database means that the
    database was lost, and a first start that was interrupted can be repeated. Raises ValueError with a sentence for the
    operator.
    """
    db, is_first = Database(settings.database), is_new(settings)
    try:
        _require_database(settings, db)
        _migrate(db)
        app = open_app(settings, db=db, keys=_keys(settings, db))
    except OSError as error:
        db.close()
        raise CannotStart(_cannot_use(settings.data_dir, error)) from error
    except BaseException:
        db.close()
        raise
    _keep_private(settings)
    try:
        if is_first:
            _require_same_key(app)
        _require_keys(app)
        rekey(app)
        reseal_secrets(app)
        reseal_destinations(app)
    except BaseException:
        app.close()
        raise
    return app


def open_to_examine(settings: Settings) -> App:
    """For the doctor: as it is, with nothing created or changed. Without a key there is a passing one."""
    keys = load_keys(settings.data_dir, settings.secret_keys.get_secret_value(), create=False)
    return open_app(settings, keys=keys or (generate_key(),))


def open_without_key(settings: Settings) -> App:
    """For the operator who lost the keys for good: creates a key file if there is none, and checks no credentials."""
    db = Database(settings.database)
    _require_database(settings, db)
    _migrate(db)
    return open_app(settings, db=db)


def _require_database(settings: Settings, db: Database) -> None:
    """Raises CannotStart unless it can be migrated, or is to be created."""
    _make_folder(settings.data_dir)
    db.expect(schema(alembic_config(db)))
    found = db.ask(PATIENCE_SECONDS)
    is_used = not is_new(settings)
    if found.problem is DatabaseProblem.MISSING:
        if is_used:
            raise CannotStart(_lost(settings, db, "is missing"))
    elif found.problem in {None, DatabaseProblem.MIGRATIONS_MISSING}:
        _require_whole(db)
        if is_used and not _has_tables(db):
            raise CannotStart(_lost(settings, db, "is empty"))
    else:
        raise CannotStart(_sentence(db, found.problem, found.detail))


def is_new(settings: Settings) -> bool:
    """Whether nothing was ever set up in the data folder."""
    return not any((settings.data_dir / name).exists() for name in (KEY_FILE, MARKER))


def _lost(settings: Settings, db: Database, how: str) -> str:
    return (
        f"The database {_name(db)} {how}, but {settings.data_dir.absolute()} belongs to an installation that had one. "
        "Restore it from a backup or correct ONCALL_DATABASE_URL; to begin with an empty one, use "
        "another ONCALL_DATA_DIR."
    )


def _require_whole(db: Database) -> None:
    """A file that is damaged somewhere in the middle would otherwise fail one page at a time."""
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    if found != "ok":
        raise CannotStart(_sentence(db, DatabaseProblem.DAMAGED, found.splitlines()[-1]))


def _has_tables(db: Database) -> bool:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is not None


def _migrate(db: Database) -> None:
    try:
        migrate(db)
    except DATABASE_ERRORS as error:
        if problem := problem_of(error):
            raise CannotStart(_sentence(db, problem, detail_of(error))) from error
        raise


def _keys(settings: Settings, db: Database) -> tuple[str, ...]:
    configured = settings.secret_keys.get_secret_value()
    keys = load_keys(settings.data_dir, configured, create=False)
    if not keys:
        with db.read() as session:
            has_members = session.exec(select(Member.id).limit(1)).first() is not None
        if has_members:
            raise CannotStart(
                f"{settings.data_dir.absolute() / KEY_FILE} is missing, and the database has accounts and credentials "
                f"that need it. Restore it from a backup, or set ONCALL_SECRET_KEYS. {IF_LOST}"
            )
        return load_keys(settings.data_dir, configured)
    if configured:
        (settings.data_dir / MARKER).touch(mode=0o600)
    return keys


def _require_same_key(app: App) -> None:
    """Two processes that set up one database with folders of their own would each have a key of its own."""
    if has_members(app) or claim_cookie_secret(app):
        return
    for name in (KEY_FILE, MARKER):
        (app.settings.data_dir / name).unlink(missing_ok=True)
    raise CannotStart(
        f"Another process has set up the database {_name(app.db)} with another key. Give all of them the same "
        "ONCALL_SECRET_KEYS, or the same ONCALL_DATA_DIR; or begin with an empty database."
    )


def _require_keys(app: App) -> None:
    sealed = count_sealed(app)
    lost = len(sealed.unreadable)
    if lost and lost == sealed.number:
        where = "ONCALL_SECRET_KEYS" if app.settings.secret_keys.get_secret_value() else KEY_FILE
        raise CannotStart(
            f"No key in {where} opens any of the {lost} stored credentials. Add the previous key after the new one, or "
            f"restore the previous {KEY_FILE}. {IF_LOST}"
        )
    if lost:
        log.warning(
            "credentials can't be decrypted: their key is missing, add it to ONCALL_SECRET_KEYS",
            connections=list(sealed.unreadable),
            of=sealed.number,
        )


def _keep_private(settings: Settings) -> None:
    left = tighten(settings)
    if left:
        log.warning(
            "other users of this machine can read data: make this user the owner, or chmod 700 the folder",
            paths=[str(path) for path in left],
        )


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(_cannot_use(path, error)) from error


def _cannot_use(folder: Path, error: OSError) -> str:
    where, why = error.filename or folder, error.strerror
    return f"{where} can’t be used ({why}). Make this user its owner, or set ONCALL_DATA_DIR."


def _sentence(db: Database, problem: DatabaseProblem, detail: str) -> str:
    what, advice = problem.what.removesuffix("."), problem.advice
    if problem is DatabaseProblem.UNREACHABLE and db.engine.dialect.name == "sqlite":
        what, advice = "The database can’t be opened", DatabaseProblem.READ_ONLY.advice
    because = f" ({detail})" if detail else ""
    return f"{what}: {_name(db)}{because}. {advice}"


def _name(db: Database) -> str:
    """The file, or the URL without its password."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)  # a query may hold a password, too
