"""Blocking, scoring and decision for one table of records; Splink is imported here and in matchers."""
