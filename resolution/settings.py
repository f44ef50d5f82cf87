"""Settings of the record side, from the environment (`DEALGRAPH_*`)."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ResolutionSettings(BaseSettings):
    """How much of the machine staging may take."""

    model_config = SettingsConfigDict(env_prefix="DEALGRAPH_", frozen=True, extra="ignore")

    staging_memory: str = Field(
        "1GB", description="Most memory that DuckDB may take while staging; beyond it works on disk."
    )
    staging_threads: int = Field(2, ge=1, description="Threads that DuckDB may use while staging.")
    staging_chunk: int = Field(100_000, ge=1_000, description="Rows that a data contract checks at a time.")


@lru_cache(maxsize=1)
def settings() -> ResolutionSettings:
    """The settings, read once; `settings.cache_clear()` reads them again."""
    return ResolutionSettings()
