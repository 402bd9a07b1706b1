"""Every hop is checked like the first, and carries no more than it may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, Limits
from tests.security.http.certificates import presenting, trusting
from tests.security.http.servers import Asked, Names, here, ok, redirect, serve

SECRETS = {"Cookie": "session=hunter2"}


async def failure_of(http: GuardedHttp, url: str) -> Failure:
    async with http.client(limits=Limits(redirects=3)) as client:
        with pytest.raises(MemberMustAct) as refused:
            await client.get(url)
    return refused.value


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "GET", "GET"),
        (302, "GET", "GET"),
        (303, "GET", "GET"),
        (307, "GET", "GET"),
        (308, "GET", "GET"),
        (301, "PROPFIND", "PROPFIND"),
        (302, "REPORT", "REPORT"),
        (307, "PROPFIND", "PROPFIND"),
        (308, "REPORT", "REPORT"),
        (303, "REPORT", "GET"),
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
    ],
)
async def test_method_and_body_survive_where_they_should(
    http: GuardedHttp, status: int, method: str, becomes: str
) -> None:
    body = b"" if method == "GET" else b"<body/>"

    def answer(asked: Asked) -> bytes:
        return redirect("/there?x=1#part", status) if asked.path == "/" else ok()

    async with serve(answer) as server, http.client(headers={"Content-Type": "text/xml"}) as client:
        response = await client.request(method, server.url(), content=body)
    second = server.asked[1]
    assert (second.method, second.path) == (becomes, "/there?x=1")
    assert second.body == (body if becomes == method else b"")
    assert ("content-type" in second.headers) == (becomes == method)
    assert str(response.url).endswith("/there?x=1")
    assert (response.content, response.extensions["redirects"]) == (b"fine", 1)


async def test_a_body_sent_in_pieces_is_sent_again(http: GuardedHttp) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"<bo"
        yield b"dy/>"

    def answer(asked: Asked) -> bytes:
        return redirect("/there", 307) if asked.path == "/" else ok()

    async with serve(answer) as server, http.client(headers={"Content-Length": "7"}) as client:
        await client.post(server.url(), content=pieces())
    assert [asked.body for asked in server.asked] == [b"<body/>", b"<body/>"]


async def test_a_head_stays_a_head(http: GuardedHttp) -> None:
    def answer(asked: Asked) -> bytes:
        return redirect("/there", 303) if asked.path == "/" else ok(b"")

    async with serve(answer) as server, http.client() as client:
        await client.head(server.url())
    assert [asked.method for asked in server.asked] == ["HEAD", "HEAD"]


async def test_credentials_go_along_on_the_same_server(http: GuardedHttp) -> None:
    def answer(asked: Asked) -> bytes:
        return redirect("/there") if asked.path == "/" else ok()

    async with serve(answer) as server, http.client(auth=("ann", "hunter2"), headers=SECRETS) as client:
        await client.get(server.url())
    assert server.asked[1].headers["authorization"] == server.asked[0].headers["authorization"]
    assert server.asked[1].headers["cookie"] == SECRETS["Cookie"]


@pytest.mark.parametrize("there", ["other.test", "cloud.test"])
async def test_credentials_never_reach_another_host_or_port(http: GuardedHttp, there: str) -> None:
    async with (
        serve(ok()) as other,
        serve(redirect(other.url(host=there))) as server,
        http.client(auth=("ann", "hunter2"), headers=SECRETS) as client,
    ):
        await client.get(server.url())
        await client.get(server.url(), headers={"Authorization": "Bearer hunter2"}, auth=None)
    assert "authorization" in server.asked[0].headers
    for asked in other.asked:
        assert not {"authorization", "cookie"} & set(asked.headers)
        assert asked.headers["host"] == f"{there}:{other.port}"


async def test_credentials_once_left_behind_do_not_come_back(http: GuardedHttp) -> None:
    ports: list[int] = []

    def back(asked: Asked) -> bytes:
        return redirect(f"http://cloud.test:{ports[0]}/again")

    async with serve(back) as other:

        def away(asked: Asked) -> bytes:
            return ok() if asked.path == "/again" else redirect(other.url(host="other.test"))

        async with serve(away) as server, http.client(auth=("ann", "hunter2")) as client:
            ports.append(server.port)
            response = await client.get(server.url())
    assert response.extensions["redirects"] == 2
    assert "authorization" not in server.asked[1].headers


async def test_credentials_stay_behind_when_the_scheme_changes(tmp_path: Path) -> None:
    http = GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=here, trust=trusting())
    async with (
        serve(ok(), tls=presenting(tmp_path, "cloud.test")) as safe,
        serve(redirect(safe.url(scheme="https"))) as server,
        http.client(auth=("a", "b")) as client,
    ):
        response = await client.get(server.url())
    assert response.content == b"fine"
    assert "authorization" not in safe.asked[0].headers


async def test_a_password_in_a_redirect_is_not_used(http: GuardedHttp) -> None:
    async with (
        serve(ok()) as other,
        http.client() as client,
        serve(redirect(f"http://eve:evil@cloud.test:{other.port}/")) as server,
    ):
        response = await client.get(server.url())
    assert "authorization" not in other.asked[0].headers
    assert "evil" not in str(response.url)


async def test_encryption_is_never_given_up(tmp_path: Path) -> None:
    http = GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=here, trust=trusting())
    async with serve(ok()) as plain, serve(redirect(plain.url()), tls=presenting(tmp_path, "cloud.test")) as safe:
        failure = await failure_of(http, safe.url(scheme="https"))
    assert failure.cause == Cause.REDIRECTS
    assert "without encryption" in failure.sentence
    assert plain.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "ftp://cloud.test/hunter2",
        "file:///etc/hunter2",
        "webcal://cloud.test/hunter2",
        "http://[hunter2",
        "http://cloud.test:x/hunter2",
        "http://two words/hunter2",
    ],
)
async def test_a_hop_to_no_web_address_is_refused(http: GuardedHttp, location: str) -> None:
    async with serve(redirect(location)) as server:
        failure = await failure_of(http, server.url())
    assert failure.cause == Cause.REDIRECTS
    assert "hunter2" not in f"{failure} {failure.sentence}"


@pytest.mark.parametrize(
    "inside", ["http://inside.test:{port}/", "http://127.0.0.1:{port}/", "http://[::ffff:7f00:1]:{port}/"]
)
async def test_a_hop_into_the_own_network_is_refused(inside: str) -> None:
    names = Names({name: [["127.0.0.1"]] for name in ("cloud.test", "inside.test", "127.0.0.1", "::ffff:7f00:1")})
    http = GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=names.resolve)
    async with serve(ok()) as secret, serve(redirect(inside.format(port=secret.port))) as server:
        failure = await failure_of(http, server.url())
    assert failure.cause == Cause.ADDRESS_NOT_ALLOWED
    assert secret.connections == 0


@pytest.mark.parametrize(("hops", "arrives"), [(3, True), (4, False)])
async def test_only_so_many_hops_are_followed(http: GuardedHttp, hops: int, arrives: bool) -> None:
    def answer(asked: Asked) -> bytes:
        hop = int(asked.path[1:] or 0)
        return ok() if hop == hops else redirect(f"/{hop + 1}")

    async with serve(answer) as server:
        if arrives:
            async with http.client(limits=Limits(redirects=3)) as client:
                assert (await client.get(server.url())).extensions["redirects"] == hops
        else:
            async with http.client(limits=Limits(redirects=3)) as client:
                with pytest.raises(TryLater) as looped:
                    await client.get(server.url())
            assert looped.value.cause == Cause.REDIRECT_LOOP
            assert looped.value.sentence == "cloud.test redirects too many times."
            assert len(server.asked) == 4


@pytest.mark.parametrize("location", ["/", "http://"])
async def test_a_circle_is_tried_again_before_it_is_the_members(http: GuardedHttp, location: str) -> None:
    async with serve(redirect(location)) as server, http.client() as client:
        with pytest.raises(TryLater) as looped:
            await client.get(server.url())
    assert looped.value.cause == Cause.REDIRECT_LOOP
    assert [looped.value.needs_member(attempts) for attempts in (1, 7, 8)] == [False, False, True]


async def test_asking_httpx_to_follow_changes_nothing(http: GuardedHttp) -> None:
    async with serve(redirect("ftp://cloud.test/")) as server, http.client() as client:
        client.follow_redirects = True
        with pytest.raises(MemberMustAct):
            await client.get(server.url(), follow_redirects=True)


async def test_a_streamed_answer_is_followed_too(http: GuardedHttp) -> None:
    def answer(asked: Asked) -> bytes:
        return redirect("/there") if asked.path == "/" else ok()

    async with serve(answer) as server, http.client() as client, client.stream("GET", server.url()) as response:
        assert await response.aread() == b"fine"
        assert response.extensions["redirects"] == 1


@pytest.mark.parametrize("status", [300, 304, 305])
async def test_other_statuses_of_the_family_are_answers(http: GuardedHttp, status: int) -> None:
    async with serve(redirect("/there", status)) as server, http.client() as client:
        assert (await client.get(server.url())).status_code == status
