"""A matcher of its own for a file that nobody has seen before: what its columns are, and what to compare them by."""

from resolution.fit.compose import Plan, plan
from resolution.fit.profile import Column, profile

__all__ = ["Column", "Plan", "plan", "profile"]
