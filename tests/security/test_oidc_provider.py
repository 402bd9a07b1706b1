"""The conversation with an OpenID provider: what is cached and for how long, keys that change, ways to authenticate."""

from typing import Any

import pytest
from pydantic import SecretStr

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from oncall_ui.security.oidc.claims import Identified
from oncall_ui.security.oidc.errors import OperatorMustAct, Refused, Untrusted
from oncall_ui.security.oidc.provider import AuthorizationRequest, OpenIdProvider
from oncall_ui.settings import Settings
from tests.fakes.openid import OpenIdServer, signed, with_single_sign_on
from tests.monotonic import Clock, clock

__all__ = ["clock"]

REQUEST = AuthorizationRequest("the state", "the nonce", "a verifier of at least forty-three characters, as required")
DOCUMENT, KEYS, TOKEN = "/.well-known/openid-configuration", "/jwks", "/oauth2/token"


@pytest.fixture
def provider(openid: OpenIdServer, clock: Clock) -> OpenIdProvider:
    return provider_at(openid, clock)


def provider_at(server: OpenIdServer, clock: Any, **changes: Any) -> OpenIdProvider:
    client = with_single_sign_on(Settings(_env_file=None), server, **changes).oidc
    return OpenIdProvider(client, GuardedHttp(AllowedHosts.parse("localhost")), monotonic=clock)


async def identify(provider: OpenIdProvider, server: OpenIdServer, subject: str = "b-1") -> Identified:
    answer = server.answer_for(await provider.authorization_url(REQUEST), subject)
    return await provider.identify(answer["code"], REQUEST)


async def test_document_and_keys_are_asked_for_once_an_hour(
    provider: OpenIdProvider, openid: OpenIdServer, clock: Clock
) -> None:
    await identify(provider, openid)
    clock.seconds += 3590
    await identify(provider, openid)
    assert (openid.asked.count(DOCUMENT), openid.asked.count(KEYS)) == (1, 1)
    clock.seconds += 20
    await identify(provider, openid)
    assert (openid.asked.count(DOCUMENT), openid.asked.count(KEYS)) == (2, 2)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("max-age=900", 900), ("public, max-age=1", 300), ("no-cache,max-age=999999999", 86_400), ("max-age=x", 3600)],
)
async def test_a_max_age_counts_within_bounds(
    provider: OpenIdProvider, openid: OpenIdServer, clock: Clock, header: str, seconds: int
) -> None:
    openid.headers["Cache-Control"] = header
    await provider.metadata()
    clock.seconds += seconds - 1
    await provider.metadata()
    assert openid.asked.count(DOCUMENT) == 1
    clock.seconds += 2
    await provider.metadata()
    assert openid.asked.count(DOCUMENT) == 2


async def test_a_new_key_is_found_when_a_token_names_it(
    provider: OpenIdProvider, openid: OpenIdServer, clock: Clock
) -> None:
    await identify(provider, openid)
    openid.rotate_key()
    clock.seconds += 60
    assert (await identify(provider, openid)).subject == "b-1"
    assert openid.asked.count(KEYS) == 2


async def test_unknown_keys_make_us_ask_at_most_once_a_minute(
    provider: OpenIdProvider, openid: OpenIdServer, clock: Clock
) -> None:
    openid.forge = lambda claims, key: signed(claims, key, kid="unknown")
    for _ in range(5):
        clock.seconds += 10
        with pytest.raises(Untrusted, match="doesn’t publish"):
            await identify(provider, openid)
    assert openid.asked.count(KEYS) == 1
    clock.seconds += 60
    with pytest.raises(Untrusted):
        await identify(provider, openid)
    assert openid.asked.count(KEYS) == 2


@pytest.mark.parametrize("methods", [None, ["client_secret_basic"], ["x", "client_secret_post"]])
async def test_the_secret_goes_where_the_provider_wants_it(
    provider: OpenIdProvider, openid: OpenIdServer, methods: list[str] | None
) -> None:
    openid.document["token_endpoint_auth_methods_supported"] = methods
    assert (await identify(provider, openid)).email == "bob@example.org"
    assert (await provider.metadata()).posts_secret is ("client_secret_post" in (methods or []))


async def test_a_wrong_secret_is_for_the_operator(openid: OpenIdServer, clock: Clock) -> None:
    wrong = provider_at(openid, clock, oidc_client_secret=SecretStr("wrong"))
    with pytest.raises(OperatorMustAct, match="ONCALL_OIDC_CLIENT_SECRET"):
        await identify(wrong, openid)


async def test_a_code_works_once_and_with_its_verifier(provider: OpenIdProvider, openid: OpenIdServer) -> None:
    answer = openid.answer_for(await provider.authorization_url(REQUEST), "b-1")
    other = AuthorizationRequest("the state", "the nonce", "another verifier")
    with pytest.raises(Refused, match="invalid_grant"):
        await provider.identify(answer["code"], other)
    await identify(provider, openid)
    with pytest.raises(Refused, match="invalid_grant"):
        await provider.identify("unknown", REQUEST)


@pytest.mark.parametrize("path", [DOCUMENT, TOKEN, KEYS])
async def test_a_provider_that_is_down_is_tried_again_later(
    provider: OpenIdProvider, openid: OpenIdServer, path: str
) -> None:
    openid.failing[path] = (503, "{}")
    with pytest.raises(TryLater) as failed:
        await identify(provider, openid)
    assert failed.value.cause is Cause.SERVER_ERROR
    del openid.failing[path]
    assert (await identify(provider, openid)).subject == "b-1"


@pytest.mark.parametrize("path", [DOCUMENT, KEYS])
@pytest.mark.parametrize(
    ("status", "body"), [(404, "{}"), (200, "[]"), (200, "<html>"), (200, "{}"), (200, "[" * 9999)]
)
async def test_no_document_or_keys_is_for_the_operator(
    provider: OpenIdProvider, openid: OpenIdServer, path: str, status: int, body: str
) -> None:
    openid.failing[path] = (status, body)
    with pytest.raises(OperatorMustAct):
        await identify(provider, openid)


async def test_userinfo_adds_what_the_token_lacks(provider: OpenIdProvider, openid: OpenIdServer) -> None:
    def thin(claims: dict[str, Any], key: Any) -> str:
        for name in ("email", "email_verified", "name"):
            claims.pop(name)
        return signed(claims, key)

    openid.forge = thin
    who = await identify(provider, openid)
    assert (who.email, who.email_is_confirmed, who.name) == ("bob@example.org", True, "Bob")
    openid.failing["/userinfo"] = (404, "")
    assert (await identify(provider, openid)).email == ""


async def test_groups_are_asked_for_where_the_provider_has_such_a_scope(openid: OpenIdServer, clock: Clock) -> None:
    openid.document["scopes_supported"] = ["openid", "groups"]
    strict = provider_at(openid, clock, oidc_allowed_groups="oncall")
    assert "scope=openid+email+profile+groups&" in await strict.authorization_url(REQUEST)
    assert "scope=openid+email+profile&" in await provider_at(openid, clock).authorization_url(REQUEST)
