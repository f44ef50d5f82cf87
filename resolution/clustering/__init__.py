"""Pairs become entities, joined or split: average linkage of one component, a part of the records, a whole table."""
