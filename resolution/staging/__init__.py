"""One source becomes typed records, rejects and counts; what is absent or short is told, or held for approval."""
