"""Settings of the doors: the only place in `api/` that reads the environment (`DEALGRAPH_*`)."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kg.errors import ConfigurationError

PREFIX = "DEALGRAPH_"


class ApiSettings(BaseSettings):
    """Where the API listens, how tokens are signed and what one request may ask for."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(Path(".dealgraph"), description="State folder: database, staging files, models, secrets.")
    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the API listens on.")
    token_file: Path | None = Field(
        None, description="File of the secret that signs tokens, readable by its owner alone."
    )
    token_days: int = Field(30, ge=1, le=3650, description="How long a token holds, in days.")
    secure_cookie: bool = Field(False, description="Send the explorer's cookie over HTTPS only.")
    page_size: int = Field(25, ge=1, le=100, description="Rows of a page when a query does not say.")
    page_limit: int = Field(100, ge=1, le=100, description="Most rows that one list may ask for.")
    depth_limit: int = Field(14, ge=3, description="Deepest nesting of a query.")
    alias_limit: int = Field(20, ge=0, description="Most aliases in a query.")
    lexer_limit: int = Field(2000, ge=50, description="Most lexical tokens in a query.")
    cost_limit: int = Field(25_000, ge=100, description="Most values that one query may be estimated to return.")
    undo_runs: int = Field(3, ge=0, description="Newest runs that `dealgraph undo` can take back; 0 keeps none.")
    request_seconds: float = Field(30.0, gt=0, description="Longest time one request may take.")
    request_bytes: int = Field(65_536, ge=1024, description="Largest body of one request.")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that is to work on the same state folder."""
        return {**os.environ, f"{PREFIX}HOME": str(self.home.absolute())}

    @property
    def secret_file(self) -> Path:
        """File of the signing secret (absolute)."""
        return (self.token_file or self.home / "token.secret").absolute()

    @property
    def process_file(self) -> Path:
        """File that names the API process which `quickstart` started (absolute)."""
        return self.home.absolute() / "api.process.json"

    @property
    def log_file(self) -> Path:
        """Log of the API process which `quickstart` started (absolute)."""
        return self.home.absolute() / "api.log"

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the API."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 (compared, not bound)
        return f"http://{host}:{self.port}"


@lru_cache(maxsize=1)
def api_settings() -> ApiSettings:
    """The settings of this process, read once from the environment.

    Raises:
        ConfigurationError: a variable has a value that cannot be used; the message names both.
    """
    try:
        return ApiSettings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigurationError(f"{name} is {first['input']!r}: {first['msg']}.") from error


def reset_settings() -> None:
    """Forget what was read, so that the next call reads the environment again (for tests)."""
    api_settings.cache_clear()
