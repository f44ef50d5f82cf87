"""Node labels of what Dealgraph itself keeps: records, identity, baselines, scores, runs."""

from kg.ontology.terms import Node, Property, Type
from kg.ontology.values import IDENTITY_EVENTS, Verdict

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

IDENTITY = (
    Node(
        "Record",
        "One record of one source; (source, record_id, kind) is the only real key.",
        (
            P("source", T, "Source.", required=True),
            P("record_id", T, "Id in that source.", required=True),
            P("kind", T, "Kind of record.", required=True),
            P("payload_hash", T, "SHA-256 of the staged values."),
            P("consent", T, "Consent as the source states it."),
            P("name", T, "What the source calls it.", personal=True),
        ),
        display="name",
        indexes=(("source", "record_id"),),
    ),
    Node(
        "Judgement",
        "What a person decided about two records.",
        (
            P("verdict", T, "Verdict.", values=tuple(Verdict)),
            P("author", T, "Who."),
            P("reason", T, "Why."),
            P("at", M, "When."),
        ),
    ),
    Node(
        "Review",
        "A pair of records that is worth a person's look.",
        (
            P("kind", T, "Matcher that compared them.", values=("account", "contact", "deal")),
            P("score", N, "How much a look is worth, 0 to 1.", required=True),
            P("reason", T, "Why it is worth a look."),
            P("match_weight", N, "Sum of its parts.", unit="log2"),
            P("probability", N, "Match probability."),
            P("threshold", N, "Weight from which on the matcher accepts a pair.", unit="log2"),
            P("together", F, "Whether the two are one entity at present."),
            P("parts", TS, "Names of the parts."),
            P("part_levels", TS, "Parallel: the level met."),
            P("part_weights", NS, "Parallel: match weight.", unit="log2"),
            P("fields", TS, "What the two records say: names of the fields."),
            P("values_a", TS, "Parallel: what the first record says.", personal=True),
            P("values_b", TS, "Parallel: what the second record says.", personal=True),
        ),
        indexes=(("score", "id"),),
    ),
    Node(
        "IdentityEvent",
        "What happened to an entity's identity.",
        (
            P("kind", T, "Kind.", values=IDENTITY_EVENTS),
            P("at", M, "When."),
            P("sequence", INT, "Number in the order in which it was decided, from 1."),
            P("entity_kind", T, "Kind of entity.", values=("account", "contact", "lead", "deal", "outcome")),
            P("count", INT, "How many entities it touched.", unit="entities"),
            P("entities", TS, "Ids that it touched, the survivor first; empty for CREATED, which TOUCHED lists."),
            P("records", TS, "Records that changed their entity."),
        ),
    ),
    Node("Redirect", "An id that is no more; follow TO.", ()),
)

DERIVED = (
    Node(
        "Norm",
        "A population figure that features compare with.",
        (
            P("name", T, "Which figure.", required=True),
            P("group", T, "For which group; it may be a rep or somebody's words.", required=True, personal=True),
            P("value", N, "The figure.", required=True),
            P("n", INT, "Out of how many."),
            P("unit", T, "Unit."),
        ),
        display="name",
        indexes=(("name", "group"),),
    ),
    Node(
        "Measure",
        "A graph measure of an entity for one month.",
        (
            P("name", T, "Which measure.", required=True),
            P("value", N, "Its value."),
            P("text", T, "Its value, where text."),
        ),
        display="name",
    ),
    Node(
        "Score",
        "What a model said about an entity as of a moment, with its reasons.",
        (
            P("name", T, "Score.", required=True),
            P("version", T, "Model version.", required=True),
            P("as_of", M, "The moment it speaks of.", required=True),
            P("value", N, "Probability.", required=True),
            P("log_odds", N, "Log-odds of `value`.", required=True),
            P("base", N, "Log-odds before any reason.", required=True),
            P("low", N, "Lower end of the 80 % band."),
            P("high", N, "Upper end of the 80 % band."),
            P("band", T, "Band of the probability.", values=("A", "B", "C", "D")),
            P("basis", T, "What answered.", values=("MODEL", "BLEND", "RULES", "NONE")),
            P("effective_n", N, "Number of examples that stand behind it."),
            P("entity_id", T, "What it is about.", required=True),
            P("second_id", T, "Second entity of a pair."),
            P("features", TS, "Feature of each contribution."),
            P("paired", TS, "Parallel: second feature of a pair term, or empty."),
            P("values", NS, "Parallel: value of the feature; NaN where it has none."),
            P("texts", TS, "Parallel: value of a categorical feature, or empty."),
            P("contributions", NS, "Parallel: contribution in log-odds; base + sum = log_odds."),
        ),
        asserted=False,
        display="name",
        indexes=(("name", "entity_id", "as_of"), ("name", "value", "entity_id")),
    ),
    Node(
        "Model",
        "A trained model; its artifact lies beside the graph.",
        (
            P("name", T, "Score.", required=True),
            P("version", T, "Version.", required=True),
            P("as_of", M, "Knows nothing later than this."),
            P("trained_at", M, "When it was trained."),
            P("basis", T, "What it answers with."),
            P("manifest", T, "The manifest, as JSON."),
            P("active", F, "Whether it serves."),
        ),
        asserted=False,
        display="name",
        volatile=True,
    ),
    Node(
        "Run",
        "One run of one stage.",
        (
            P("stage", T, "Stage.", required=True),
            P("started", M, "Start."),
            P("finished", M, "End."),
            P("code", T, "Version of the code."),
            P("config", T, "Digest of the configuration."),
            P("counts", T, "Counts, as JSON."),
        ),
        asserted=False,
        display="stage",
        volatile=True,
    ),
    Node(
        "Workspace",
        "The one node that says what is published.",
        (
            P("as_of", M, "Now, for every reader."),
            P("published", T, "Run that is published."),
            P("currency", T, "Currency."),
            P("lock", T, "Run that holds the lock."),
            P("holder", T, "Host, process and its start that hold it."),
            P("locked_at", M, "Since when."),
        ),
        asserted=False,
        volatile=True,
    ),
)
