"""The team's tags: text in a title or description that makes an event a block or a preference.

Everyone may read them, administrators may change them.
"""

import re
from collections.abc import Iterable
from unicodedata import category, normalize

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action, Mode, Tags
from oncall_ui.domain.availability.tags import folded, tag_in
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, Connection, Member, Team, now
from oncall_ui.services.imports.rules import team_tags

log = structlog.get_logger()

LONGEST = 60
MOST = 50
BLOCK, PREFER = "Block tags", "Prefer tags"
_WELL = (State.UP_TO_DATE, State.WAITING, State.IMPORTING)


def read_tags(app: App, _member_id: int) -> Tags:
    with app.db.read() as session:
        return team_tags(session)


def valid_tags(block: Iterable[str], prefer: Iterable[str]) -> Tags:
    """Normalised as stored: NFC, single spaces, without empty tags and duplicates.

    Raises InvalidInput with the label of the first field that isn't valid.
    """
    tags = Tags(_valid(BLOCK, block), _valid(PREFER, prefer))
    blocking = {_likeness(word) for word in tags.block}
    if both := next((word for word in tags.prefer if _likeness(word) in blocking), None):
        raise InvalidInput(PREFER, f"“{both}” is in both lists, and block would win. Remove it from one of them.")
    return tags


def save_tags(app: App, admin_id: int, block: Iterable[str], prefer: Iterable[str]) -> Tags:
    """What is kept now. Every calendar these words decide about is read again at once, in full.

    Left out are calendars that need their member, and those that wait because their server asked for it: they are read
    by the new words when they are read next. Raises InvalidInput, and NotAllowed unless asked by an administrator.
    """
    tags = valid_tags(block, prefer)
    _change(app, admin_id, tags)
    return tags


def try_title(title: str, tags: Tags) -> tuple[Action, str] | None:
    """What a title counts as, and because of which tag; None if it contains no tag."""
    if tag := tag_in(title, tags.block):
        return Action.BLOCK, tag
    if tag := tag_in(title, tags.prefer):
        return Action.PREFER, tag
    return None


def _change(app: App, admin_id: int, tags: Tags) -> None:
    with app.db.write() as session:
        admin = session.get(Member, admin_id)
        if admin is None or not admin.is_admin:
            raise NotAllowed
        if team_tags(session) == tags:
            return
        session.merge(Team(block_tags=list(tags.block), prefer_tags=list(tags.prefer)))
        affected = _read_again(session)
    log.info("tags changed", by=admin_id, block=len(tags.block), prefer=len(tags.prefer))
    for member_id in affected:
        app.hub.publish(CalendarChanged(member_id, 0))


def _read_again(session: Session) -> list[int]:
    """The members whose calendars are due now."""
    wanted = (
        col(Calendar.is_on),
        col(Calendar.mode) == Mode.MATCHING,
        col(Calendar.state).in_(_WELL),
        col(Calendar.attempts) == 0,
    )
    owners = select(Connection.member_id).join(Calendar, col(Calendar.connection_id) == col(Connection.id))
    members = session.exec(owners.where(*wanted).distinct()).all()
    moment = now()
    session.execute(
        update(Calendar)
        .where(*wanted)
        .values(
            state=State.WAITING,
            state_since=moment,
            next_import_at=moment,
            lease=None,  # an import by the old words must not finish
            progress=0,
            progress_share=None,
        )
    )
    return list(members)


def _valid(field: str, words: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for word in map(_tidied, words):
        if len(word) > LONGEST:
            raise InvalidInput(field, f"“{word[:20]}…” is longer than {LONGEST} characters. Shorten it.")
        if any(category(character) == "Cc" for character in word):
            raise InvalidInput(field, f"“{_visible(word)}” contains an invisible character. Type it again.")
        if folded(word).split():
            kept.setdefault(folded(word), word)
    if len(kept) > MOST:
        raise InvalidInput(field, f"You have entered {len(kept)} tags, {MOST} is the limit. Remove some.")
    return tuple(kept.values())


def _tidied(word: str) -> str:
    return re.sub(r"\s+", " ", normalize("NFC", word)).strip()


def _visible(word: str) -> str:
    return "".join(character for character in word if category(character) != "Cc")


def _likeness(word: str) -> str:
    """Equal for two tags that match the same texts, or nearly."""
    return folded(word).replace("-", " ")
