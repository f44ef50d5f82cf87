"""Settings of the record side, from the environment (`DEALGRAPH_*`)."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ResolutionSettings(BaseSettings):
    """How much of the machine staging and resolving may take, and how much a resolution may change unseen."""

    model_config = SettingsConfigDict(env_prefix="DEALGRAPH_", frozen=True, extra="ignore")

    staging_memory: str = Field(
        "1GB", description="Most memory that DuckDB may take while staging; beyond it works on disk."
    )
    staging_threads: int = Field(2, ge=1, description="Threads that DuckDB may use while staging.")
    resolution_memory: str = Field(
        "1GB", description="Most memory that DuckDB may take while resolving; beyond it works on disk."
    )
    resolution_threads: int = Field(2, ge=1, description="Threads that DuckDB may use while resolving.")
    resolution_approval_share: float = Field(
        0.05, ge=0, le=1, description="Share of a kind's known entities that may merge or split without approval."
    )
    resolution_approval_floor: int = Field(
        20, ge=1, description="So many merged or split entities of a kind need approval at the least."
    )
    resolution_retrain_growth: float = Field(
        0.25, ge=0, description="Growth of a kind's records, as a share, from which on its model is learned anew."
    )
    staging_approval_share: float = Field(
        0.2, ge=0, le=1, description="Share of a source's records of a kind that may end without approval."
    )
    staging_approval_floor: int = Field(
        20, ge=1, description="So many records of a kind that would end need approval at the least."
    )
    staging_chunk: int = Field(100_000, ge=1_000, description="Rows that a data contract checks at a time.")


@lru_cache(maxsize=1)
def settings() -> ResolutionSettings:
    """The settings, read once; `settings.cache_clear()` reads them again."""
    return ResolutionSettings()
