"""What these tests are about is the line, not how well a model is chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import quick_training


@pytest.fixture(scope="module", autouse=True)
def training() -> Iterator[None]:
    """Train quickly; a module that is about the models themselves overrides this."""
    with quick_training():
        yield
