"""Metrics of a resolution, causes of its errors, what judgements measure."""
