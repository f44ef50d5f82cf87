"""Kinds of records about what happened."""

from kg.ontology.values import ACTIVITY_KINDS, DIRECTIONS, SEVERITIES
from resolution.records import Field, Form, Kind, choice, integer, moment, number, ref, text

EVENTS = (
    Kind(
        "campaign",
        "A marketing campaign.",
        (
            text("name", "Name."),
            text("campaign_kind", "Kind."),
            moment("started_at", "Start."),
        ),
        known_by=("started_at",),
        aliases=(("kind", "campaign_kind"),),
    ),
    Kind(
        "activity",
        "Something that happened between us and them.",
        (
            choice("activity_kind", "Kind.", ACTIVITY_KINDS, required=True),
            text("event", "What happened in words of your own: demo requested, trial started."),
            choice("direction", "Who began it.", DIRECTIONS),
            text("outcome", "What came of it."),
            moment("at", "When.", required=True),
            number("minutes", "Length.", 0),
            text("subject", "Subject."),
            ref("rep", "Rep who did it.", "rep"),
            text("rep_email", "Their e-mail."),
            ref("deal", "Deal it was about.", "deal"),
            ref("lead", "Lead it was about.", "lead"),
            ref("account", "Account it was about.", "account"),
        ),
        known_by=("at",),
        aliases=(("kind", "activity_kind"),),
        implied=(("event", "activity_kind", "event"),),
    ),
    Kind(
        "participant",
        "A person took part in an activity.",
        (
            ref("activity", "Activity.", "activity", required=True),
            ref("contact", "Who, where the system knows.", "contact"),
            text("email", "Their e-mail."),
        ),
        keyless=True,
    ),
    Kind(
        "ticket",
        "A support ticket.",
        (
            ref("account", "Whose.", "account"),
            choice("severity", "Severity.", SEVERITIES),
            text("subject", "Subject."),
            moment("opened_at", "Opened.", required=True),
            moment("closed_at", "Closed."),
        ),
        known_by=("opened_at",),
        ends=(("closed_at", ("closed_at",)),),
    ),
    Kind(
        "usage",
        "One week of an account's use of the product.",
        (
            ref("account", "Whose.", "account", required=True),
            Field("week", Form.DAY, "First day of the week.", required=True),
            integer("active_users", "People who used it.", 0),
            number("events", "Events counted.", 0),
        ),
        keyless=True,
        known_by=("week",),
    ),
    Kind(
        "invoice",
        "An invoice or contract.",
        (
            ref("account", "Billed to.", "account"),
            ref("deal", "Deal it bills, where known.", "deal"),
            text("number", "Number."),
            text("product", "Product as written."),
            number("amount", "Amount in the workspace's currency."),
            text("currency", "Currency."),
            moment("issued_at", "Issued.", required=True),
            moment("paid_at", "Paid."),
        ),
        known_by=("issued_at",),
        ends=(("paid_at", ("paid_at",)),),
    ),
)
