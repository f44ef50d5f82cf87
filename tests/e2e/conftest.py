"""Training that takes seconds: what these tests are about is the line, not how well a model is chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scoring.settings import settings


@pytest.fixture(scope="module", autouse=True)
def training() -> Iterator[None]:
    """Leave boosting out and resample little; a module that is about the models themselves overrides this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEALGRAPH_SCORING_BOOSTING", "false")
        patch.setenv("DEALGRAPH_SCORING_RESAMPLES", "50")
        settings.cache_clear()
        yield
    settings.cache_clear()
