"""CalDAV (RFC 4791): finds an account's calendars from a server name, and reads a calendar whole when it changed."""

from collections.abc import Mapping

from providers.base import Cause, Field, FieldKind, MemberMustAct, Product
from providers.caldav.account import CalDavAccount, interpret
from providers.caldav.digest import Digest
from providers.caldav.presets import known_server, opens_otherwise
from providers.caldav.trust import may_see_password


def _normalise(values: Mapping[str, str]) -> dict[str, str]:
    if product := opens_otherwise(values["url"]):
        sentence = f"{product} doesn’t accept a password here. Go back and choose {product}."
        raise MemberMustAct(Cause.BAD_ADDRESS, sentence, detail="not CalDAV")
    # App passwords are copied and pasted, often with a space or a line break around them.
    return {
        "url": known_server(values["url"]),
        "user": values["user"].strip(),
        "password": values["password"].strip(),
    }


def _trusts(settings: Mapping[str, str], url: str) -> bool:
    return may_see_password(settings["url"], url)


PRODUCT = Product(
    key="caldav",
    name="CalDAV",
    sentence="Nextcloud, Fastmail, iCloud, Radicale and others, with an app password.",
    button="Connect CalDAV",
    logo="caldav.svg",
    title="Connect CalDAV",
    lead="We find your calendars before anything is saved, and only ever read them.",
    fields=(
        Field(
            "url",
            "Server address",
            FieldKind.ADDRESS,
            "The server’s name is enough, such as cloud.example.org. A calendar’s own address works too.",
        ),
        Field("user", "User name", FieldKind.USER, "Often your email address."),
        Field("password", "Password", FieldKind.PASSWORD, "Use an app password if you can. Stored encrypted."),
    ),
    lists=True,
    help_title="Where to find the address and password",
    help=(
        (
            "caldav.svg",
            "Nextcloud",
            (
                "Server address: the part before **/apps** or **/index.php** in your browser, "
                "such as cloud.example.org.",
                "Open **Settings**, **Security**, and create an app password under **Devices & sessions**.",
                "Use the user name shown next to it.",
            ),
        ),
        (
            "caldav.svg",
            "iCloud",
            (
                "Server address: **caldav.icloud.com**. The user name is your Apple Account’s email address.",
                "At account.apple.com, open **Sign-In and Security**, **App-Specific Passwords**, and create one.",
            ),
        ),
        (
            "caldav.svg",
            "Fastmail",
            (
                "Server address: **caldav.fastmail.com**. The user name is your full email address.",
                "Open **Settings**, **Privacy & Security**, **Manage app passwords**, and create one for calendars.",
            ),
        ),
        (
            "caldav.svg",
            "mailbox.org, Posteo, GMX and others",
            (
                "Server address: the part of your email address after the @. The user name is the whole address.",
                "If two-factor login is on, create an app password in the settings.",
            ),
        ),
        (
            "caldav.svg",
            "Radicale, Baïkal, SOGo and your own",
            (
                "Server address: as in your browser, with the port: **cal.example.org:5232**.",
                "A server without https needs **http://** in front. If it is inside your own network, your "
                "administrator has to allow its address first.",
            ),
        ),
    ),
    normalise=_normalise,
    methods=frozenset({"GET", "PROPFIND", "REPORT"}),
    trusts=_trusts,
    challenged=Digest,
    open=CalDavAccount,
    interpret=interpret,
)
