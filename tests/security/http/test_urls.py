import httpx
import pytest

from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.security.http.urls import normalise_url


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://cloud.test/a.ics", "https://cloud.test/a.ics"),
        ("  http://cloud.test/a.ics\n", "http://cloud.test/a.ics"),
        ("webcal://cloud.test/a.ics", "https://cloud.test/a.ics"),
        ("WebCals://cloud.test:8443/a.ics", "https://cloud.test:8443/a.ics"),
        ("HTTPS://Cloud.Test/A.ics", "https://cloud.test/A.ics"),
        ("https://cloud.test/a.ics?key=a%2Fb+c&x=%20#top", "https://cloud.test/a.ics?key=a%2Fb+c&x=%20"),
        ("https://cloud.test./a.ics", "https://cloud.test/a.ics"),
        ("https://cloud.test:443/a.ics", "https://cloud.test/a.ics"),
        ("cloud.test/dav", "https://cloud.test/dav"),
        ("cloud.test:8443/dav", "https://cloud.test:8443/dav"),
        ("//cloud.test/dav", "https://cloud.test/dav"),
        ("https://bücher.test/ä", "https://xn--bcher-kva.test/%C3%A4"),
        ("http://[2606:4700::1111]:8080/a", "http://[2606:4700::1111]:8080/a"),
        ("http://0x7f.1/", "http://0x7f.1/"),
    ],
)
def test_an_address_is_written_one_way(typed: str, meant: str) -> None:
    assert normalise_url(typed) == meant
    assert normalise_url(meant) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter an address"),
        ("   ", "Enter an address"),
        ("ftp://cloud.test/a", "start with https://"),
        ("file:///etc/passwd", "start with https://"),
        ("javascript:alert(1)", "start with https://"),
        ("https://", "no valid server name"),
        ("https:///a.ics", "no valid server name"),
        ("webcal:/a.ics", "no valid server name"),
        ("https://two words/a", "no valid server name"),
        ("https://a..b/", "no valid server name"),
        ("https://cloud.test:0/", "no valid server name"),
        ("https://cloud.test:70000/", "no valid server name"),
        ("https://h%41/", "no valid server name"),
        ("https://[cloud", "no valid server name"),
        ("https://cloud.test/a\nb", "can’t read"),
        ("https://１２７.0.0.1/", "can’t read"),
        ("https://ann:hunter2@cloud.test/a", "in their own fields"),
        ("https://ann@cloud.test/a", "in their own fields"),
        ("webcal://:hunter2@cloud.test/a", "in their own fields"),
    ],
)
def test_an_address_that_cannot_be_fetched_is_refused_without_quoting_it(typed: str, words: str) -> None:
    with pytest.raises(MemberMustAct) as refused:
        normalise_url(typed)
    assert refused.value.cause == Cause.BAD_ADDRESS
    assert words in refused.value.sentence
    assert "hunter2" not in f"{refused.value} {refused.value.sentence} {refused.value.detail}"
    assert refused.value.__cause__ is None


def test_a_long_query_keeps_every_character() -> None:
    token = "".join(chr(c) for c in range(33, 127) if chr(c) not in "#%")
    assert httpx.URL(normalise_url(f"https://cloud.test/a?t={token}")).query.startswith(b"t=!")
