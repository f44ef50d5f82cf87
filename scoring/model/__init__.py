"""Additive models and the tables that serve them."""
