"""Metrics of probabilities, with intervals."""
