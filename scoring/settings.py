"""Settings of the scoring room, from the environment (`DEALGRAPH_SCORING_*`)."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ScoringSettings(BaseSettings):
    """How training looks for a model; a change of these trains anew (threads and resamples do not)."""

    model_config = SettingsConfigDict(env_prefix="DEALGRAPH_SCORING_", frozen=True)

    scores: str = Field(
        "", description="Scores of ours that a refresh learns and gives, with commas between; without any, all."
    )
    threads: int = Field(2, ge=1, le=64, description="Threads that boosting may use.")
    boosting: bool = Field(True, description="Whether boosting is tried as the scorecard's challenger.")
    pairs: int = Field(5, ge=0, le=5, description="Pair terms that boosting may add.")
    folds: int = Field(5, ge=2, le=20, description="Account folds of the inner cross-validation.")
    resamples: int = Field(400, ge=50, le=10000, description="Account bootstrap resamples behind every interval.")
    moments: int = Field(
        60_000, ge=1000, description="Most moments that a score learns from; whole accounts are drawn."
    )
    backfill_months: int = Field(
        12, ge=0, le=120, description="Months back for which scores are computed that nobody had asked for; 0: none."
    )
    selection_rows: int = Field(20_000, ge=500, description="Most rows that the search for regularisation looks at.")
    health: bool = Field(True, description="Whether a refresh looks at a model before it answers.")
    health_rows: int = Field(2_000, ge=100, description="Most open entities that are looked at for drift.")
    health_alpha: float = Field(
        0.01,
        gt=0,
        lt=0.5,
        description="Chance that a score without any fault is told to have one, each time it is looked at.",
    )
    health_psi: float = Field(
        0.25,
        gt=0,
        description="Stability index of what a model says from which on another one answers.",
    )
    health_missing: float = Field(
        0.5, gt=0, le=1, description="Rise of the share missing from which on a feature is left out."
    )
    health_silent_days: float = Field(
        7.0, ge=1, description="Days that nothing may be heard of a kind of event, however regular it was."
    )
    health_gap: float = Field(
        0.1,
        gt=0,
        lt=1,
        description="Proven difference of what was said and what came from which on another model answers.",
    )


@cache
def settings() -> ScoringSettings:
    """The settings of this process; `settings.cache_clear()` reads the environment again."""
    return ScoringSettings()
