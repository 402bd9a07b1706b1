"""Checks of the public address, the data folder and email."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.email import mail
from oncall_ui.private_files import exposed
from oncall_ui.readiness import disk_reason
from oncall_ui.settings import Settings

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def address(settings: Settings) -> Finding:
    """Browsers and providers require TLS, except on localhost."""
    name, url = "Address", settings.public_url
    if settings.uses_https:
        return Finding(name, Verdict.GOOD, url)
    if urlsplit(url).hostname in LOOPBACK:
        return Finding(name, Verdict.NOTE, f"{url} works on this machine only. Set ONCALL_BASE_URL for others.")
    return Finding(
        name,
        Verdict.FAULT,
        f"{url} has no TLS: passwords can be intercepted, and Google and Microsoft refuse it. Put a reverse proxy with "
        "a certificate in front, and set ONCALL_BASE_URL to its https:// address.",
    )


def folder(settings: Settings) -> Finding:
    name, path = "Data folder", settings.data_dir.absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / ".doctor"
        probe.touch()
        probe.unlink()
        free = shutil.disk_usage(path).free
    except OSError as error:
        return Finding(name, Verdict.FAULT, f"{path} is not writable ({error.strerror}). Make this user its owner.")
    if found := exposed(settings):
        return Finding(name, Verdict.FAULT, _exposed_sentence(found))
    if reason := disk_reason([path]):
        return Finding(name, Verdict.FAULT, reason.sentence)
    return Finding(name, Verdict.GOOD, f"{path}, {free // 1024**3:,} GB free")


def _exposed_sentence(found: Sequence[Path]) -> str:
    """A start makes them private by itself where this user owns them."""
    first = found[0]
    rest = f" and {len(found) - 1} more" if len(found) > 1 else ""
    mode = "700" if first.is_dir() else "600"
    return (
        f"Other users here can read {first}{rest}. Start the server once as the owner of the folder, "
        f"or fix it with: chmod {mode} {first}"
    )


def email(settings: Settings) -> Finding:
    """Whether members can get an email about a calendar that stays broken."""
    problem = mail.check(settings)
    if problem is None:
        return Finding("Email", Verdict.GOOD, f"{settings.smtp_host} accepts the login")
    return Finding("Email", Verdict.FAULT if mail.is_set_up(settings) else Verdict.NOTE, problem)
