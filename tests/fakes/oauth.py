"""A strict authorization server (OAuth 2.0, RFC 6749; PKCE, RFC 7636) whose tokens open the provider's own endpoints.

    with AuthorizationServer("id", "secret", redirects=["http://localhost:8080/oauth/google/callback"]) as fake:
        fake.accounts = ["alice@example.org"]      # whom the page lets one choose
        fake.signed_in = "alice@example.org"       # or: no page, this account allows everything at once

What differs between providers is a method to override: `granted`, `gives_refresh`, `token_extras`.
"""

import base64
import hashlib
import html
import secrets
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

import httpx

from tests.fakes.endpoints import Answer, Clock, EndpointServer, Request, Wrong, json_answer, once

FORM = "application/x-www-form-urlencoded"
AUTHORIZATION = {
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt", "login_hint"),
    *("code_challenge", "code_challenge_method"),
}
TOKEN = {"grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "refresh_token"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for authorization that passed every check."""

    redirect: str
    state: str
    challenge: str
    scopes: tuple[str, ...]
    parameters: Mapping[str, str]


@dataclass(slots=True, eq=False)
class Grant:
    """What an account allowed."""

    account: str
    scopes: frozenset[str]
    is_revoked: bool = False


@dataclass(slots=True)
class Code:
    asked: Asked
    grant: Grant
    gives_refresh: bool
    expires: float
    is_used: bool = False


class Bearer(httpx.Auth):
    """Shows one token (RFC 6750), as a client does that the app has signed in."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class AuthorizationServer(EndpointServer):
    """Endpoints `authorize`, `consent` (what its page posts to) and `token`, for `fail`, `hold` and `requests`."""

    def __init__(
        self,
        client_id: str = "client-id",
        client_secret: str = "client-secret",
        *,
        redirects: Iterable[str] = (),
        scopes: Iterable[str] = (),
        authorize_path: str = "/authorize",
        token_path: str = "/token",
        authorization_parameters: Iterable[str] = (),
        token_parameters: Iterable[str] = (),
    ) -> None:
        """`scopes`: those that exist, any if empty; `…_parameters`: what this provider accepts beyond the standard."""
        super().__init__()
        self.client_id, self.client_secret = client_id, client_secret
        self.redirects = set(redirects)
        """Registered, compared exactly."""
        self.accounts: list[str] = []
        self.signed_in = ""
        self.unticked: set[str] = set()
        """Scopes the member doesn't allow."""
        self.can_untick = False
        """Whether the page offers each scope by itself, ticked unless in `unticked`."""
        self.refuses: Mapping[str, str] | None = None
        """What the next authorization is sent back with instead of a code: `error` and what belongs to it."""
        self.access_seconds = 3600
        self.code_seconds = 60
        self.rotates = False
        """A new refresh token with every use."""
        self.spends = False
        """A rotated refresh token works no longer."""
        self.issued: list[str] = []
        """Every code and token handed out: none of them belongs into a log or a page."""
        self.clock = Clock()
        self._scopes = set(scopes)
        self._authorization = AUTHORIZATION | set(authorization_parameters)
        self._token = TOKEN | set(token_parameters)
        self._asked: dict[str, Asked] = {}
        self._codes: dict[str, Code] = {}
        self._access: dict[str, tuple[Grant, float]] = {}
        self._refresh: dict[str, Grant] = {}
        self.authorize_url, self.token_url = self.url(authorize_path), self.url(token_path)
        self.endpoint("authorize", "GET", authorize_path, self._authorize)
        self.endpoint("consent", "POST", "/consent", self._consent)
        self.endpoint("token", "POST", token_path, self._issue)

    # What differs between providers.

    def granted(self, account: str, asked: Asked, allowed: frozenset[str]) -> frozenset[str]:
        """The scopes of a grant; `allowed` are those asked for and not unticked."""
        return allowed

    def gives_refresh(self, account: str, asked: Asked, scopes: frozenset[str]) -> bool:
        """Asked before the grant is remembered."""
        return True

    def token_extras(self, grant: Grant, asked: Asked | None) -> dict[str, Any]:
        """What a token answer contains beyond the standard; `asked` is None when a token is refreshed."""
        return {}

    # What tests do behind the scenes.

    def grant(self, account: str, *scopes: str, offline: bool = True) -> tuple[str, str]:
        """(access token, refresh token or ""), as if the account had signed in."""
        grant = Grant(account, frozenset(scopes))
        return self._new_access(grant), self._new_refresh(grant) if offline else ""

    def revoke(self, account: str) -> None:
        """The account's owner takes everything back."""
        for grant in self._grants():
            if grant.account == account:
                grant.is_revoked = True

    def known_grant(self, token: str) -> Grant | None:
        """What is behind an access or a refresh token, unless it was revoked (RFC 7009)."""
        grant = self._refresh.get(token) or self._access.get(token, (None, 0.0))[0]
        return None if grant is None or grant.is_revoked else grant

    def expire_access(self) -> None:
        """Every access token handed out so far has run out."""
        self._access = {token: (grant, 0.0) for token, (grant, _) in self._access.items()}

    def bearer(self, request: Request) -> Grant | None:
        """The grant behind the request's token (RFC 6750 section 2.1); None when there is none or it isn't valid."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant, expires = self._access.get(token, (None, 0.0))
        if kind != "Bearer" or grant is None or grant.is_revoked or expires <= self.clock.now():
            return None
        return grant

    # The authorization endpoint (RFC 6749 section 4.1.1).

    def _authorize(self, request: Request) -> Answer:
        values = once(request.query, known=self._authorization)
        if values.get("client_id") != self.client_id:
            return _page("Error 401: invalid_client", status=401)
        if values.get("redirect_uri") not in self.redirects:
            return _page("Error 400: redirect_uri_mismatch", status=400)
        asked = self._checked(values)
        if self.refuses is not None:
            refuses, self.refuses = self.refuses, None
            return _back(asked, refuses)
        if self.signed_in:
            return self._allowed(self.signed_in, asked, frozenset(asked.scopes) - self.unticked)
        ticket = secrets.token_hex(8)
        self._asked[ticket] = asked
        return self._ask(ticket, asked)

    def _checked(self, values: Mapping[str, str]) -> Asked:
        if values.get("response_type") != "code":
            raise Wrong("response_type is not code")
        if not values.get("state"):
            raise Wrong("no state")
        if values.get("code_challenge_method") != "S256" or len(values.get("code_challenge", "")) != 43:
            raise Wrong("no code_challenge by S256")
        scopes = tuple(values.get("scope", "").split())
        if not scopes or (self._scopes and set(scopes) - self._scopes):
            raise Wrong(f"invalid scope: {' '.join(sorted(set(scopes) - self._scopes))}")
        return Asked(values["redirect_uri"], values["state"], values["code_challenge"], scopes, values)

    def _ask(self, ticket: str, asked: Asked) -> Answer:
        hint = asked.parameters.get("login_hint", "")
        accounts = "".join(
            _choice("radio", "account", each, each == (hint or self.accounts[0])) for each in self.accounts
        )
        scopes = "".join(_choice("checkbox", "scope", each, each not in self.unticked) for each in asked.scopes)
        return _page(
            "Choose an account",
            f'<form method="post" action="/consent"><input type="hidden" name="ticket" value="{ticket}">{accounts}'
            f"{scopes if self.can_untick else ''}"
            '<button name="answer" value="allow">Allow</button><button name="answer" value="deny">Deny</button></form>',
        )

    def _consent(self, request: Request) -> Answer:
        form = request.form
        asked = self._asked.pop(form["ticket"][0])
        if form["answer"] == ["deny"]:
            return _back(asked, {"error": "access_denied"})
        ticked = form.get("scope", []) if self.can_untick else set(asked.scopes) - self.unticked
        return self._allowed(form["account"][0], asked, frozenset(ticked))

    def _allowed(self, account: str, asked: Asked, allowed: frozenset[str]) -> Answer:
        scopes = self.granted(account, asked, allowed)
        code = self._note("code-")
        self._codes[code] = Code(
            asked,
            Grant(account, scopes),
            self.gives_refresh(account, asked, scopes),
            self.clock.now() + self.code_seconds,
        )
        return _back(asked, {"code": code, "scope": " ".join(sorted(scopes))})

    # The token endpoint (sections 4.1.3 and 6).

    def _issue(self, request: Request) -> Answer:
        if request.headers.get("content-type", "").partition(";")[0] != FORM or request.query:
            raise Wrong("a token is asked for with a form, and nothing in the address")
        values = once(request.form, known=self._token)
        if not self._is_our_client(request, values):
            return json_answer({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
        match values.get("grant_type"):
            case "authorization_code":
                return self._from_code(values)
            case "refresh_token":
                return self._from_refresh(values)
        return json_answer({"error": "unsupported_grant_type"}, 400)

    def _is_our_client(self, request: Request, values: Mapping[str, str]) -> bool:
        kind, _, basic = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic":
            return (values.get("client_id"), values.get("client_secret")) == (self.client_id, self.client_secret)
        if "client_secret" in values:
            raise Wrong("client authentication in two ways (RFC 6749 section 2.3)")
        name, _, secret = base64.b64decode(basic).decode().partition(":")
        return (unquote(name), unquote(secret)) == (self.client_id, self.client_secret)

    def _from_code(self, values: Mapping[str, str]) -> Answer:
        code = self._codes.get(values.get("code", ""))
        if code is None:
            return _invalid_grant("Malformed auth code.")
        if code.is_used:
            code.grant.is_revoked = True  # somebody else may have it (section 4.1.2)
            return _invalid_grant("Code was already redeemed.")
        verifier = values.get("code_verifier", "")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if not 43 <= len(verifier) <= 128 or digest != code.asked.challenge:
            return _invalid_grant("Invalid code verifier.")
        if values.get("redirect_uri") != code.asked.redirect:
            return json_answer({"error": "redirect_uri_mismatch", "error_description": "Bad Request"}, 400)
        code.is_used = True
        if code.expires <= self.clock.now():
            return _invalid_grant("Code has expired.")
        refresh = {"refresh_token": self._new_refresh(code.grant)} if code.gives_refresh else {}
        return self._tokens(code.grant, code.asked, refresh)

    def _from_refresh(self, values: Mapping[str, str]) -> Answer:
        token = values.get("refresh_token", "")
        grant = self._refresh.get(token)
        if grant is None or grant.is_revoked:
            return _invalid_grant("Token has been expired or revoked.")
        refresh = {}
        if self.rotates:
            refresh = {"refresh_token": self._new_refresh(grant)}
            if self.spends:
                del self._refresh[token]
        return self._tokens(grant, None, refresh)

    def _tokens(self, grant: Grant, asked: Asked | None, refresh: Mapping[str, str]) -> Answer:
        answer = {
            "access_token": self._new_access(grant),
            "expires_in": self.access_seconds,
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }
        return json_answer(answer | dict(refresh) | self.token_extras(grant, asked))

    def _new_access(self, grant: Grant) -> str:
        token = self._note("access-")
        self._access[token] = (grant, self.clock.now() + self.access_seconds)
        return token

    def _new_refresh(self, grant: Grant) -> str:
        token = self._note("refresh-")
        self._refresh[token] = grant
        return token

    def _note(self, kind: str) -> str:
        token = kind + secrets.token_urlsafe(24)
        self.issued.append(token)
        return token

    def _grants(self) -> list[Grant]:
        codes = [code.grant for code in self._codes.values()]
        return [*codes, *self._refresh.values(), *(grant for grant, _ in self._access.values())]


def _back(asked: Asked, values: Mapping[str, str]) -> Answer:
    joint = "&" if "?" in asked.redirect else "?"
    return Answer(302, headers={"Location": f"{asked.redirect}{joint}{urlencode({**values, 'state': asked.state})}"})


def _invalid_grant(description: str) -> Answer:
    return json_answer({"error": "invalid_grant", "error_description": description}, 400)


def _choice(kind: str, name: str, value: str, is_chosen: bool) -> str:
    value = html.escape(value)
    return f'<label><input type="{kind}" name="{name}" value="{value}"{" checked" * is_chosen}> {value}</label><br>'


def _page(heading: str, body: str = "", status: int = 200) -> Answer:
    # Without an icon of its own a browser would ask for one.
    head = f'<title>{heading}</title><link rel="icon" href="data:,">'
    text = f"<!doctype html><html lang=en>{head}<h1>{heading}</h1>{body}</html>"
    return Answer(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})
