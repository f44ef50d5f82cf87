"""sources.toml of the demo: how its systems' files become records. Times of knowledge are those of the systems."""

from pathlib import Path
from typing import Final

SOURCES_TOML: Final = (Path(__file__).parent / "sources.toml").read_text(encoding="utf-8")
