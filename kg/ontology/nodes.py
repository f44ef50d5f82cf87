"""Every node label of the graph (DESIGN section 3); those that Dealgraph itself keeps are in `kept`."""

from kg.ontology.kept import DERIVED, IDENTITY
from kg.ontology.terms import Node, Property, Type
from kg.ontology.values import ACTIVITY_KINDS, DEAL_KINDS, DIRECTIONS, SENIORITIES, SEVERITIES, STATES

T, INT, N, F, M, TS, NS = (
    Type.TEXT,
    Type.INTEGER,
    Type.NUMBER,
    Type.FLAG,
    Type.MOMENT,
    Type.TEXTS,
    Type.NUMBERS,
)
P = Property

GOLDEN = (
    P("golden", TS, "Names of the properties whose value was chosen from several records."),
    P("golden_from", TS, "Parallel to `golden`: the record that each value came from."),
)

ENTITIES = (
    Node(
        "Account",
        "An organisation that we sell to, or might.",
        (
            P("name", T, "Name as chosen from its records."),
            P("domain", T, "Internet domain, never a free-mail one."),
            P("country", T, "Country as written by the source chosen."),
            P("city", T, "City."),
            P("phone", T, "Switchboard number.", personal=False),
            P("employees", INT, "Number of employees.", unit="people"),
            P("revenue", N, "Yearly revenue.", unit="workspace currency"),
            P("registration_id", T, "Company register number."),
            *GOLDEN,
        ),
        display="name",
        indexes=(("name",),),
    ),
    Node(
        "Contact",
        "A person at an account.",
        (
            P("name", T, "Full name.", personal=True),
            P("email", T, "E-mail address.", personal=True),
            P("phone", T, "Phone number.", personal=True),
            P("title", T, "Job title as last known."),
            P("seniority", T, "Level read from the title.", values=SENIORITIES),
            P("department", T, "Department."),
            P("country", T, "Country."),
            *GOLDEN,
        ),
        display="name",
        indexes=(("name",),),
    ),
    Node(
        "Lead",
        "A person's interest, before it is a deal.",
        (
            P("name", T, "Full name.", personal=True),
            P("email", T, "E-mail address.", personal=True),
            P("company", T, "Company as the lead wrote it."),
            P("title", T, "Job title."),
            P("source", T, "Where the lead came from, as the system names it."),
            P("status", T, "Status as last known."),
            P("country", T, "Country."),
            P("created_at", M, "When the lead arose."),
            P("converted_at", M, "When it became a deal."),
            *GOLDEN,
        ),
        display="name",
        indexes=(("created_at",),),
    ),
    Node(
        "Deal",
        "An opportunity to sell.",
        (
            P("name", T, "Name of the deal."),
            P("kind", T, "New business, renewal or expansion.", values=DEAL_KINDS),
            P("amount", N, "Amount as last known.", unit="workspace currency"),
            P("currency", T, "Currency of `amount`."),
            P("opened_at", M, "When it was opened."),
            P("closed_at", M, "When it was won or lost."),
            P("close_date", M, "When the rep expects it to close."),
            P("stage", T, "Stage as last known."),
            P("state", T, "Open, won or lost, as last known.", values=STATES),
            P("pipeline", T, "Pipeline."),
            P("lead_source", T, "Where it came from."),
            *GOLDEN,
        ),
        display="name",
        indexes=(("state",), ("opened_at",)),
    ),
    Node(
        "Outcome",
        "How a deal ended.",
        (
            P("result", T, "Won or lost.", required=True, values=("won", "lost")),
            P("reason", T, "Reason given."),
            P("competitor", T, "Competitor named."),
            P("amount", N, "Amount at close.", unit="workspace currency"),
            P("at", M, "When it ended.", required=True),
        ),
        display="result",
    ),
)

REFERENCE = (
    Node("Industry", "An industry.", (P("name", T, "Name."),), display="name"),
    Node(
        "Product",
        "Something we sell.",
        (
            P("name", T, "Name."),
            P("family", T, "Product family."),
            P("price", N, "List price.", unit="workspace currency"),
        ),
        display="name",
    ),
    Node(
        "Stage",
        "A stage of a pipeline in one source.",
        (
            P("source", T, "Source that uses it."),
            P("pipeline", T, "Pipeline."),
            P("name", T, "Name."),
            P("order", INT, "Position, from 1."),
            P("state", T, "What being in it means.", values=STATES),
        ),
        display="name",
    ),
    Node(
        "Rep",
        "Someone who sells for us.",
        (
            P("name", T, "Full name.", personal=True),
            P("email", T, "E-mail address.", personal=True),
        ),
        display="name",
    ),
    Node("Team", "A team of reps.", (P("name", T, "Name."),), display="name"),
    Node(
        "Campaign",
        "A marketing campaign.",
        (
            P("name", T, "Name."),
            P("kind", T, "Kind."),
            P("started_at", M, "Start."),
        ),
        display="name",
    ),
)

EVENTS = (
    Node(
        "Activity",
        "Something that happened between us and them.",
        (
            P("kind", T, "Kind.", values=ACTIVITY_KINDS),
            P("event", T, "What happened, in the user's own words."),
            P("event_key", T, "Its name in features: one for all spellings."),
            P("numbers_known", M, "Since when its own numbers are known, where that is later than it."),
            P("direction", T, "Who began it.", values=DIRECTIONS),
            P("outcome", T, "What came of it."),
            P("subject", T, "Subject line.", personal=True),
            P("minutes", N, "Length.", unit="minutes"),
            P("at", M, "When it happened.", required=True),
        ),
        display="kind",
        open=True,
    ),
    Node(
        "Change",
        "A field of an entity took a value; the first has no `old`.",
        (
            P("field", T, "Field.", required=True),
            P("old", T, "Value before, as text."),
            P("new", T, "Value after, as text."),
            P("number", N, "Value after, where it is a number."),
            P("moment", M, "Value after, where it is a time."),
            P("at", M, "When it changed.", required=True),
            P("record", T, "Record that said so."),
        ),
        display="field",
    ),
    Node(
        "Ticket",
        "A support ticket.",
        (
            P("severity", T, "Severity.", values=SEVERITIES),
            P("subject", T, "Subject."),
            P("opened_at", M, "Opened.", required=True),
            P("closed_at", M, "Closed."),
        ),
        display="subject",
    ),
    Node(
        "Usage",
        "One week of an account's use of the product.",
        (
            P("week", M, "First day of the week.", required=True),
            P("active_users", INT, "People who used it.", unit="people"),
            P("events", N, "Events counted."),
        ),
        display="week",
    ),
    Node(
        "Invoice",
        "An invoice.",
        (
            P("amount", N, "Amount.", unit="workspace currency"),
            P("issued_at", M, "Issued.", required=True),
            P("paid_at", M, "Paid."),
        ),
    ),
)

PAIRS = {"seat": ("Deal", "Contact"), "offer": ("Account", "Product")}
"""Pairs that features and scores may be about: a contact on a deal, a product for an account; labels of both.

The id of a pair is 'first|second': ids of entities hold no '|', so the first one parts them.
"""

NODES: tuple[Node, ...] = (*ENTITIES, *REFERENCE, *EVENTS, *IDENTITY, *DERIVED)
