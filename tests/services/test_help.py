"""What members say of guides: the latest for each guide, read by administrators without a name, and not for ever."""

from datetime import timedelta

import pytest
from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import GuideRemark, now
from oncall_ui.services.help import KEPT, LONGEST, erase_old_remarks, read_remarks, say
from tests.conftest import Person


def said(app: App, admin: Person) -> list[tuple[str, str, bool]]:
    return [(each.guide, each.text, each.has_helped) for each in read_remarks(app, admin.id)]


def test_the_latest_of_each_member_is_read_without_a_name(app: App, alice: Person, bob: Person) -> None:
    say(app, bob.id, "connect-google", "The picture is old.", helped=False)
    say(app, alice.id, "connect-google", "Mention the consent screen.", helped=True)
    say(app, bob.id, "connect-google", "  The picture of step 3 is old.  ", helped=False)
    assert said(app, alice) == [
        ("connect-google", "The picture of step 3 is old.", False),
        ("connect-google", "Mention the consent screen.", True),
    ]
    assert "bob" not in repr(read_remarks(app, alice.id)).casefold()
    with pytest.raises(NotAllowed):
        read_remarks(app, bob.id)


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST + 1), "two\nlines", "turned\u202e round"])
def test_what_cant_be_shown_is_refused(app: App, alice: Person, text: str) -> None:
    with pytest.raises(InvalidInput):
        say(app, alice.id, "connect-google", text, helped=False)
    assert not said(app, alice)


def test_after_a_year_it_is_gone(app: App, alice: Person) -> None:
    say(app, alice.id, "connect-google", "Old.", helped=False)
    with app.db.write() as session:
        session.exec(update(GuideRemark).values(said_at=now() - KEPT - timedelta(hours=1)))
    say(app, alice.id, "connect-outlook", "New.", helped=False)
    erase_old_remarks(app)
    assert said(app, alice) == [("connect-outlook", "New.", False)]
