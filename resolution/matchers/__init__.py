"""The matchers, in the order in which they run: persons are compared with their resolved accounts."""

from resolution.matchers.account import ACCOUNT
from resolution.matchers.contact import CONTACT
from resolution.matchers.deal import DEAL
from resolution.matchers.outcome import OUTCOME
from resolution.matchers.terms import Matcher

MATCHERS: tuple[Matcher, ...] = (ACCOUNT, CONTACT, DEAL, OUTCOME)

__all__ = ["ACCOUNT", "CONTACT", "DEAL", "MATCHERS", "OUTCOME", "Matcher"]
