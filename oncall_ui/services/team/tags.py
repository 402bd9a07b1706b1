"""The team's words: what in a title blocks, what is a preference. Everybody may read them, administrators change."""

import re
from collections.abc import Iterable
from unicodedata import normalize

import structlog
from sqlmodel import delete

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.rules import Action, Mode, Tags
from oncall_ui.domain.availability.tags import folded, tag_in
from oncall_ui.errors import InvalidInput
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Team
from oncall_ui.services.accounts.members import require_admin
from oncall_ui.services.audit.record import record
from oncall_ui.services.imports.rules import read_again, stored_tags, team_tags
from oncall_ui.services.text_input import is_one_line, without_hidden

log = structlog.get_logger()

LONGEST = 60
MOST = 50
BLOCK, PREFER = "Block tags", "Prefer tags"


def read_tags(app: App, _member_id: int) -> Tags:
    with app.db.read() as session:
        return team_tags(session)


def valid_tags(block: Iterable[str], prefer: Iterable[str]) -> Tags:
    """The tags as they are stored: normal form C, single spaces, no empty ones, no duplicates.

    Raises InvalidInput for the first field that is invalid.
    """
    tags = Tags(_valid(BLOCK, block), _valid(PREFER, prefer))
    blocking = {_likeness(word) for word in tags.block}
    if both := next((word for word in tags.prefer if _likeness(word) in blocking), None):
        raise InvalidInput(PREFER, f"“{both}” is in both lists, where block would win. Keep it in one of them.")
    return tags


def save_tags(app: App, admin_id: int, block: Iterable[str], prefer: Iterable[str]) -> Tags:
    """Saves the team's tags and returns them as stored. Calendars in the mode `matching` are imported again at once.

    Calendars that are failing keep their wait and use the new tags at their next import. Raises InvalidInput, and
    NotAllowed unless the member is an administrator.
    """
    tags = valid_tags(block, prefer)
    _change(app, admin_id, tags)
    return tags


def try_title(title: str, tags: Tags) -> tuple[Action, str] | None:
    """What a title counts as by its tags alone, and which tag decided; None when it has none."""
    if tag := tag_in(title, tags.block):
        return Action.BLOCK, tag
    if tag := tag_in(title, tags.prefer):
        return Action.PREFER, tag
    return None


def _change(app: App, admin_id: int, tags: Tags) -> None:
    with app.db.write() as session:
        require_admin(session, admin_id)
        if stored_tags(session) == tags:
            return
        former = team_tags(session)
        # Not merged: that would read the row, which may be damaged.
        session.exec(delete(Team))
        session.add(Team(block_tags=list(tags.block), prefer_tags=list(tags.prefer)))
        affected = read_again(session, mode=Mode.MATCHING)
        record(session, AuditAction.TAGS_CHANGED, by=admin_id, also=_differences(former, tags))
    log.info("tags changed", by=admin_id, block=len(tags.block), prefer=len(tags.prefer))
    for member_id in affected:
        app.hub.publish(MemberChanged(member_id))


def _differences(former: Tags, tags: Tags) -> dict[str, str]:
    """What was added and removed, in both lists together, as the audit log keeps it."""
    before, after = {*former.block, *former.prefer}, {*tags.block, *tags.prefer}
    moved = before & after & ({*former.block} ^ {*tags.block})
    found = {"added": after - before, "removed": before - after, "moved": moved}
    return {key: ", ".join(sorted(words)) for key, words in found.items() if words}


def _valid(field: str, words: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for word in map(_tidied, words):
        if len(word) > LONGEST:
            raise InvalidInput(field, f"“{word[:20]}…” is longer than {LONGEST} characters. Shorten it.")
        if not is_one_line(word):
            raise InvalidInput(field, f"“{without_hidden(word)}” contains an invisible character. Type it again.")
        if folded(word).split():
            kept.setdefault(folded(word), word)
    if len(kept) > MOST:
        raise InvalidInput(field, f"{len(kept)} words are too many; the limit is {MOST}. Remove some.")
    return tuple(kept.values())


def _tidied(word: str) -> str:
    return re.sub(r"\s+", " ", normalize("NFC", word)).strip()


def _likeness(word: str) -> str:
    """Two words with the same key match the same texts, or nearly."""
    return folded(word).replace("-", " ")
