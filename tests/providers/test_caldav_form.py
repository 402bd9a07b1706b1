"""What members type into the form, and what it becomes."""

import pytest

from oncall_ui.domain.imports.failures import MemberMustAct
from providers.caldav import PRODUCT
from providers.caldav.presets import password_hint


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("icloud.com", "https://caldav.icloud.com"),
        (" https://www.icloud.com/ ", "https://caldav.icloud.com"),
        ("anna@me.com", "https://caldav.icloud.com"),
        ("fastmail.com", "https://caldav.fastmail.com"),
        ("Anna@Posteo.de", "https://posteo.de:8443"),
        ("anna@example.org", "example.org"),
        ("cloud.example.org", "cloud.example.org"),
        ("https://caldav.icloud.com/1/calendars/", "https://caldav.icloud.com/1/calendars/"),
        ("http://icloud.com", "http://icloud.com"),
        ("https://anna@example.org", "https://anna@example.org"),
        ("cal.example.org:5232/anna", "cal.example.org:5232/anna"),
        ("@", "@"),
        ("", ""),
    ],
)
def test_names_and_e_mail_addresses_lead_to_the_server(typed: str, server: str) -> None:
    found = PRODUCT.normalise({"url": typed, "user": " anna ", "password": " abcd-efgh\n"})
    assert found == {"url": server, "user": "anna", "password": "abcd-efgh"}


@pytest.mark.parametrize("typed", ["anna@gmail.com", "https://calendar.google.com/calendar/u/0/r", "outlook.com"])
def test_who_has_no_caldav_for_passwords_is_sent_to_the_right_product(typed: str) -> None:
    with pytest.raises(MemberMustAct) as caught:
        PRODUCT.normalise({"url": typed, "user": "anna", "password": "x"})
    assert caught.value.sentence.startswith(("Google ", "Outlook "))


@pytest.mark.parametrize(
    ("url", "challenge", "word"),
    [
        ("https://p42-caldav.icloud.com/1/", "", "app-specific password"),
        ("https://caldav.fastmail.com/", "", "Fastmail needs an app password"),
        ("https://cloud.example.org/remote.php/dav/", "", "Nextcloud needs an app password"),
        ("https://cloud.example.org/", 'Basic realm="Nextcloud"', "Nextcloud needs an app password"),
        ("https://noticloud.com/", 'Basic realm="Radicale"', "Check both"),
    ],
)
def test_a_refused_password_is_answered_in_the_words_of_the_product(url: str, challenge: str, word: str) -> None:
    assert word in password_hint(url, challenge)


def test_the_form_asks_for_what_the_contract_names() -> None:
    assert [(each.label, each.required, each.folded) for each in PRODUCT.fields] == [
        ("Server address", True, False),
        ("User name", True, False),
        ("Password", True, False),
    ]
