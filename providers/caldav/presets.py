"""What is known of the servers people use: where they are, and which password they want."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Vendor:
    """`domains`: typed alone, or as the end of an e-mail address, they lead to `server`."""

    name: str
    domains: tuple[str, ...] = ()
    server: str = ""
    marks: tuple[str, ...] = ()
    """What its addresses or its way of asking for a password contain, in lower case, where it runs on any host."""
    hint: str = ""


_ICLOUD = "iCloud asks for an app-specific password here: account.apple.com, Sign-In and Security."
_FASTMAIL = "Fastmail asks for an app password here: Settings, Privacy & Security."

VENDORS = (
    Vendor("iCloud", ("icloud.com", "me.com", "mac.com", "apple.com"), "https://caldav.icloud.com", hint=_ICLOUD),
    Vendor("Fastmail", ("fastmail.com", "fastmail.fm"), "https://caldav.fastmail.com", hint=_FASTMAIL),
    Vendor(
        "mailbox.org",
        ("mailbox.org",),
        "https://dav.mailbox.org",
        hint="mailbox.org asks for an application password where two-factor log-in is on: Settings, Security.",
    ),
    Vendor("Posteo", ("posteo.de", "posteo.net"), "https://posteo.de:8443"),
    Vendor("GMX", ("gmx.net", "gmx.de", "gmx.at", "gmx.ch"), "https://caldav.gmx.net"),
    Vendor("Yahoo", ("yahoo.com",), "https://caldav.calendar.yahoo.com", hint="Yahoo asks for an app password here."),
    Vendor(
        "Nextcloud",
        marks=("/remote.php/", 'realm="nextcloud'),
        hint="Nextcloud asks for an app password here: Settings, Security.",
    ),
)
NOT_BY_PASSWORD = {
    "Google": ("gmail.com", "googlemail.com", "google.com", "calendar.google.com", "apidata.googleusercontent.com"),
    "Outlook": ("outlook.com", "hotmail.com", "live.com", "office.com", "office365.com", "outlook.office365.com"),
}
"""Typed here often enough, and never with success: they have no CalDAV that takes a password."""
_HINT = "Check both; where two-factor log-in is on, most servers ask for an app password here."


def known_server(typed: str) -> str:
    """The server's address for a vendor's name, or for an e-mail address; anything else as it was typed."""
    text = typed.strip()
    scheme, _, rest = text.rpartition("://")
    name = rest.rstrip("/").lower()
    if "/" in name or scheme not in ("", "https"):
        return text
    user, at, domain = name.rpartition("@")
    if at and not user:
        return text
    for vendor in VENDORS:
        if domain.removeprefix("www.") in vendor.domains:
            return vendor.server
    return domain if at and not scheme else text


def opens_otherwise(typed: str) -> str:
    """The product that `typed` belongs to, where CalDAV with a password is the wrong way in; else empty."""
    name = typed.strip().lower().rpartition("://")[2].partition("/")[0].rpartition("@")[2].removeprefix("www.")
    return next((product for product, domains in NOT_BY_PASSWORD.items() if name in domains), "")


def password_hint(url: str, challenge: str) -> str:
    """The one thing to do about a refused password, as the server's own product words it."""
    host = urlsplit(url).hostname or ""
    asked = f"{url} {challenge}".lower()
    for vendor in VENDORS:
        is_its_host = any(host == each or host.endswith(f".{each}") for each in vendor.domains)
        if vendor.hint and (is_its_host or any(mark in asked for mark in vendor.marks)):
            return vendor.hint
    return _HINT
