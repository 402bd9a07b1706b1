"""What the operator decides, read once from the environment or `.env`. Names and defaults: docs/settings.md."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

BESIDE_RUN = Path(__file__).parents[1]


class Settings(BaseSettings):
    """Immutable. A value that can't work is refused here, before anything starts."""

    model_config = SettingsConfigDict(env_prefix="ONCALL_", env_file=BESIDE_RUN / ".env", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    base_url: str = ""
    data_dir: Path = Path("data")
    database_url: str = ""
    secret_keys: SecretStr = SecretStr("")
    trusted_proxies: str = ""
    allowed_private_hosts: str = ""
    import_interval: int = Field(default=15, ge=1, description="minutes")
    max_feed_mb: int = Field(default=64, ge=1)

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("ONCALL_BASE_URL begins with http:// or https://, for example https://oncall.example.org")
        return value.rstrip("/")

    @property
    def public_url(self) -> str:
        """Where people open the app, without a slash at the end."""
        return self.base_url or f"http://localhost:{self.port}"

    @property
    def uses_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def database(self) -> str:
        """SQLAlchemy address; SQLite in the data folder unless the operator names another."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'oncall.db').absolute()}"
