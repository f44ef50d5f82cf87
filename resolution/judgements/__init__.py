"""People's part in identity: verdicts, their file, the review queue, guards."""
