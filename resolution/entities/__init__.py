"""Resolved records become rows of the graph."""
