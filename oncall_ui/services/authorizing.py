"""Authorization requests: a member is sent to a vendor, and comes back with an answer that counts once.

They stand in the database, bound to the login session of the browser that began, so that nobody can finish another's.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlmodel import col, delete

from oncall_ui.models import AuthorizationRequest, now
from oncall_ui.security import oauth
from oncall_ui.services.installation import Installation
from oncall_ui.settings import Authority
from providers.base import Product, SignIn

log = structlog.get_logger()

LASTS = timedelta(minutes=20)
"""So long a member may take at the vendor's pages."""


class SignInFailed(Exception):
    """Nothing was connected, and what was before is no worse off. Words for the member; `link` may be passed on."""

    def __init__(
        self, sentence: str, *, product: str = "", renews: int | None = None, link: str = "", words: str = ""
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.product = product
        self.renews = renews
        """The connection that was to be renewed."""
        self.link = link
        self.words = words


@dataclass(frozen=True, slots=True)
class Asked:
    """What a member was sent to a vendor for. `hint` is the account to sign in with, where one is expected."""

    product: Product
    renews: int | None = None
    is_narrow: bool = False
    """Free and busy times only."""
    is_second: bool = False
    """Asked again, since the first answer gave no lasting access."""
    hint: str = ""
    verifier: str = field(default="", repr=False)

    @property
    def sign_in(self) -> SignIn:
        assert self.product.sign_in is not None  # only such products are asked for
        return self.product.sign_in

    @property
    def scopes(self) -> tuple[str, ...]:
        return self.sign_in.narrow_scopes if self.is_narrow else self.sign_in.scopes

    def failed(self, sentence: str, *, link: str = "", words: str = "") -> SignInFailed:
        return SignInFailed(sentence, product=self.product.key, renews=self.renews, link=link, words=words)

    def refused(self, authority: Authority, answer: Mapping[str, str]) -> SignInFailed | None:
        """What the vendor's own codes mean; None: the usual words do."""
        known = self.sign_in.refused(answer, authority.authorize_url, authority.client_id)
        return self.failed(known.sentence, link=known.link, words=known.link_words) if known else None


def ask(app: Installation, session_id: str, asked: Asked) -> str:
    """The address to send the browser to; what was asked is remembered for when it comes back."""
    authority = app.authority(asked.product)
    assert authority is not None  # as every product one signs in to
    state, verifier = oauth.new_secret(), oauth.new_secret()
    kept = {"verifier": verifier, "is_narrow": asked.is_narrow, "is_second": asked.is_second}
    with app.db.write() as session:
        session.exec(delete(AuthorizationRequest).where(col(AuthorizationRequest.expires_at) < now()))
        session.add(
            AuthorizationRequest(
                state_hash=_hash(state),
                session_id=session_id,
                product=asked.product.key,
                connection_id=asked.renews,
                sealed=app.vault.seal(json.dumps(kept)),
                expires_at=now() + LASTS,
            )
        )
    parameters = dict(asked.sign_in.renewing if asked.is_second else asked.sign_in.parameters)
    if asked.hint:
        parameters["login_hint"] = asked.hint
    return oauth.authorization_url(
        authority, scopes=asked.scopes, state=state, verifier=verifier, parameters=parameters
    )


def take(app: Installation, session_id: str, authority: str, state: str) -> Asked:
    """What was asked in this browser with this state, taken out so that it counts once. Raises SignInFailed."""
    with app.db.write() as session:
        row = session.get(AuthorizationRequest, _hash(state), with_for_update=True)
        if row is None or row.session_id != session_id:
            raise SignInFailed("This sign-in wasn’t started in this browser, or was used before. Start it again.")
        session.delete(row)
        session.flush()
        session.expunge(row)
    product = app.product(row.product)
    if product is None or product.sign_in is None or product.sign_in.authority != authority:
        raise SignInFailed("This answer came from another place than the one you went to. Start again.")
    if row.expires_at < now():
        raise SignInFailed("This sign-in took too long. Start it again.", product=row.product, renews=row.connection_id)
    kept = json.loads(app.vault.open(row.sealed))
    return Asked(
        product=product,
        renews=row.connection_id,
        is_narrow=bool(kept["is_narrow"]),
        is_second=bool(kept["is_second"]),
        verifier=str(kept["verifier"]),
    )


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
