"""A test email and a backup now: for administrators, recorded, and a failure is a sentence."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import NotAllowed
from oncall_ui.keeping.backup_file import verified
from oncall_ui.models import AuditEntry
from oncall_ui.services.installation.backups import back_up_now
from oncall_ui.services.installation.try_email import TOO_MANY, send_test_email
from oncall_ui.settings import Settings
from tests.conftest import Person
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import mailed, post, with_email

__all__ = ["post"]


@pytest.fixture
def settings(settings: Settings, post: MailServer, tmp_path: Path) -> Settings:
    return with_email(settings, post).model_copy(update={"backup_dir": tmp_path / "backups"})


def recorded(app: App, action: AuditAction) -> list[tuple[str, Any]]:
    with app.db.read() as session:
        found = session.exec(select(AuditEntry).where(AuditEntry.action == action).order_by(col(AuditEntry.id))).all()
        return [(entry.what, entry.facts["failed"]) for entry in found]


def test_a_test_email_goes_to_who_asked_and_says_what_went_wrong(app: App, alice: Person, post: MailServer) -> None:
    assert send_test_email(app, alice.id) == ""
    assert f"{app.settings.public_url}/admin" in mailed(post, alice.email, "Test from On-Call Optimizer")
    post.refuses[alice.email] = "550 no such user"
    assert send_test_email(app, alice.id) == "localhost refused the email (550)."
    assert recorded(app, AuditAction.EMAIL_TESTED) == [("", 0), ("", 1)]
    for _ in range(3):
        send_test_email(app, alice.id)
    assert send_test_email(app, alice.id) == TOO_MANY


def test_a_backup_now_is_whole_and_recorded(app: App, alice: Person) -> None:
    assert back_up_now(app, alice.id) == ""
    (file,) = (app.settings.backup_dir or Path()).iterdir()
    verified(file)
    assert recorded(app, AuditAction.BACKED_UP) == [(file.name, 0)]


def test_a_backup_that_fails_says_why(app: App, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = app.settings.backup_dir or Path()
    if not app.db.is_shared:  # what a copy of PostgreSQL needs shows only when it is made
        folder.mkdir()
        usage = shutil.disk_usage(folder)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=2000))
        assert back_up_now(app, alice.id).startswith("Backup failed: 2 kB free, ")
        folder.rmdir()
    folder.touch()
    assert "Create it, or set ONCALL_BACKUP_DIR" in back_up_now(app, alice.id)
    assert recorded(app, AuditAction.BACKED_UP) == [("", 1)] * (1 if app.db.is_shared else 2)


def test_members_can_do_neither(app: App, bob: Person, post: MailServer) -> None:
    for act in (back_up_now, send_test_email):
        with pytest.raises(NotAllowed):
            act(app, bob.id)
    assert not post.taken
    assert not (app.settings.backup_dir or Path()).exists()
