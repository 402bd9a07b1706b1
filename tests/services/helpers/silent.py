"""Servers that accept a connection and never answer, and calendars that lead to them or to others."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Connection, Member, now


@contextmanager
def silent_servers(count: int) -> Iterator[Sequence[str]]:
    """Their URLs, each a host of its own. The kernel accepts for them; nobody ever reads."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
            each.listen(16)
        yield [f"http://127.0.0.1:{each.getsockname()[1]}/work.ics" for each in sockets]


def add_members(app: App, count: int) -> list[int]:
    rows = [
        Member(email=f"m{number}@example.org", name=f"M{number}", password_hash="x", zone="Europe/Berlin")
        for number in range(count)
    ]
    with app.db.write() as session:
        session.add_all(rows)
    return [row.id or 0 for row in rows]


def add_calendars(
    app: App, owners: Sequence[int], urls: Sequence[str], *, due: datetime | None = None, attempts: int = 0
) -> list[int]:
    """One calendar each, on and due, as if it had been connected while its server still answered."""
    due = due or now() - timedelta(minutes=1)
    ids = []
    with app.db.write() as session:
        for owner, url in zip(owners, urls, strict=True):
            sealed = app.vault.seal(json.dumps({"url": url, "identity": url}))
            fingerprint = sha256(url.encode()).hexdigest()
            at = Connection(
                member_id=owner, product="ics", nickname="", account="", fingerprint=fingerprint, sealed=sealed
            )
            session.add(at)
            session.flush()
            row = Calendar(connection_id=at.id or 0, remote_id="", name="Work", is_on=True, mode=Mode.BLOCK)
            row.state = State.RETRYING if attempts else State.WAITING
            row.attempts, row.next_import_at = attempts, due
            session.add(row)
            session.flush()
            ids.append(row.id or 0)
    return ids
