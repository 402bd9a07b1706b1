"""Who is shown the password, and who never is."""

import base64
import ssl
from pathlib import Path

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct
from providers.caldav.trust import may_see_password
from tests.calendars import calendar, event
from tests.fakes.dav import CALENDAR, EVENTS, Dav, account, collection, href, multistatus, reply, response
from tests.fakes.radicale import PASSWORD
from tests.providers.helpers.caldav import WINDOW, fetched, opened, titles
from tests.security.http.certificates import presenting
from tests.security.http.servers import redirect, serve


@pytest.mark.parametrize(
    ("typed", "url", "may"),
    [
        ("https://cloud.example.org", "https://cloud.example.org/dav/", True),
        ("https://cloud.example.org", "https://CLOUD.example.org:443/dav/", True),
        ("https://cloud.example.org", "https://cloud.example.org:8443/dav/", True),
        ("https://example.org", "https://dav.example.org/", True),
        ("https://caldav.icloud.com", "https://p42-caldav.icloud.com:443/1/calendars/", True),
        ("http://cloud.example.org", "https://cloud.example.org/", True),
        ("http://nas:5232", "http://nas:5232/alice/", True),
        ("http://nas:5232", "http://nas/alice/", False),
        ("https://cloud.example.org", "http://cloud.example.org/", False),
        ("https://cloud.example.org", "https://example.org/", False),
        ("https://cloud.example.org", "https://dav.example.org/", False),
        ("https://a.co.uk", "https://b.co.uk/", False),
        ("https://example.org", "https://badexample.org/", False),
        ("https://example.org", "https://example.org.evil.test/", False),
        ("https://icloud.com.evil.test", "https://p1.icloud.com.evil.test.org/", False),
        ("https://evil.test", "https://caldav.icloud.com/", False),
        ("https://cloud.example.org", "ftp://cloud.example.org/", False),
        ("https://cloud.example.org", "https://[oops/", False),
        ("https://cloud.example.org", "https://cloud.example.org:port/", False),
        ("https://cloud.example.org", "", False),
        ("https://cloud.example.org", "https://cloud.example.org@evil.test/", False),
        ("https://cloud.example.org", "https://cloud.example.org\\@evil.test/", False),
        ("https://cloud.example.org", "https://evil.test#@cloud.example.org/", False),
        ("https://cloud.example.org", "https://evil.test\\.cloud.example.org/", False),
        ("https://cloud.example.org", "https://evil.test/.cloud.example.org/", False),
        ("https://cloud.example.org", "https://evil.test\n.cloud.example.org/", False),
    ],
)
def test_the_password_is_for_the_typed_server_and_its_own(typed: str, url: str, may: bool) -> None:
    assert may_see_password(typed, url) is may


async def test_unreadable_addresses_and_calendars_elsewhere_are_left_out() -> None:
    dav = Dav()
    account(dav)
    found = [
        response(path, CALENDAR + EVENTS)
        for path in ("https://[oops/", "https://other.test/work/", "https://a b/", "javascript:alert(1)", "/cals/work/")
    ]
    dav.on("PROPFIND", "/cals/", multistatus(*found))
    async with serve(dav) as server, opened(server.url()) as provider:
        (work,) = (await provider.discover()).calendars
    assert work.name == "work"


@pytest.mark.parametrize(
    "broken", ["https://[oops/", "//", "https://", "\\", "mailto:alice@example.org", "http://a:b:c/"]
)
async def test_an_account_at_an_unreadable_address_is_a_failure_with_a_sentence(broken: str) -> None:
    dav = Dav()
    account(dav, principal=broken)
    for path in ("/.well-known/caldav", "/remote.php/dav/", "//", "/%5C"):
        dav.on("PROPFIND", path, reply(404))
    async with serve(dav) as server, opened(server.url()) as provider:
        with pytest.raises(Failure) as caught:
            await provider.discover()
    assert caught.value.sentence


@pytest.mark.parametrize("via", ["principal", "home", "calendar"])
async def test_an_href_on_another_host_is_never_asked(via: str) -> None:
    dav, foreign = Dav(), Dav()
    async with serve(foreign) as stranger, serve(dav) as server:
        there = stranger.url("/there/", host="other.test")
        account(
            dav,
            principal=there if via == "principal" else "/me/",
            home=there if via == "home" else "/cals/",
        )
        async with opened(server.url()) as provider:
            with pytest.raises(MemberMustAct) as caught:
                if via == "calendar":
                    await provider.fetch(there, WINDOW, {}, lambda _share, _events=0: None)
                await provider.discover()
        assert stranger.connections == 0
    assert caught.value.cause is Cause.REDIRECTS
    assert "other.test" in caught.value.sentence
    assert "server address" in caught.value.sentence


async def test_a_redirect_to_another_host_arrives_without_the_password_and_ends_there() -> None:
    dav, foreign = Dav(), Dav()
    account(foreign)
    async with serve(foreign) as stranger, serve(dav) as server:
        for path in ("/", "/.well-known/caldav", "/remote.php/dav/"):
            dav.on("PROPFIND", path, redirect(stranger.url("/", host="other.test"), 308))
        async with opened(server.url()) as provider:
            with pytest.raises(MemberMustAct) as caught:
                await provider.discover()
        assert stranger.asked
        assert all("authorization" not in each.headers for each in stranger.asked)
    assert caught.value.cause is Cause.REDIRECTS


async def test_the_same_host_on_another_port_is_told_apart_by_scheme_and_port() -> None:
    dav, other = Dav(), Dav()
    async with serve(other) as stranger, serve(dav) as server:
        for path in ("/", "/.well-known/caldav", "/remote.php/dav/"):
            dav.on("PROPFIND", path, redirect(stranger.url(), 308))
        async with opened(server.url()) as provider:
            with pytest.raises(MemberMustAct) as caught:
                await provider.discover()
        here, there = f"http://cloud.test:{server.port}", f"http://cloud.test:{stranger.port}"
    assert caught.value.sentence == (
        f"{here} redirects to {there}, and we send your password to {here} only. "
        f"If you trust {there}, enter it as the server address."
    )


def icloud(tmp_path: Path) -> ssl.SSLContext:
    return presenting(tmp_path, "caldav.icloud.com", "p42-caldav.icloud.com")


async def test_an_account_that_lives_on_another_host_of_its_family_is_read_there(tmp_path: Path) -> None:
    dav = Dav()
    async with serve(dav, tls=icloud(tmp_path)) as server:
        home = server.url("/cals/", host="p42-caldav.icloud.com", scheme="https")
        account(dav, home=home)
        collection(dav, ("1.ics", calendar(event("Lunch")).decode()))
        typed = server.url(host="caldav.icloud.com", scheme="https")
        async with opened(typed) as provider:
            found = await provider.discover()
        (work,) = found.calendars
        assert (work.remote_id, found.account) == (f"{home}work/", "alice at caldav.icloud.com")
        assert titles(await fetched(typed, work.remote_id)) == ["Lunch"]
        expected = "Basic " + base64.b64encode(f"alice:{PASSWORD}".encode()).decode()
        assert {each.headers.get("authorization") for each in server.asked} == {expected}


async def test_a_redirect_within_the_family_is_signed_in_to_again(tmp_path: Path) -> None:
    dav = Dav()
    async with serve(dav, tls=icloud(tmp_path)) as server:
        there = server.url("/1/", host="p42-caldav.icloud.com", scheme="https")
        found = response("/1/", CALENDAR + EVENTS)
        dav.on("PROPFIND", "/", redirect(there, 301))
        dav.on(
            "PROPFIND",
            "/1/",
            lambda asked: multistatus(found) if "authorization" in asked.headers else reply(401),
        )
        async with opened(server.url(host="caldav.icloud.com", scheme="https")) as provider:
            (work,) = (await provider.discover()).calendars
    assert work.remote_id == there


async def test_a_server_that_wants_digest_gets_it() -> None:
    dav = Dav()
    challenge = 'WWW-Authenticate: Digest realm="Baikal", nonce="abc", qop="auth", algorithm=MD5\r\n'
    found = multistatus(response("/", CALENDAR + EVENTS + href("D:current-user-principal", "/")))
    dav.on(
        "PROPFIND",
        "/",
        lambda asked: (
            found if asked.headers.get("authorization", "").startswith("Digest") else reply(401, "", challenge)
        ),
    )
    async with serve(dav) as server, opened(server.url()) as provider:
        assert len((await provider.discover()).calendars) == 1
        assert not dav.unexpected
