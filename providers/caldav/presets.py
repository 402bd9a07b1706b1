"""Well-known CalDAV servers: their addresses, and which password they want."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Preset:
    """`domains`, typed alone or as the end of an email address, lead to `server`."""

    name: str
    domains: tuple[str, ...] = ()
    server: str = ""
    marks: tuple[str, ...] = ()
    """Found in its URLs or its WWW-Authenticate header, in lower case; for software that runs on any host."""
    hint: str = ""


_ICLOUD = "iCloud needs an app-specific password here: account.apple.com, Sign-In and Security."
_FASTMAIL = "Fastmail needs an app password here: Settings, Privacy & Security."

PRESETS = (
    Preset("iCloud", ("icloud.com", "me.com", "mac.com", "apple.com"), "https://caldav.icloud.com", hint=_ICLOUD),
    Preset("Fastmail", ("fastmail.com", "fastmail.fm"), "https://caldav.fastmail.com", hint=_FASTMAIL),
    Preset(
        "mailbox.org",
        ("mailbox.org",),
        "https://dav.mailbox.org",
        hint="If two-factor login is on, mailbox.org needs an application password: Settings, Security.",
    ),
    Preset("Posteo", ("posteo.de", "posteo.net"), "https://posteo.de:8443"),
    Preset("GMX", ("gmx.net", "gmx.de", "gmx.at", "gmx.ch"), "https://caldav.gmx.net"),
    Preset("Yahoo", ("yahoo.com",), "https://caldav.calendar.yahoo.com", hint="Yahoo needs an app password here."),
    Preset(
        "Nextcloud",
        marks=("/remote.php/", 'realm="nextcloud'),
        hint="Nextcloud needs an app password here: Settings, Security.",
    ),
)
NOT_BY_PASSWORD = {
    "Google": ("gmail.com", "googlemail.com", "google.com", "calendar.google.com", "apidata.googleusercontent.com"),
    "Outlook": ("outlook.com", "hotmail.com", "live.com", "office.com", "office365.com", "outlook.office365.com"),
}
"""Products that people try here, but that don't accept a password over CalDAV."""
_HINT = "Check both. If two-factor login is on, you most likely need an app password."


def known_server(typed: str) -> str:
    """The server's address for a provider's domain or an email address; anything else as typed."""
    text = typed.strip()
    scheme, _, rest = text.rpartition("://")
    name = rest.rstrip("/").lower()
    if "/" in name or scheme not in ("", "https"):
        return text
    user, at, domain = name.rpartition("@")
    if at and not user:
        return text
    for preset in PRESETS:
        if domain.removeprefix("www.") in preset.domains:
            return preset.server
    return domain if at and not scheme else text


def opens_otherwise(typed: str) -> str:
    """The product to choose instead, where `typed` belongs to one without password access; else empty."""
    name = typed.strip().lower().rpartition("://")[2].partition("/")[0].rpartition("@")[2].removeprefix("www.")
    return next((product for product, domains in NOT_BY_PASSWORD.items() if name in domains), "")


def password_hint(url: str, challenge: str) -> str:
    """What to do about a refused password, in the words of the server's product. `challenge`: its WWW-Authenticate."""
    host = urlsplit(url).hostname or ""
    asked = f"{url} {challenge}".lower()
    for preset in PRESETS:
        is_its_host = any(host == each or host.endswith(f".{each}") for each in preset.domains)
        if preset.hint and (is_its_host or any(mark in asked for mark in preset.marks)):
            return preset.hint
    return _HINT
