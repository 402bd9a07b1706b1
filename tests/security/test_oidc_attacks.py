"""Attacks on single sign-on, each against a real provider whose answers are bent: nobody is logged in by any of them.

A table of tokens, then of responses, then of discovery documents. The last test shows that an honest answer passes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import SingleSignOnFailed
from oncall_ui.models import Identity, LoginRequest, LoginSession, now
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from oncall_ui.security.oidc.errors import OidcError
from oncall_ui.security.oidc.provider import AuthorizationRequest, OpenIdProvider
from oncall_ui.services.accounts.logging_in.single_sign_on import LIFETIME, begin, begin_link, finish
from oncall_ui.settings import Settings
from tests.conftest import Person
from tests.databases import settings as on_both
from tests.fakes.openid import CLIENT_ID, CLIENT_SECRET, Answer, OpenIdServer, signed, unsigned, with_single_sign_on
from tests.fakes.server import Handler, LocalServer

pytestmark = pytest.mark.slow  # whole sign-ins

__all__ = ["on_both"]

Claims = dict[str, Any]
Forgery = Callable[[Claims, RSAKey], str]
BROWSER = "the token in this browser’s cookie"
STRANGER = RSAKey.generate_key(2048)


def claiming(**changes: Any) -> Forgery:
    """Signed by the provider itself, with other claims; None leaves one out."""
    return lambda claims, key: signed(
        {name: value for name, value in (claims | changes).items() if value is not None}, key
    )


def timed(**seconds: int) -> Forgery:
    """Signed by the provider itself, with times so many seconds from when it was issued."""
    return lambda claims, key: signed(claims | {name: claims["iat"] + each for name, each in seconds.items()}, key)


def public_pem(key: RSAKey) -> OctKey:
    """The provider's public key, as the secret of an HMAC."""
    return OctKey.import_key(key.as_pem(private=False))


TOKENS: dict[str, Forgery] = {
    "alg none": lambda claims, _key: unsigned(claims),
    "alg HS256 with the public key": lambda claims, key: signed(claims, public_pem(key), "HS256", kid=str(key.kid)),
    "alg HS256 with the client secret": lambda claims, _key: signed(claims, OctKey.import_key(CLIENT_SECRET), "HS256"),
    "another key under the provider's kid": lambda claims, key: signed(claims, STRANGER, kid=str(key.thumbprint())),
    "another key without a kid": lambda claims, _key: signed(claims, STRANGER),
    "a key in the header": lambda claims, _key: signed(claims, STRANGER, jwk=STRANGER.as_dict(private=False)),
    "a key's address in the header": lambda claims, _key: signed(claims, STRANGER, jku="https://evil.example/jwks"),
    "another kind of key": lambda claims, _key: signed(claims, ECKey.generate_key("P-256"), "ES256"),  # type: ignore[arg-type]
    "signature cut off": lambda claims, key: signed(claims, key).rpartition(".")[0] + ".",
    "claims changed after signing": lambda claims, key: _swapped(
        signed(claims, key), signed(claims | {"sub": "x"}, key)
    ),
    "five parts": lambda claims, key: signed(claims, key) + ".a.b",
    "no token": lambda _claims, _key: "not a token",
    "another issuer": claiming(iss="https://evil.example"),
    "the issuer with a slash": lambda claims, key: signed(claims | {"iss": claims["iss"] + "/"}, key),
    "no issuer": claiming(iss=None),
    "another audience": claiming(aud="another client"),
    "no audience": claiming(aud=None),
    "an empty audience": claiming(aud=[]),
    "further audiences without azp": claiming(aud=[CLIENT_ID, "another client"]),
    "another authorised party": claiming(azp="another client"),
    "an authorised party that is no text": claiming(azp=[CLIENT_ID]),
    "expired": timed(exp=-120),
    "no expiry": claiming(exp=None),
    "an expiry that is text": claiming(exp="9999999999"),
    "an expiry that never comes": claiming(exp=float("nan")),
    "issued in the future": timed(iat=600),
    "not valid yet": timed(nbf=600),
    "another nonce": claiming(nonce="another nonce"),
    "no nonce": claiming(nonce=None),
    "a nonce that is no text": claiming(nonce=True),
    "a hash of another access token": claiming(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "an empty hash of the access token": claiming(at_hash=""),
    "no subject": claiming(sub=None),
    "an empty subject": claiming(sub=""),
    "a subject that is a number": claiming(sub=1),
    "a subject with a line break": claiming(sub="b-1\n"),
    "a subject that is too long": claiming(sub="b" * 256),
}


@pytest.fixture
def settings(on_both: Settings, openid: OpenIdServer) -> Settings:
    return with_single_sign_on(on_both, openid)


async def come_back(app: App, openid: OpenIdServer, subject: str = "b-1", **changes: str) -> str:
    """The token of the session that a log-in of `subject` ends in, its answer changed on the way."""
    answer = openid.answer_for(await begin(app, BROWSER, "/"), subject) | changes
    returned = await finish(app, answer, browser=BROWSER, me=None)
    assert returned.outcome is not None
    return returned.outcome.session or returned.outcome.pending


@contextmanager
def refused(app: App) -> Iterator[None]:
    """Nobody is logged in, nothing is linked, and the sentence quotes nothing of the answer."""
    before = counts(app)
    with pytest.raises(SingleSignOnFailed) as failed:
        yield
    assert counts(app) == before
    assert "evil" not in failed.value.sentence and "another" not in failed.value.sentence


def counts(app: App) -> tuple[int, int]:
    with app.db.read() as session:
        return len(session.exec(select(LoginSession)).all()), len(session.exec(select(Identity)).all())


@pytest.mark.once_on_postgresql
@pytest.mark.parametrize("name", TOKENS)
async def test_a_forged_token_logs_nobody_in(app: App, openid: OpenIdServer, bob: Person, name: str) -> None:
    openid.forge = TOKENS[name]
    with refused(app):
        await come_back(app, openid)


@pytest.mark.parametrize(
    ("userinfo", "claims"),
    [
        ({"sub": "somebody else"}, {"email_verified": None}),
        ({"email_verified": True}, {"email": "bob@example.org", "email_verified": None}),
        ({"email": "bob@example.org", "email_verified": None}, {"email": None, "email_verified": True}),
        ({"email": "bob@example.org", "email_verified": False}, {"email": None, "email_verified": True}),
    ],
)
async def test_userinfo_confirms_no_other_address(
    app: App, openid: OpenIdServer, bob: Person, userinfo: Claims, claims: Claims
) -> None:
    openid.add_user("m-1", email="mallory@example.org", email_verified=True)
    openid.forge, openid.userinfo = claiming(**claims), userinfo
    with refused(app):
        await come_back(app, openid, "m-1")


@pytest.mark.parametrize("iss", ["https://evil.example", ""])
async def test_a_response_of_another_provider_is_a_mix_up(
    app: App, openid: OpenIdServer, bob: Person, iss: str
) -> None:
    with refused(app):
        await come_back(app, openid, iss=iss)
    assert "/oauth2/token" not in openid.asked


async def test_a_response_without_iss_counts_only_where_none_is_announced(
    app: App, openid: OpenIdServer, bob: Person
) -> None:
    openid.document["authorization_response_iss_parameter_supported"] = True
    with refused(app):
        await come_back(app, openid)
    assert "/oauth2/token" not in openid.asked
    assert await come_back(app, openid, iss=openid.issuer)


async def test_a_callback_works_once(app: App, openid: OpenIdServer, bob: Person) -> None:
    answer = openid.answer_for(await begin(app, BROWSER, "/"), "b-1")
    await finish(app, answer, browser=BROWSER, me=None)
    with refused(app):
        await finish(app, answer, browser=BROWSER, me=None)
    again = openid.answer_for(await begin(app, BROWSER, "/"), "b-1")
    with refused(app):  # a new code under the state that was used
        await finish(app, again | {"state": answer["state"]}, browser=BROWSER, me=None)


@pytest.mark.parametrize("browser", ["another browser", ""])
async def test_a_callback_in_another_browser(app: App, openid: OpenIdServer, bob: Person, browser: str) -> None:
    answer = openid.answer_for(await begin(app, BROWSER, "/"), "b-1")
    with refused(app):
        await finish(app, answer, browser=browser, me=None)
    with refused(app):  # and then it is used up
        await finish(app, answer, browser=BROWSER, me=None)


async def test_a_callback_that_nobody_asked_for(app: App, openid: OpenIdServer, bob: Person) -> None:
    answer = openid.answer_for(await begin(app, BROWSER, "/"), "b-1")
    for state in ("", "unknown", "\x00", answer["state"] + "x"):
        with refused(app):
            await finish(app, answer | {"state": state}, browser=BROWSER, me=None)


async def test_a_stolen_code_is_worth_nothing_in_another_log_in(app: App, openid: OpenIdServer, bob: Person) -> None:
    stolen = openid.answer_for(await begin(app, "the victim’s browser", "/"), "b-1")
    mine = openid.answer_for(await begin(app, BROWSER, "/"), "c-1")
    with refused(app):
        await finish(app, mine | {"code": stolen["code"]}, browser=BROWSER, me=None)


async def test_a_stolen_code_fails_by_its_nonce_too(app: App, openid: OpenIdServer, bob: Person) -> None:
    openid.checks_verifiers = False
    stolen = openid.answer_for(await begin(app, "the victim’s browser", "/"), "b-1")
    mine = openid.answer_for(await begin(app, BROWSER, "/"), "c-1")
    with refused(app):
        await finish(app, mine | {"code": stolen["code"]}, browser=BROWSER, me=None)


async def test_a_log_in_that_took_too_long(app: App, openid: OpenIdServer, bob: Person) -> None:
    answer = openid.answer_for(await begin(app, BROWSER, "/"), "b-1")
    with app.db.write() as session:
        for row in session.exec(select(LoginRequest)).all():
            assert row.expires_at - now() <= LIFETIME
            row.expires_at = now()
    with refused(app):
        await finish(app, answer, browser=BROWSER, me=None)


async def test_an_account_is_linked_only_in_the_session_that_asked(
    app: App, openid: OpenIdServer, bob: Person, mallory: Person
) -> None:
    """Otherwise, anyone who makes a member open a link would log in as them from then on."""

    async def mallorys() -> Answer:
        return openid.answer_for(await begin_link(app, mallory.me), "c-1")

    for browser, me in ((BROWSER, bob.me), (BROWSER, None), ("", None)):
        with refused(app):
            await finish(app, await mallorys(), browser=browser, me=me)
    log_in = openid.answer_for(await begin(app, "mallory’s browser", "/"), "c-1")
    with refused(app):  # nor does a log-in become a link
        await finish(app, log_in, browser="", me=bob.me)


class Canary(LocalServer):
    """A server in our own network that nobody may ask for anything."""

    def __init__(self) -> None:
        super().__init__()
        self.hits = 0

    def handle(self, handler: Handler) -> None:
        self.hits += 1
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.mark.once_on_postgresql
@pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/", "https://127.0.0.1:{}/", "https://localhost:{}/", "https://[::1]:{}/"]
)
async def test_a_document_leads_nowhere_in_our_network(
    app: App, openid: OpenIdServer, bob: Person, endpoint: str, url: str
) -> None:
    provider = guarded(app, openid)
    with Canary() as canary:
        openid.document[endpoint] = url.format(canary.port)
        openid.forge = claiming(name=None)  # userinfo is asked for it
        with pytest.raises((OidcError, Failure)):
            await walk(provider, openid)
        assert canary.hits == 0


@pytest.mark.once_on_postgresql
@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "url", ["http://example.org/x", "javascript:alert(1)", "ftp://example.org/", "//example.org", "", 7, ["x"],
            "https://user:secret@example.org/", "https://example.org/\n", "https://example.org:x/", "https:///path"],
)  # fmt: skip
async def test_an_endpoint_that_is_no_https_address(app: App, openid: OpenIdServer, endpoint: str, url: object) -> None:
    openid.document[endpoint] = url
    with pytest.raises(OidcError, match=endpoint):
        await guarded(app, openid).metadata()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/oauth2/token", "/userinfo"])
async def test_redirects_lead_nowhere(app: App, openid: OpenIdServer, bob: Person, path: str) -> None:
    provider = guarded(app, openid)
    with Canary() as canary:
        openid.redirecting[path] = canary.url("/")
        openid.forge = claiming(name=None)
        with pytest.raises((OidcError, Failure)):
            await walk(provider, openid)
        assert canary.hits == 0


@pytest.mark.parametrize("issuer", ["https://evil.example", "http://localhost", None, 7])
async def test_a_document_of_another_issuer(app: App, openid: OpenIdServer, issuer: object) -> None:
    openid.document["issuer"] = issuer
    with pytest.raises(OidcError, match="another issuer"):
        await guarded(app, openid).metadata()


@pytest.mark.parametrize("algorithms", [["none"], ["HS256", "none"], ["RS1"]])
async def test_a_provider_that_announces_no_signature_of_its_own(
    app: App, openid: OpenIdServer, algorithms: list[str]
) -> None:
    openid.document["id_token_signing_alg_values_supported"] = algorithms
    with pytest.raises(OidcError, match="RS256 or ES256"):
        await guarded(app, openid).metadata()


async def test_an_endless_document_is_cut_off(app: App, openid: OpenIdServer) -> None:
    openid.failing["/.well-known/openid-configuration"] = (200, '{"issuer": "' + "x" * 2**20)
    with pytest.raises(Failure, match="too_large"):
        await guarded(app, openid).metadata()


@pytest.mark.filterwarnings("ignore:Key size")
async def test_keys_that_are_secret_weak_or_private_check_nothing(app: App, openid: OpenIdServer, bob: Person) -> None:
    weak, secret = RSAKey.generate_key(1024), OctKey.generate_key(256)
    keys = [weak.as_dict(private=False), secret.as_dict(private=True), STRANGER.as_dict(private=True), "x", {}]
    openid.failing["/jwks"] = (200, json.dumps({"keys": keys}))
    for forge in (lambda claims, _: signed(claims, STRANGER), lambda claims, _: signed(claims, secret, "HS256")):
        openid.forge = forge
        with refused(app):
            await come_back(app, openid)


async def test_an_honest_answer_passes(app: App, openid: OpenIdServer, bob: Person) -> None:
    openid.forge = claiming()
    assert await come_back(app, openid)
    openid.forge = claiming(aud=[CLIENT_ID, "another client"], azp=CLIENT_ID)
    assert await come_back(app, openid)
    openid.forge = timed(exp=-20, iat=30)
    assert await come_back(app, openid)
    assert await come_back(app, openid, iss=openid.issuer)


def guarded(app: App, openid: OpenIdServer) -> OpenIdProvider:
    """As the app reaches the provider: at its host and port, and nowhere else in this network."""
    return OpenIdProvider(app.settings.oidc, GuardedHttp(AllowedHosts.parse(openid.issuer.removeprefix("http://"))))


async def walk(provider: OpenIdProvider, openid: OpenIdServer) -> None:
    request = AuthorizationRequest("s", "n", "v" * 43)
    answer = openid.answer_for(await provider.authorization_url(request), "b-1")
    await provider.identify(answer["code"], request)


def _swapped(token: str, other: str) -> str:
    """The token's signature under the other one's claims."""
    return other.rpartition(".")[0] + "." + token.rpartition(".")[2]
