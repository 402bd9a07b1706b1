"""Where connections go, and what is said when they don't."""

import asyncio
import logging
import socket
from pathlib import Path
from traceback import format_exception

import httpx
import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, Limits
from tests.security.http.certificates import presenting, trusting
from tests.security.http.failing import NOWHERE, drip, failure_of
from tests.security.http.servers import Asked, Names, here, ok, redirect, serve

THIS_MACHINE = """
127.0.0.1 localhost localhost. LOCALHOST 127.1 0x7f.1 0x7f000001 2130706433 0177.0.0.1 0 127.0.0.1.
[::ffff:127.0.0.1] [::1] [::] [64:ff9b::7f00:1]
"""
SECRET = "tok3n-hunter2"


async def test_a_public_looking_name_that_leads_inside_is_refused_before_anything_is_sent() -> None:
    async with serve(ok()) as server:
        failure = await failure_of(GuardedHttp(NOWHERE, resolve=here), server.url(host="cloud.example.org"))
    assert isinstance(failure, MemberMustAct)
    assert failure.cause == Cause.ADDRESS_NOT_ALLOWED
    assert failure.sentence.startswith("cloud.example.org is in the server’s own network.")
    assert server.connections == 0


@pytest.mark.parametrize(
    "host",
    THIS_MACHINE.split(),
)
async def test_no_way_of_writing_this_machine_gets_through(host: str) -> None:
    async with serve(ok()) as server:
        failure = await failure_of(GuardedHttp(NOWHERE), server.url(host=host))
    assert failure.cause in (Cause.ADDRESS_NOT_ALLOWED, Cause.UNKNOWN_HOST, Cause.BAD_ADDRESS)
    assert server.connections == 0


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    names = Names({"cloud.test": [["127.0.0.1", "10.0.0.9"]]})
    http = GuardedHttp(AllowedHosts.parse("127.0.0.1"), resolve=names.resolve)
    async with serve(ok()) as server:
        failure = await failure_of(http, server.url())
    assert failure.cause == Cause.ADDRESS_NOT_ALLOWED
    assert server.connections == 0


async def test_a_name_that_changes_its_mind_is_dialled_where_it_was_checked() -> None:
    names = Names({"cloud.test": [["127.0.0.1"], ["127.0.0.2"]]})
    http = GuardedHttp(AllowedHosts.parse("127.0.0.1"), resolve=names.resolve)
    async with (
        serve(ok(b"checked")) as checked,
        serve(ok(b"inside"), host="127.0.0.2", port=checked.port) as inside,
        http.client() as client,
    ):
        assert (await client.get(checked.url())).content == b"checked"
        assert names.asked == ["cloud.test"]
        with pytest.raises(MemberMustAct) as refused:
            await client.get(checked.url())
    assert refused.value.cause == Cause.ADDRESS_NOT_ALLOWED
    assert inside.connections == 0


async def test_an_allowed_host_is_reached_on_its_allowed_port_only() -> None:
    async with serve(ok()) as server, serve(ok()) as other:
        http = GuardedHttp(AllowedHosts.parse(f"cloud.test:{server.port}"), resolve=here)
        async with http.client() as client:
            assert (await client.get(server.url())).content == b"fine"
        assert (await failure_of(http, other.url())).cause == Cause.ADDRESS_NOT_ALLOWED
    assert other.connections == 0


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    names = Names({"cloud.test": [["::1", "127.0.0.1"]]})
    async with (
        serve(ok()) as server,
        GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=names.resolve).client() as client,
    ):
        assert (await client.get(server.url())).content == b"fine"


async def test_one_connection_is_resolved_once_and_serves_two_requests() -> None:
    names = Names({"cloud.test": [["127.0.0.1"], ["10.0.0.9"]]})

    async def twice(asked: Asked) -> None:
        for _ in range(2):
            asked.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")
            await asked.writer.drain()
            await second.wait()

    second = asyncio.Event()
    async with (
        serve(twice) as server,
        GuardedHttp(AllowedHosts.parse("127.0.0.1"), resolve=names.resolve).client() as client,
    ):
        assert (await client.get(server.url())).content == b"fine"
        asyncio.get_running_loop().call_later(0.05, second.set)
        assert (await client.get(server.url())).content == b"fine"
    assert names.asked == ["cloud.test"]
    assert server.connections == 1


async def test_the_server_sees_the_name_in_host_and_handshake(tmp_path: Path) -> None:
    seen: list[str] = []
    tls = presenting(tmp_path, "cloud.test")
    tls.sni_callback = lambda _socket, name, _context: seen.append(name)
    http = GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=here, trust=trusting())
    async with serve(ok(), tls=tls) as server, http.client() as client:
        response = await client.get(server.url(host="cloud.test.", scheme="https"))
    assert response.content == b"fine"
    assert seen == ["cloud.test"]
    assert server.asked[0].headers["host"] == f"cloud.test:{server.port}"


@pytest.mark.parametrize(
    ("names", "expired", "trusted", "words"),
    [
        (("elsewhere.test",), False, True, "is for another name"),
        (("cloud.test",), True, True, "has expired"),
        (("cloud.test",), False, False, "comes from an authority this server doesn’t know"),
    ],
)
async def test_a_certificate_that_cannot_be_trusted_is_named(
    tmp_path: Path, names: tuple[str, ...], expired: bool, trusted: bool, words: str
) -> None:
    http = GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=here, trust=trusting() if trusted else None)
    async with serve(ok(), tls=presenting(tmp_path, *names, expired=expired)) as server:
        failure = await failure_of(http, server.url(scheme="https"))
    assert isinstance(failure, MemberMustAct)
    assert failure.cause == Cause.REFUSED
    assert (
        failure.sentence == f"The certificate of cloud.test {words}. Only the administrator of cloud.test can fix it."
    )
    assert server.asked == []


async def test_a_server_without_encryption_behind_https_is_unreachable(http: GuardedHttp) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(plain, "127.0.0.1", 0)
    failure = await failure_of(http, f"https://cloud.test:{listener.sockets[0].getsockname()[1]}/")
    listener.close()
    assert isinstance(failure, TryLater)
    assert failure.sentence == "cloud.test can’t be reached over a secure connection."


async def test_a_name_nobody_knows_may_be_misspelled() -> None:
    async def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    failure = await failure_of(GuardedHttp(NOWHERE, resolve=nobody), "https://cloud.exmaple.org/a.ics")
    assert isinstance(failure, TryLater)
    assert failure.cause == Cause.UNKNOWN_HOST
    assert failure.sentence == "We can’t find cloud.exmaple.org. Is it spelled right?"


async def test_a_name_too_long_to_exist_is_unknown() -> None:
    failure = await failure_of(GuardedHttp(NOWHERE), f"https://{'a' * 64}.test/")
    assert failure.cause == Cause.UNKNOWN_HOST


async def test_a_closed_port_is_unreachable(http: GuardedHttp) -> None:
    async with serve(ok()) as server:
        pass
    failure = await failure_of(http, server.url())
    assert isinstance(failure, TryLater)
    assert failure.cause == Cause.UNREACHABLE
    assert failure.sentence == "cloud.test can’t be reached."


async def test_a_server_that_hangs_up_is_tried_again(http: GuardedHttp) -> None:
    async with serve(b"") as server:
        failure = await failure_of(http, server.url())
    assert isinstance(failure, TryLater)


async def test_an_answer_that_is_no_http_is_not_quoted(http: GuardedHttp) -> None:
    async with serve(f"220 {SECRET} ready\r\n\r\n".encode()) as server:
        failure = await failure_of(http, server.url())
    assert isinstance(failure, TryLater)
    assert SECRET not in f"{failure} {failure.sentence} {failure.detail} {failure.__cause__}"


async def test_proxies_and_netrc_of_the_environment_are_ignored(
    http: GuardedHttp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine cloud.test login ann password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    async with serve(ok(b"proxy")) as proxy, serve(ok()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        async with http.client() as client:
            assert (await client.get(server.url())).content == b"fine"
    assert proxy.connections == 0
    assert "authorization" not in server.asked[0].headers


async def test_a_status_is_not_an_error(http: GuardedHttp) -> None:
    async with (
        serve(b"HTTP/1.1 503 Busy\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n") as server,
        http.client() as client,
    ):
        response = await client.get(server.url())
    assert (response.status_code, response.headers["retry-after"], response.extensions["redirects"]) == (503, "9", 0)


async def test_a_request_carries_its_credentials_and_looks_like_a_browser(http: GuardedHttp) -> None:
    async with serve(ok()) as server, http.client(auth=("ann", "hunter2"), headers={"Depth": "1"}) as client:
        await client.request("PROPFIND", server.url("/dav?x=1"), content=b"<propfind/>")
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("PROPFIND", "/dav?x=1", b"<propfind/>")
    assert asked.headers["authorization"] == "Basic YW5uOmh1bnRlcjI="
    assert asked.headers["user-agent"].startswith("Mozilla/5.0 (compatible; On-Call-Optimizer/")
    assert asked.headers["accept-encoding"] == "gzip"
    assert asked.headers["depth"] == "1"


async def test_digest_authentication_works(http: GuardedHttp) -> None:
    def answer(asked: Asked) -> bytes:
        if "authorization" in asked.headers:
            return ok()
        challenge = 'Digest realm="dav", nonce="abc", qop="auth", algorithm=MD5'
        return f"HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: {challenge}\r\n\r\n".encode()

    async with serve(answer) as server, http.client(auth=httpx.DigestAuth("ann", "hunter2")) as client:
        assert (await client.get(server.url())).content == b"fine"


@pytest.mark.parametrize(
    "challenge",
    ["Digest nonsense", 'Digest realm="a", nonce="b", algorithm=ROT13', 'Digest realm="a", nonce="b", qop="auth-int"'],
)
async def test_an_odd_challenge_is_a_failure_like_any_other(http: GuardedHttp, challenge: str) -> None:
    refusal = f"HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: {challenge}\r\n\r\n".encode()
    async with serve(refusal) as server, http.client(auth=httpx.DigestAuth("ann", "hunter2")) as client:
        with pytest.raises(TryLater):
            await client.get(server.url())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://cloud.test/",
        "ws://cloud.test/",
        "https://ann:hunter2@cloud.test/",
        "/only/a/path",
        "http://[",
        "http://cloud.test:x/",
    ],
)
async def test_a_plain_client_refuses_what_normalise_would(http: GuardedHttp, url: str) -> None:
    failure = await failure_of(http, url)
    assert isinstance(failure, MemberMustAct)
    assert failure.cause == Cause.BAD_ADDRESS
    assert "hunter2" not in str(failure)


async def test_no_cookie_is_kept(http: GuardedHttp) -> None:
    async with serve(ok(headers="Set-Cookie: a=b; Path=/\r\n")) as server, http.client() as client:
        await client.get(server.url())
        await client.get(server.url())
    assert all("cookie" not in asked.headers for asked in server.asked)


async def test_secrets_stand_in_no_failure_and_in_no_log(http: GuardedHttp, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nshort"
    texts = []
    for answer in (b"", b"garbage\r\n\r\n", cut, redirect(f"ftp://cloud.test/{SECRET}"), ok(), drip):
        async with (
            serve(answer) as server,
            http.client(auth=("ann", SECRET), limits=Limits(total_seconds=0.3)) as client,
        ):
            try:
                await client.get(server.url(f"/{SECRET}/feed.ics?token={SECRET}"))
            except Failure as failure:
                texts += [str(failure), repr(failure), failure.sentence, failure.detail, *format_exception(failure)]
    assert len(texts) > 20
    assert SECRET not in "".join(texts)
    assert SECRET not in caplog.text
