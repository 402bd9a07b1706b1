"""The operator's settings, read once from the environment or `.env`. `.env.example` lists each with its reason."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """This installation's client registration with a provider (RFC 6749 section 2), and the provider's endpoints."""

    client_id: str
    client_secret: SecretStr
    authorize_url: str
    token_url: str
    api_url: str
    redirect_url: str
    """To be registered exactly as it is here; built from ONCALL_BASE_URL, never from a request."""
    revoke_url: str = ""
    userinfo_url: str = ""

    @property
    def is_set_up(self) -> bool:
        return bool(self.client_id and self.client_secret.get_secret_value())

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The URLs that this server requests itself, unlike the member's browser."""
        urls = (self.token_url, self.api_url, self.revoke_url, self.userinfo_url)
        return tuple(url for url in urls if url)


WELL_KNOWN = "/.well-known/openid-configuration"
"""Of an OpenID provider's discovery document, below its issuer (OpenID Connect Discovery, section 4)."""


@dataclass(frozen=True, slots=True)
class OidcClient:
    """This installation's client registration with an OpenID provider, and who may log in through it."""

    issuer: str
    """As the discovery URL has it, without a trailing slash."""
    client_id: str
    client_secret: SecretStr
    name: str
    """As members call the provider."""
    redirect_url: str
    """To be registered exactly as it is here; built from ONCALL_BASE_URL, never from a request."""
    allowed_domains: frozenset[str] = frozenset()
    """Of email addresses, in lower case; empty: all."""
    allowed_groups: frozenset[str] = frozenset()
    """Empty: all."""
    groups_claim: str = "groups"

    @property
    def is_set_up(self) -> bool:
        return bool(self.issuer and self.client_id and self.client_secret.get_secret_value())

    @property
    def discovery_url(self) -> str:
        return f"{self.issuer}{WELL_KNOWN}"


class Settings(BaseSettings):
    """Immutable. An invalid value raises ValidationError here, before anything starts."""

    model_config = SettingsConfigDict(
        env_prefix="ONCALL_", env_file=PROJECT_FOLDER / ".env", extra="ignore", frozen=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    base_url: str = ""
    data_dir: Path = Path("data")
    database_url: str = ""
    role: Literal["all", "web", "worker"] = "all"
    secret_keys: SecretStr = SecretStr("")
    trusted_proxies: str = ""
    allowed_hosts: str = ""
    allowed_private_hosts: str = ""
    allowed_ports: str = "80,443,8443"
    max_connections: int = Field(default=500, ge=1, description="of one member")
    max_checks: int = Field(default=4, ge=1, description="of one member at once")
    max_page_loads: int = Field(default=8, ge=1, description="of one member at once, or of one address before login")
    import_interval: int = Field(default=15, ge=1, description="minutes")
    plan_seconds: float = Field(default=10, gt=0, le=3600)
    max_feed_mb: int = Field(default=64, ge=1)
    backup_dir: Path | None = None
    backups: int = Field(default=7, ge=1, description="of the last nights, that are kept")
    session_idle_days: int = Field(default=14, ge=1)
    session_days: int = Field(default=90, ge=1, le=400, description="browsers keep no cookie for longer")
    log_level: Literal["debug", "info", "warning"] = "info"
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr = SecretStr("")

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = ""

    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    google_authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - a URL
    google_revoke_url: str = "https://oauth2.googleapis.com/revoke"
    google_api_url: str = "https://www.googleapis.com/calendar/v3"
    google_userinfo_url: str = "https://openidconnect.googleapis.com/v1/userinfo"
    microsoft_client_id: str = ""
    microsoft_client_secret: SecretStr = SecretStr("")
    microsoft_tenant: str = "common"
    microsoft_authorize_url: str = ""
    microsoft_token_url: str = ""
    microsoft_graph_url: str = "https://graph.microsoft.com/v1.0"

    oidc_discovery_url: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = Field(default="single sign-on", min_length=1, max_length=40)
    oidc_allowed_domains: str = ""
    oidc_allowed_groups: str = ""
    oidc_groups_claim: str = Field(default="groups", min_length=1)

    @field_validator("base_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError(
                "ONCALL_BASE_URL must start with http:// or https://, for example https://oncall.example.org"
            )
        return value.rstrip("/")

    @field_validator("oidc_discovery_url")
    @classmethod
    def _is_issuer(cls, value: str) -> str:
        """The issuer alone, whether or not the document's path follows."""
        url = value.strip()
        if url and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", url):
            raise ValueError(
                "ONCALL_OIDC_DISCOVERY_URL must be a URL without a query, for example "
                f"https://sso.example.org{WELL_KNOWN}"
            )
        return url.removesuffix(WELL_KNOWN).rstrip("/")

    @field_validator("oidc_name")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("ONCALL_OIDC_NAME must be a name on one line, for example Acme SSO")
        return value.strip()

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        name, _, host = parseaddr(value)[1].rpartition("@")
        if value and not (name and host and value.isprintable()):
            raise ValueError("ONCALL_MAIL_FROM must be an email address, for example On-Call <oncall@example.org>")
        return value

    @property
    def public_url(self) -> str:
        """The address people open in their browser, without a trailing slash."""
        return self.base_url or f"http://localhost:{self.port}"

    @property
    def uses_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def database(self) -> str:
        """SQLAlchemy URL; SQLite in the data folder unless the operator sets another."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'oncall.db').absolute()}"

    @property
    def runs_jobs(self) -> bool:
        """Whether this process imports, plans and sends what is due, rather than leaving it to others."""
        return self.role != "web"

    @property
    def is_on_postgresql(self) -> bool:
        """Whether several processes can share the database."""
        return self.database.startswith("postgresql")

    def redirect_url(self, provider: str) -> str:
        """Where a provider sends the browser back to."""
        return f"{self.public_url}/oauth/{provider}/callback"

    @property
    def oidc(self) -> OidcClient:
        """Single sign-on. `is_set_up` says whether members can use it."""
        return OidcClient(
            issuer=self.oidc_discovery_url,
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret,
            name=self.oidc_name,
            redirect_url=f"{self.public_url}/login/oidc/callback",
            allowed_domains=frozenset(each.lower().removeprefix("@") for each in _listed(self.oidc_allowed_domains)),
            allowed_groups=frozenset(_listed(self.oidc_allowed_groups)),
            groups_claim=self.oidc_groups_claim,
        )

    @property
    def oauth_clients(self) -> dict[str, OAuthClient]:
        """By the provider's name in the redirect URL."""
        login = f"https://login.microsoftonline.com/{self.microsoft_tenant}/oauth2/v2.0"
        return {
            "google": OAuthClient(
                client_id=self.google_client_id,
                client_secret=self.google_client_secret,
                authorize_url=self.google_authorize_url,
                token_url=self.google_token_url,
                api_url=self.google_api_url.rstrip("/"),
                redirect_url=self.redirect_url("google"),
                revoke_url=self.google_revoke_url,
                userinfo_url=self.google_userinfo_url,
            ),
            "microsoft": OAuthClient(
                client_id=self.microsoft_client_id,
                client_secret=self.microsoft_client_secret,
                authorize_url=self.microsoft_authorize_url or f"{login}/authorize",
                token_url=self.microsoft_token_url or f"{login}/token",
                api_url=self.microsoft_graph_url.rstrip("/"),
                redirect_url=self.redirect_url("microsoft"),
            ),
        }


def _listed(text: str) -> Iterator[str]:
    """The entries of a comma list."""
    return (entry for part in text.split(",") if (entry := part.strip()))
