"""What the pages know of CalDAV: its row, its form, and where people find what the form asks for."""

from collections.abc import Mapping

from providers.base import Cause, Field, FieldKind, MemberMustAct, Product
from providers.caldav.account import CalDavAccount, interpret
from providers.caldav.presets import known_server, opens_otherwise


def _normalise(values: Mapping[str, str]) -> dict[str, str]:
    if product := opens_otherwise(values["url"]):
        sentence = f"{product} does not open its calendars to a password. Go back and choose {product} itself."
        raise MemberMustAct(Cause.BAD_ADDRESS, sentence, detail="not CalDAV")
    # Passwords for apps are copied, and often with a space or a line's end around them.
    return {
        "url": known_server(values["url"]),
        "user": values["user"].strip(),
        "password": values["password"].strip(),
    }


PRODUCT = Product(
    key="caldav",
    name="CalDAV",
    sentence="Nextcloud, Fastmail, iCloud, Radicale and others, with an app password.",
    button="Connect CalDAV",
    logo="caldav.svg",
    title="Connect CalDAV",
    lead="We look for your calendars before anything is saved. We only ever read them.",
    fields=(
        Field(
            "url",
            "Server address",
            FieldKind.ADDRESS,
            "The server’s name is enough: cloud.example.org. A calendar’s own address works too.",
        ),
        Field("user", "User name", FieldKind.USER, "Often your e-mail address."),
        Field("password", "Password", FieldKind.PASSWORD, "Best an app password. It is stored encrypted."),
    ),
    lists=True,
    help_title="Where to find address and password",
    help=(
        (
            "caldav.svg",
            "Nextcloud",
            (
                "Server address: what stands before **/apps** or **/index.php** in your browser, "
                "cloud.example.org for instance.",
                "Open **Settings**, **Security**, and make an app password under **Devices & sessions**.",
                "Use the user name shown beside it.",
            ),
        ),
        (
            "caldav.svg",
            "iCloud",
            (
                "Server address: **caldav.icloud.com**. The user name is your Apple Account’s e-mail address.",
                "At account.apple.com open **Sign-In and Security**, **App-Specific Passwords**, and make one.",
            ),
        ),
        (
            "caldav.svg",
            "Fastmail",
            (
                "Server address: **caldav.fastmail.com**. The user name is your full e-mail address.",
                "Open **Settings**, **Privacy & Security**, **Manage app passwords**, and make one for calendars.",
            ),
        ),
        (
            "caldav.svg",
            "mailbox.org, Posteo, GMX and others",
            (
                "Server address: the part of your e-mail address behind the @. The user name is the whole of it.",
                "Where two-factor log-in is on, make an app password in the settings.",
            ),
        ),
        (
            "caldav.svg",
            "Radicale, Baïkal, SOGo and your own",
            (
                "Server address: as in your browser, with the port: **cal.example.org:5232**.",
                "A server without https needs **http://** in front. Inside your own network, whoever runs this server "
                "has to allow its address first.",
            ),
        ),
    ),
    normalise=_normalise,
    open=CalDavAccount,
    interpret=interpret,
)
