"""Every relationship type of the graph (DESIGN section 3), one declaration for each pair of labels."""

from kg.ontology.nodes import ROLES
from kg.ontology.terms import Property, Relationship, Type

T, INT, N, M, NS, TS = Type.TEXT, Type.INTEGER, Type.NUMBER, Type.MOMENT, Type.NUMBERS, Type.TEXTS
P = Property
R = Relationship

FROM = P("from", M, "Since when it holds.")
TO = P("to", M, "Until when it held; the later of its end and when a source knew of it.")
RECORD = P("record", T, "Record that said so.")

RELATIONSHIPS: tuple[Relationship, ...] = (
    *(
        R(
            "RESOLVED_TO",
            "Record",
            label,
            f"The record speaks of this {label.lower()}.",
            properties=(P("match_weight", N, "Best match weight that ties it to the rest.", unit="log2"),),
        )
        for label in ("Account", "Contact", "Lead", "Deal", "Outcome")
    ),
    R(
        "COMPARED_WITH",
        "Record",
        "Record",
        "A pair that the matcher scored.",
        properties=(
            P("decision", T, "Decision.", values=("accepted", "rejected")),
            P("match_weight", N, "Sum of its parts.", unit="log2"),
            P("probability", N, "Match probability."),
            P("parts", TS, "Names of the parts."),
            P("part_levels", TS, "Parallel: the level met."),
            P("part_weights", NS, "Parallel: match weight.", unit="log2"),
            P("model", T, "Digest of the matching model."),
        ),
    ),
    R("ON", "Judgement", "Record", "What was judged."),
    R("ON", "Review", "Record", "One of the two to look at."),
    *(
        R("TOUCHED", "IdentityEvent", label, "What it changed.")
        for label in ("Account", "Contact", "Lead", "Deal", "Outcome")
    ),
    *(R("TO", "Redirect", label, "Where it went.") for label in ("Account", "Contact", "Lead", "Deal", "Outcome")),
    R(
        "WORKS_AT",
        "Contact",
        "Account",
        "The contact works there.",
        key=("from",),
        properties=(
            P("title", T, "Job title."),
            P("seniority", T, "Level."),
            FROM,
            TO,
            RECORD,
        ),
    ),
    R("SUBSIDIARY_OF", "Account", "Account", "The account belongs to that one.", properties=(RECORD,)),
    R("PARTNERS_WITH", "Account", "Account", "They work together.", properties=(RECORD,)),
    R("OWNED_BY", "Account", "Account", "They share an investor or owner.", properties=(RECORD,)),
    R("IN", "Account", "Industry", "The account's industry.", properties=(RECORD,)),
    R("IN", "Rep", "Team", "The rep's team.", properties=(RECORD,)),
    R("IS", "Lead", "Contact", "The lead is this person.", properties=(P("by", T, "The tie-breaker that decided."),)),
    R("AT", "Lead", "Account", "The lead works there.", properties=(P("by", T, "The tie-breaker that decided."),)),
    R("CAME_FROM", "Lead", "Campaign", "The campaign that brought it.", properties=(RECORD,)),
    R("GREW_FROM", "Deal", "Lead", "The lead that became this deal.", properties=(RECORD,)),
    R("WITH", "Deal", "Account", "The account it is with.", properties=(RECORD,)),
    R(
        "FOR",
        "Deal",
        "Product",
        "What it would sell.",
        properties=(
            P("quantity", N, "Quantity."),
            P("amount", N, "Amount.", unit="workspace currency"),
            RECORD,
        ),
    ),
    R(
        "PLAYS",
        "Contact",
        "Deal",
        "The contact's part in the decision.",
        key=("role",),
        properties=(
            P("role", T, "Role.", required=True, values=ROLES),
            P("confidence", N, "How sure we are, 0 to 1."),
            P("basis", T, "Stated by a person, or inferred from title.", values=("stated", "inferred")),
            RECORD,
        ),
    ),
    R("OWNS", "Rep", "Deal", "The rep who works it.", key=("from",), properties=(FROM, TO, RECORD)),
    R("OWNS", "Rep", "Lead", "The rep who works it.", key=("from",), properties=(FROM, TO, RECORD)),
    R(
        "ENTERED",
        "Deal",
        "Stage",
        "The deal entered the stage.",
        key=("at",),
        properties=(
            P("at", M, "When.", required=True),
            P("left_at", M, "When it left."),
            P("order", INT, "Order of the stage."),
            RECORD,
        ),
    ),
    *(R("OF", "Change", label, "What changed.") for label in ("Deal", "Lead", "Account", "Contact")),
    R("ENDED_IN", "Deal", "Outcome", "How it ended."),
    R("BILLS", "Invoice", "Deal", "The deal it bills."),
    R("BILLED_TO", "Invoice", "Account", "The account it was sent to."),
    R("PERFORMED", "Rep", "Activity", "The rep who did it."),
    *(R("ABOUT", "Activity", label, "What it was about.") for label in ("Deal", "Lead", "Account")),
    R("TOOK_PART_IN", "Contact", "Activity", "The contact took part.", properties=(RECORD,)),
    R("RAISED_BY", "Ticket", "Account", "Whose ticket it is."),
    R("OF", "Usage", "Account", "Whose usage it is."),
    R("OF", "Measure", "Account", "What is measured."),
    R("OF", "Measure", "Contact", "What is measured."),
    *(R("OF", "Score", label, "What is scored.", asserted=False) for label in ("Deal", "Lead", "Account", "Contact")),
)
