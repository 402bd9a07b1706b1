"""A real OpenID provider, oidc-provider-mock, on loopback. Tests can rotate its keys and bend its answers.

It also does what oidc-provider-mock doesn't: it checks code verifiers (RFC 7636) and the client secret.
"""

import base64
import hashlib
import json
import logging
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import pytest
from joserfc import jwt
from joserfc._rfc7518.rsa_key import RSABinding
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr
from werkzeug.serving import make_server

from oncall_ui.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it uses authlib.jose, which is deprecated
    import oidc_provider_mock
    from authlib import jose
    from oidc_provider_mock._storage import storage

NAME = "Acme SSO"
CLIENT_ID, CLIENT_SECRET = "on-call", "a secret of this client"
Answer = dict[str, str]
logging.getLogger("werkzeug").setLevel(logging.WARNING)
logging.getLogger("oidc_provider_mock").setLevel(logging.ERROR)


_generate = jose.RSAKey.generate_key


@cache
def _first_key(**options: Any) -> Any:
    """What every provider starts with: making one takes a fifth of a second."""
    return _generate(**options)


_import = RSABinding.import_private_key
_IMPORTED: dict[str, Any] = {}


def _import_once(numbers: Any) -> Any:
    """A provider reads its own key again for each token it signs, and OpenSSL proves each time that it is sound."""
    if numbers["d"] not in _IMPORTED:
        _IMPORTED[numbers["d"]] = _import(numbers)
    return _IMPORTED[numbers["d"]]


RSABinding.import_private_key = _import_once  # type: ignore[assignment, method-assign]  # apps read no private key


class OpenIdServer:
    """Listens inside `with`. `issuer` is the provider's; people log in with `answer_for`, or on its page."""

    def __init__(self) -> None:
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http on loopback
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with patch.object(jose.RSAKey, "generate_key", _first_key):
                self._flask = oidc_provider_mock.app()
        self._flask.before_request(self._before)
        self._flask.after_request(self._after)
        self._server = make_server("localhost", 0, self._flask, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._challenges: dict[str, str] = {}
        self._new_key = False
        self.asked: list[str] = []
        """The path of each request."""
        self.failing: dict[str, tuple[int, str]] = {}
        """Status and body to answer with, by path."""
        self.redirecting: dict[str, str] = {}
        """Where to redirect to, by path."""
        self.checks_verifiers = True
        self.headers: dict[str, str] = {}
        """Added to every answer."""
        self.document: dict[str, Any] = {}
        """Changes of the discovery document; None removes."""
        self.forge: Callable[[dict[str, Any], RSAKey], str] | None = None
        """Makes the ID token instead, from its claims and the provider's own key."""
        self.userinfo: dict[str, Any] = {}
        """Changes of what the userinfo endpoint says; None removes."""

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def add_user(self, subject: str, **claims: Any) -> None:
        """Somebody with an account at the provider, or new claims of theirs."""
        answer = self._flask.test_client().put(f"/users/{subject}", json=claims)
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    def rotate_key(self) -> None:
        """From the next request on there is another key, and only that one."""
        self._new_key = True

    def answer_for(self, url: str, subject: str) -> Answer:
        """What the browser brings back after `subject` logged in on the provider's page at `url`."""
        response = httpx.post(url, data={"sub": subject}, trust_env=False)
        assert response.status_code == httpx.codes.FOUND, response.text
        return answer_in(response.headers["location"])

    def _before(self) -> flask.Response | None:
        path = flask.request.path
        self.asked.append(path)
        if self._new_key:
            self._new_key = False
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                storage.jwk = type(storage.jwk).generate_key(is_private=True)
        if path in self.failing:
            status, body = self.failing[path]
            return flask.Response(body, status, content_type="application/json")
        if path in self.redirecting:
            return flask.Response("", 307, {"Location": self.redirecting[path]})
        if path == "/oauth2/token" and (error := self._token_error()):
            return flask.Response(json.dumps({"error": error}), 400, content_type="application/json")
        return None

    def _token_error(self) -> str:
        form, header = flask.request.form, flask.request.authorization
        secret = header.password if header is not None else form.get("client_secret")
        if secret != CLIENT_SECRET:
            return "invalid_client"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = not self.checks_verifiers or self._challenges.get(form.get("code", ""), challenge) == challenge
        return "" if is_right else "invalid_grant"

    def _after(self, response: flask.Response) -> flask.Response:
        path = flask.request.path
        if path == "/oauth2/authorize" and (location := response.headers.get("location")):
            challenge = flask.request.args["code_challenge"]
            self._challenges[answer_in(location).get("code", "")] = challenge
        if response.status_code == httpx.codes.OK and path not in self.failing:
            self._bend(path, response)
        response.headers.update(self.headers)
        return response

    def _bend(self, path: str, response: flask.Response) -> None:
        if path == "/.well-known/openid-configuration" and self.document:
            _change(response, self.document)
        elif path == "/userinfo" and self.userinfo:
            _change(response, self.userinfo)
        elif path == "/oauth2/token" and self.forge is not None:
            own = RSAKey.import_key(storage.jwk.as_dict(is_private=True))
            claims = jwt.decode(response.get_json()["id_token"], own).claims
            _change(response, {"id_token": self.forge(claims, own)})


@pytest.fixture
def openid() -> Iterator[OpenIdServer]:
    """Bob and Carla have accounts there; u-1 says that Bob's address is theirs, but nobody confirmed that."""
    with OpenIdServer() as server:
        server.add_user("b-1", email="bob@example.org", email_verified=True, name="Bob", groups=["oncall"])
        server.add_user("c-1", email="Carla@Example.org", email_verified=True, name="Carla Reyes")
        server.add_user("u-1", email="bob@example.org", email_verified=False)
        yield server


def with_single_sign_on(settings: Settings, server: OpenIdServer, **changes: Any) -> Settings:
    """The settings of an installation that is registered at the server."""
    registered = {
        "oidc_discovery_url": server.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SecretStr(CLIENT_SECRET),
        "oidc_name": NAME,
    }
    return settings.model_copy(update=registered | changes)


def answer_in(location: str) -> Answer:
    """The query of a redirect back to the app."""
    return {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}


def signed(claims: dict[str, Any], key: RSAKey | OctKey, alg: str = "RS256", **header: Any) -> str:
    """An ID token with any claims, key and algorithm."""
    return jwt.encode({"alg": alg, **header}, claims, key, algorithms=[alg])


def unsigned(claims: dict[str, Any]) -> str:
    """An ID token with the algorithm `none`."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def _change(response: flask.Response, changes: dict[str, Any]) -> None:
    body = {**response.get_json(), **changes}
    response.set_data(json.dumps({key: value for key, value in body.items() if value is not None}))
