"""Browsers as people call them."""

import pytest

from oncall_ui.services.accounts.logging_in.browsers import Browser, browser_of

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (f"{MAC} Chrome/142.0.0.0 Safari/537.36", "Chrome on macOS"),
        (f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge on Windows"),
        (f"{WINDOWS} HeadlessChrome/142.0.0.0 Safari/537.36", "Chrome on Windows"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
        ("<b>x</b>", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_people_call_it(user_agent: str, browser: str) -> None:
    assert browser_of(user_agent) == Browser(browser)


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        (f"{ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"{IPAD} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPad"),
        (f"{IPAD} CriOS/142.0 Mobile/15E148 Safari/604.1", "Chrome on iPad"),
    ],
)
def test_phones_and_tablets_are_told_from_computers(user_agent: str, browser: str) -> None:
    assert browser_of(user_agent) == Browser(browser, is_phone=True)


def test_a_name_is_short_whatever_is_sent() -> None:
    assert len(browser_of(f"{'Bot' * 120}Bot/1.0").name) <= 80
