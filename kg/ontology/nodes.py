"""Every node label of the graph (DESIGN section 3)."""

from enum import StrEnum

from kg.ontology.terms import Node, Property, Type

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

ROLES = ("economic_buyer", "champion", "technical_evaluator", "user", "procurement", "influencer", "blocker")
SENIORITIES = ("c_level", "vp", "director", "manager", "staff")
DEAL_KINDS = ("new", "renewal", "expansion")
STATES = ("open", "won", "lost")
ACTIVITY_KINDS = ("mail", "call", "meeting", "task", "web_visit", "form", "mail_open", "mail_click", "event")
DIRECTIONS = ("inbound", "outbound", "none")
SEVERITIES = ("low", "normal", "high", "severe")
IDENTITY_EVENTS = ("CREATED", "MERGED", "SPLIT", "MOVED", "RETIRED")



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


GOLDEN = (
    P("golden", TS, "Names of the properties whose value was chosen from several records."),
    P("golden_from", TS, "Parallel to `golden`: the record that each value came from."),
)

ENTITIES = (
    Node("Account", "An organisation that we sell to, or might.", (
        P("name", T, "Name as chosen from its records."),
        P("domain", T, "Internet domain, never a free-mail one."),
        P("country", T, "Country as written by the source chosen."),
        P("city", T, "City."),
        P("phone", T, "Switchboard number.", personal=False),
        P("employees", INT, "Number of employees.", unit="people"),
        P("revenue", N, "Yearly revenue.", unit="workspace currency"),
        P("registration_id", T, "Company register number."),
        *GOLDEN,
    ), display="name", indexes=(("name",),)),
    Node("Contact", "A person at an account.", (
        P("name", T, "Full name.", personal=True),
        P("email", T, "E-mail address.", personal=True),
        P("phone", T, "Phone number.", personal=True),
        P("title", T, "Job title as last known."),
        P("seniority", T, "Level read from the title.", values=SENIORITIES),
        P("department", T, "Department."),
        P("country", T, "Country."),
        *GOLDEN,
    ), display="name", indexes=(("name",),)),
    Node("Lead", "A person's interest, before it is a deal.", (
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
    ), display="name", indexes=(("created_at",),)),
    Node("Deal", "An opportunity to sell.", (
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
    ), display="name", indexes=(("state",), ("opened_at",))),
    Node("Outcome", "How a deal ended.", (
        P("result", T, "Won or lost.", required=True, values=("won", "lost")),
        P("reason", T, "Reason given."),
        P("competitor", T, "Competitor named."),
        P("amount", N, "Amount at close.", unit="workspace currency"),
        P("at", M, "When it ended.", required=True),
    ), display="result", indexes=(("at",),)),
)

REFERENCE = (
    Node("Industry", "An industry.", (P("name", T, "Name."),), display="name"),
    Node("Product", "Something we sell.", (
        P("name", T, "Name."), P("family", T, "Product family."),
        P("price", N, "List price.", unit="workspace currency"),
    ), display="name"),
    Node("Stage", "A stage of a pipeline in one source.", (
        P("source", T, "Source that uses it."), P("pipeline", T, "Pipeline."), P("name", T, "Name."),
        P("order", INT, "Position, from 1."), P("state", T, "What being in it means.", values=STATES),
    ), display="name"),
    Node("Rep", "Someone who sells for us.", (
        P("name", T, "Full name.", personal=True), P("email", T, "E-mail address.", personal=True),
    ), display="name"),
    Node("Team", "A team of reps.", (P("name", T, "Name."),), display="name"),
    Node("Campaign", "A marketing campaign.", (
        P("name", T, "Name."), P("kind", T, "Kind."), P("started_at", M, "Start."),
    ), display="name"),
)

EVENTS = (
    Node("Activity", "Something that happened between us and them.", (
        P("kind", T, "Kind.", values=ACTIVITY_KINDS), P("direction", T, "Who began it.", values=DIRECTIONS),
        P("outcome", T, "What came of it."), P("subject", T, "Subject line.", personal=True),
        P("minutes", N, "Length.", unit="minutes"), P("at", M, "When it happened.", required=True),
    ), display="kind", indexes=(("at",),)),
    Node("Change", "A field of an entity took a value; the first has no `old`.", (
        P("field", T, "Field.", required=True), P("old", T, "Value before, as text."),
        P("new", T, "Value after, as text."),
        P("number", N, "Value after, where it is a number."), P("moment", M, "Value after, where it is a time."),
        P("at", M, "When it changed.", required=True),
    ), display="field"),
    Node("Ticket", "A support ticket.", (
        P("severity", T, "Severity.", values=SEVERITIES), P("subject", T, "Subject."),
        P("opened_at", M, "Opened.", required=True), P("closed_at", M, "Closed."),
    ), display="subject"),
    Node("Usage", "One week of an account's use of the product.", (
        P("week", M, "First day of the week.", required=True),
        P("active_users", INT, "People who used it.", unit="people"),
        P("events", N, "Events counted."),
    ), display="week"),
    Node("Invoice", "An invoice.", (
        P("amount", N, "Amount.", unit="workspace currency"), P("issued_at", M, "Issued.", required=True),
        P("paid_at", M, "Paid."),
    )),
)

IDENTITY = (
    Node("Record", "One record of one source; (source, record_id, kind) is the only real key.", (
        P("source", T, "Source.", required=True), P("record_id", T, "Id in that source.", required=True),
        P("kind", T, "Kind of record.", required=True), P("payload_hash", T, "SHA-256 of the staged values."),
        P("consent", T, "Consent as the source states it."), P("name", T, "What the source calls it.", personal=True),
    ), display="name", indexes=(("source", "record_id"),)),
    Node("Judgement", "What a person decided about two records.", (
        P("verdict", T, "Verdict.", values=tuple(Verdict)), P("author", T, "Who."),
        P("reason", T, "Why."), P("at", M, "When."),
    )),
    Node("Review", "A pair of records that is worth a person's look.", (
        P("kind", T, "Matcher that compared them.", values=("account", "contact", "deal")),
        P("score", N, "How much a look is worth, 0 to 1.", required=True), P("reason", T, "Why it is worth a look."),
        P("match_weight", N, "Sum of its parts.", unit="log2"), P("probability", N, "Match probability."),
        P("threshold", N, "Weight from which on the matcher accepts a pair.", unit="log2"),
        P("together", F, "Whether the two are one entity at present."),
        P("parts", TS, "Names of the parts."), P("part_levels", TS, "Parallel: the level met."),
        P("part_weights", NS, "Parallel: match weight.", unit="log2"),
        P("fields", TS, "What the two records say: names of the fields."),
        P("values_a", TS, "Parallel: what the first record says.", personal=True),
        P("values_b", TS, "Parallel: what the second record says.", personal=True),
    ), indexes=(("score", "id"),)),
    Node("IdentityEvent", "What happened to an entity's identity.", (
        P("kind", T, "Kind.", values=IDENTITY_EVENTS), P("at", M, "When."),
        P("sequence", INT, "Number in the order in which it was decided, from 1."),
        P("entity_kind", T, "Kind of entity.", values=("account", "contact", "lead", "deal", "outcome")),
        P("count", INT, "How many entities it touched.", unit="entities"),
        P("entities", TS, "Ids that it touched, the survivor first; empty for CREATED, which TOUCHED lists."),
        P("records", TS, "Records that changed their entity."),
    )),
    Node("Redirect", "An id that is no more; follow TO.", ()),
)

DERIVED = (
    Node("Norm", "A population figure that features compare with.", (
        P("name", T, "Which figure.", required=True), P("group", T, "For which group.", required=True),
        P("value", N, "The figure.", required=True), P("n", INT, "Out of how many."), P("unit", T, "Unit."),
    ), display="name", indexes=(("name", "group"),)),
    Node("Measure", "A graph measure of an entity for one month.", (
        P("name", T, "Which measure.", required=True), P("value", N, "Its value."),
        P("text", T, "Its value, where text."),
    ), display="name"),
    Node("Score", "What a model said about an entity as of a moment, with its reasons.", (
        P("name", T, "Score.", required=True), P("version", T, "Model version.", required=True),
        P("as_of", M, "The moment it speaks of.", required=True), P("value", N, "Probability.", required=True),
        P("log_odds", N, "Log-odds of `value`.", required=True),
        P("base", N, "Log-odds before any reason.", required=True),
        P("low", N, "Lower end of the 80 % band."), P("high", N, "Upper end of the 80 % band."),
        P("band", T, "Band of the probability.", values=("A", "B", "C", "D")),
        P("basis", T, "What answered.", values=("MODEL", "BLEND", "RULES", "NONE")),
        P("effective_n", N, "Number of examples that stand behind it."),
        P("entity_id", T, "What it is about.", required=True), P("second_id", T, "Second entity of a pair."),
        P("features", TS, "Feature of each contribution."),
        P("paired", TS, "Parallel: second feature of a pair term, or empty."),
        P("values", NS, "Parallel: value of the feature; NaN where it has none."),
        P("texts", TS, "Parallel: value of a categorical feature, or empty."),
        P("contributions", NS, "Parallel: contribution in log-odds; base + sum = log_odds."),
    ), asserted=False, display="name", indexes=(("name", "entity_id", "as_of"), ("name", "value", "entity_id"))),
    Node("Model", "A trained model; its artifact lies beside the graph.", (
        P("name", T, "Score.", required=True), P("version", T, "Version.", required=True),
        P("as_of", M, "Knows nothing later than this."), P("trained_at", M, "When it was trained."),
        P("basis", T, "What it answers with."), P("manifest", T, "The manifest, as JSON."),
        P("active", F, "Whether it serves."),
    ), asserted=False, display="name", volatile=True),
    Node("Run", "One run of one stage.", (
        P("stage", T, "Stage.", required=True), P("started", M, "Start."), P("finished", M, "End."),
        P("code", T, "Version of the code."), P("config", T, "Digest of the configuration."),
        P("counts", T, "Counts, as JSON."),
    ), asserted=False, display="stage", volatile=True),
    Node("Workspace", "The one node that says what is published.", (
        P("as_of", M, "Now, for every reader."), P("published", T, "Run that is published."),
        P("currency", T, "Currency."),
        P("lock", T, "Run that holds the lock."), P("holder", T, "Host, process and its start that hold it."),
        P("locked_at", M, "Since when."),
    ), asserted=False, volatile=True),
)

NODES: tuple[Node, ...] = (*ENTITIES, *REFERENCE, *EVENTS, *IDENTITY, *DERIVED)
