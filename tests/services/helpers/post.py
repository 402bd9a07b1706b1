"""A real mail server for services: the fixtures, and waiting for what a postbox sends."""

import re
import time
from collections.abc import Callable, Iterator

import pytest

from oncall_ui.app import App
from oncall_ui.settings import Settings
from tests.fakes.smtp import MailServer

BASE_URL = "https://oncall.example.org"
PATIENCE_SECONDS = 30


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def with_email(settings: Settings, post: MailServer) -> Settings:
    """The settings of an installation that sends its email through `post`."""
    ours = {
        "smtp_host": post.host,
        "smtp_port": post.port,
        "smtp_security": "none",
        "mail_from": "oncall@example.org",
        "base_url": BASE_URL,
    }
    return settings.model_copy(update=ours)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def emptied(app: App) -> None:
    """Everything posted so far has been sent, or given up."""
    until(lambda: not app.postbox.is_working)


def mailed(post: MailServer, to: str, subject: str) -> str:
    """The text of the newest email to `to` with this subject."""

    def found() -> list[str]:
        taken = [each for each in post.taken if each["To"] == to and each["Subject"] == subject]
        return [each.get_content().replace("\r\n", "\n") for each in taken]

    until(found)
    return found()[-1]


def link_in(text: str, path: str) -> str:
    """The token of the one link to `path` in an email."""
    (token,) = re.findall(rf"{re.escape(BASE_URL)}/{path}/([\w-]{{43}})\n", text)
    return str(token)
