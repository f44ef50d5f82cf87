"""Forecasts: their parts, their ledger, and what they say of the future."""
