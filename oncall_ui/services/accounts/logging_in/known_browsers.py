"""Browsers in which a member has logged in before: the cookie `oncall_browser`.

Such a browser isn't slowed down by strangers who guess the member's password, and one that is trusted isn't asked for
the second factor. The cookie grants nothing else: without the password it logs nobody in.

A cookie holds up to four tokens, one for each member who uses the browser. Each belongs to one member and is replaced
at every log-in; only hashes are stored. Everything below takes the cookie's whole value, whatever a browser sent.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from oncall_ui.app import App
from oncall_ui.models import KnownBrowser, Member, now
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.text_input import is_one_line

COOKIE = "oncall_browser"
LIFETIME = timedelta(days=365)
TRUST = timedelta(days=30)
"""How long a browser isn't asked for the second factor."""
MOST_TOKENS = 4
"""In one cookie."""
MOST_BROWSERS = 20
"""Of one member; the ones not used for longest are forgotten."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def remember(session: Session, member_id: int, cookie: str = "", *, trust: bool = False) -> str:
    """The cookie for a browser in which the member has just logged in; `cookie` is the one it has, if any.

    With `trust` it isn't asked for the second factor for 30 days; trust given earlier stays.
    """
    tokens = _tokens(cookie)
    earlier = _rows(session, tokens, member_id)
    trusted = [row.trusted_until for row in earlier if row.trusted_until is not None]
    until = max([*trusted, now() + TRUST] if trust else trusted, default=None)
    for row in earlier:
        session.delete(row)
    own = {row.id for row in earlier}
    token = new_token()
    session.add(
        KnownBrowser(id=hash_token(token), member_id=member_id, expires_at=now() + LIFETIME, trusted_until=until)
    )
    session.flush()
    _forget_oldest(session, member_id)
    others = [each for each in tokens if hash_token(each) not in own]
    return ".".join([token, *others][:MOST_TOKENS])


def is_known(app: App, cookie: str, member_id: int) -> bool:
    """Whether the member has logged in in this browser within a year."""
    return known_token(app, cookie, member_id) is not None


def known_token(app: App, cookie: str, member_id: int) -> str | None:
    """The hash under which a browser that is known has its own rate limit; None if it isn't known."""
    tokens = _tokens(cookie)
    if not tokens:
        return None
    with app.db.read() as session:
        return next((row.id for row in _rows(session, tokens, member_id)), None)


def known_for_email(app: App, cookie: str, email: str) -> str | None:
    """As `known_token`, for the member with that email; takes the same time whether there is one or not."""
    hashes = [hash_token(token) for token in _tokens(cookie)]
    if not hashes or not is_one_line(email):
        return None
    asked = select(KnownBrowser.id).where(
        col(KnownBrowser.id).in_(hashes),
        KnownBrowser.member_id == Member.id,
        Member.email == email.strip().lower(),
        col(KnownBrowser.expires_at) > now(),
    )
    with app.db.read() as session:
        return session.exec(asked).first()


def is_trusted(app: App, cookie: str, member_id: int) -> bool:
    """Whether the browser needn't be asked for the member's second factor."""
    tokens = _tokens(cookie)
    if not tokens:
        return False
    moment = now()
    with app.db.read() as session:
        return any(
            row.trusted_until is not None and row.trusted_until > moment for row in _rows(session, tokens, member_id)
        )


def end_trust(session: Session, member_id: int) -> None:
    """All the member's browsers are asked for the second factor again, for example after a reset of it."""
    for row in session.exec(select(KnownBrowser).where(KnownBrowser.member_id == member_id)):
        row.trusted_until = None
        session.add(row)


def forget_browsers(session: Session, member_id: int) -> None:
    """No browser is known any more, for example after the password was reset."""
    session.exec(delete(KnownBrowser).where(col(KnownBrowser.member_id) == member_id))


def _tokens(cookie: str) -> list[str]:
    """The tokens of a cookie; what can't be one is left out."""
    return [part for part in cookie[:400].split(".") if _TOKEN.fullmatch(part)][:MOST_TOKENS]


def _rows(session: Session, tokens: Iterable[str], member_id: int) -> list[KnownBrowser]:
    moment: datetime = now()
    hashes = [hash_token(token) for token in tokens]
    if not hashes:
        return []
    asked = select(KnownBrowser).where(
        col(KnownBrowser.id).in_(hashes), KnownBrowser.member_id == member_id, col(KnownBrowser.expires_at) > moment
    )
    return list(session.exec(asked))


def _forget_oldest(session: Session, member_id: int) -> None:
    moment = now()
    session.exec(delete(KnownBrowser).where(col(KnownBrowser.expires_at) <= moment))
    rows = session.exec(
        select(KnownBrowser)
        .where(KnownBrowser.member_id == member_id)
        .order_by(col(KnownBrowser.created_at).desc())
        .offset(MOST_BROWSERS)
    )
    for row in rows.all():
        session.delete(row)
