"""Ids, membership, events, the store, and the incremental update."""
