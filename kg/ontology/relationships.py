"""Every relationship type of the graph (DESIGN section 3), one declaration for each pair of labels."""

from kg.ontology.terms import Property, Relationship, Type
from kg.ontology.values import ROLES, SENIORITIES

T, INT, N, M, NS, TS = Type.TEXT, Type.INTEGER, Type.NUMBER, Type.MOMENT, Type.NUMBERS, Type.TEXTS
P = Property
R = Relationship

FROM = P("from", M, "Since when it holds.")
TO = P("to", M, "Until when it held; the later of its end and when a source knew of it.")
RECORD = P("record", T, "Record that said so.")
COMPARED = ("accepted", "rejected", "cut")

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
            P("decision", T, "Decision; cut: accepted, but its groups stayed apart.", values=COMPARED),
            P("match_weight", N, "Sum of prior, weights, adjustments; empty where only a person spoke.", unit="log2"),
            P("probability", N, "Match probability."),
            P("prior", N, "Weight before any comparison.", unit="log2"),
            P("comparisons", TS, "What was compared."),
            P("levels", TS, "Parallel: the level met."),
            P("weights", NS, "Parallel: match weight of the level.", unit="log2"),
            P("adjustments", NS, "Parallel: what the value's frequency adds.", unit="log2"),
            P("threshold", N, "Weight from which a pair is accepted.", unit="log2"),
            P("veto", T, "What forbids the pair, whatever its weight."),
            P("block", T, "The blocking key that brought the two together."),
            P("cut", T, "Why an accepted pair is two entities."),
            P("cut_mean", N, "Mean weight between the two groups that stayed apart.", unit="log2"),
            P("step_of", TS, "Entities that this pair helped to build."),
            P("step", NS, "Parallel: the number of the step."),
            P("mean_weights", NS, "Parallel: mean weight between the groups that the step joined.", unit="log2"),
            P("flip_comparison", T, "The comparison whose change would accept a rejected pair with the least gain."),
            P("flip_level", T, "The level that it would have to meet."),
            P("flip_gain", N, "What that would add.", unit="log2"),
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
            P("seniority", T, "Level.", values=SENIORITIES),
            FROM,
            TO,
            RECORD,
        ),
        hubs=("end",),
    ),
    *(
        R(kind, "Account", "Account", about, properties=(RECORD,), hubs=("start", "end"))
        for kind, about in (
            ("SUBSIDIARY_OF", "The account belongs to that one."),
            ("PARTNERS_WITH", "They work together."),
            ("OWNED_BY", "They share an investor or owner."),
        )
    ),
    R("IN", "Account", "Industry", "The account's industry.", properties=(RECORD,)),
    R("IN", "Rep", "Team", "The rep's team.", properties=(RECORD,)),
    R("IS", "Lead", "Contact", "The lead is this person.", properties=(P("by", T, "The tie-breaker that decided."),)),
    R("AT", "Lead", "Account", "The lead works there.", properties=(P("by", T, "The tie-breaker that decided."),)),
    R("CAME_FROM", "Lead", "Campaign", "The campaign that brought it.", properties=(RECORD,)),
    R("GREW_FROM", "Deal", "Lead", "The lead that became this deal.", properties=(RECORD,)),
    R("WITH", "Deal", "Account", "The account it is with.", properties=(RECORD,), hubs=("end",)),
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
        hubs=("start",),
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
    *(R("ABOUT", "Activity", label, "What it was about.") for label in ("Deal", "Lead")),
    R("ABOUT", "Activity", "Account", "What it was about.", hubs=("end",)),
    R("TOOK_PART_IN", "Contact", "Activity", "The contact took part.", properties=(RECORD,), hubs=("start",)),
    R("RAISED_BY", "Ticket", "Account", "Whose ticket it is.", hubs=("end",)),
    R("OF", "Usage", "Account", "Whose usage it is."),
    R("OF", "Attributes", "Record", "The record that said so."),
    R("OF", "Measure", "Account", "What is measured."),
    R("OF", "Measure", "Contact", "What is measured."),
    *(R("OF", "Score", label, "What is scored.", asserted=False) for label in ("Deal", "Lead", "Account", "Contact")),
)
