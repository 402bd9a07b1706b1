"""Where the app is reached and where it keeps its things."""

import shutil
from urllib.parse import urlsplit

from oncall_ui import mail
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.settings import Settings

LITTLE_SPACE = 200 * 1024 * 1024
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def address(settings: Settings) -> Finding:
    """Vendors and browsers both want TLS, except on the machine itself."""
    name, url = "Address", settings.public_url
    if settings.uses_https:
        return Finding(name, Verdict.GOOD, url)
    if urlsplit(url).hostname in LOOPBACK:
        return Finding(name, Verdict.NOTE, f"{url}, which only this machine can open. Set ONCALL_BASE_URL for others.")
    return Finding(
        name,
        Verdict.FAULT,
        f"{url} is without TLS: passwords can be read on the way, and Google and Microsoft refuse it. Put a proxy with "
        "a certificate in front and set ONCALL_BASE_URL to its https:// address.",
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
        return Finding(name, Verdict.FAULT, f"{path} can’t be written to ({error.strerror}). Give it to this user.")
    if path.stat().st_mode & 0o007:
        return Finding(name, Verdict.FAULT, f"Others on this machine may look into {path}. Close it: chmod 700 {path}")
    if free < LITTLE_SPACE:
        return Finding(name, Verdict.FAULT, f"{path} has {free // 1024**2:,} MB left. Make room on that disk.")
    return Finding(name, Verdict.GOOD, f"{path}, {free // 1024**3:,} GB free")


def email(settings: Settings) -> Finding:
    """Whether members hear of a calendar that stays broken when they don't look."""
    said = mail.check(settings)
    if said is None:
        return Finding("E-mail", Verdict.GOOD, f"{settings.smtp_host} lets us in")
    return Finding("E-mail", Verdict.FAULT if mail.is_set_up(settings) else Verdict.NOTE, said)
