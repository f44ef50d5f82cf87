"""Words that systems use for our fields, from `vocabulary.toml`: what `suggest` knows before it looks at values."""

import tomllib
from pathlib import Path
from typing import Any

_ALL: dict[str, Any] = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))


def _lists(table: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in table.items()}


FIELD_WORDS: dict[str, dict[str, tuple[str, ...]]] = {kind: _lists(fields) for kind, fields in _ALL["field"].items()}
"""Kind → field → names of columns, most telling first."""
ID_WORDS = _lists(_ALL["id"])
FILE_WORDS = _lists(_ALL["file"])
CHOICE_WORDS: dict[str, dict[str, str]] = _ALL["choice"]
"""Field → a word in a value → what it means."""
MODIFIED_WORDS, CREATED_WORDS, WON_WORDS, LOST_WORDS, OPEN_WORDS, FORMATS, STAGE_WORDS = (
    tuple(_ALL["word"][name]) for name in ("modified", "created", "won", "lost", "open", "format", "stage")
)
