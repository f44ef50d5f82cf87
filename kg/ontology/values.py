"""Closed lists of values: what a choice property may hold."""

from enum import StrEnum

ROLES = ("economic_buyer", "champion", "technical_evaluator", "user", "procurement", "influencer", "blocker")
SENIORITIES = ("c_level", "vp", "director", "manager", "staff")
DEAL_KINDS = ("new", "renewal", "expansion")
STATES = ("open", "won", "lost")
ACTIVITY_KINDS = ("mail", "call", "meeting", "task", "web_visit", "form", "mail_open", "mail_click", "event")
DIRECTIONS = ("inbound", "outbound", "none")
SEVERITIES = ("low", "normal", "high", "severe")
IDENTITY_EVENTS = ("CREATED", "MERGED", "SPLIT", "MOVED", "RETIRED")
HEALTH = ("silent", "missing", "drifted", "shifted", "miscalibrated")
"""What may be wrong with a score: a source went silent, a column emptied, a feature or the score itself moved, what was
said did not come."""


class Verdict(StrEnum):
    """What can be said of two records."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class ReviewKind(StrEnum):
    """Kinds of pairs that are put up for review."""

    ACCOUNT = "account"
    CONTACT = "contact"
    DEAL = "deal"
