"""Scores that are additive in log-odds, so that their explanation is the model."""
