"""One source becomes typed records, rejects and counts; and reading them as of a moment."""
