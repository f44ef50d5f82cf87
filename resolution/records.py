"""What sources say, kind by kind: the fields of every staged record, as frozen data that check themselves.

A staged table `staged_<kind>` has the columns of `FIXED`, then for each field `f` the columns `f` and `f__known`
(when the source knew that value). Times are naive UTC. A reference is the text `source:record_id`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kg.errors import ConfigurationError
from kg.ontology.nodes import ACTIVITY_KINDS, DEAL_KINDS, DIRECTIONS, ROLES, SENIORITIES, SEVERITIES, STATES

RELATIONS = ("subsidiary_of", "partners_with", "owned_by")
TRACKED_KINDS = ("deal", "lead", "account", "contact")


class Form(StrEnum):
    """How a value is stored: the DuckDB type is `SQL_TYPES[form]`."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    MOMENT = "moment"
    DAY = "day"
    REF = "ref"
    CHOICE = "choice"


SQL_TYPES: dict[Form, str] = {
    Form.TEXT: "VARCHAR",
    Form.NUMBER: "DOUBLE",
    Form.INTEGER: "BIGINT",
    Form.FLAG: "BOOLEAN",
    Form.MOMENT: "TIMESTAMP",
    Form.DAY: "TIMESTAMP",
    Form.REF: "VARCHAR",
    Form.CHOICE: "VARCHAR",
}

FIXED: tuple[tuple[str, str], ...] = (
    ("source", "VARCHAR"),
    ("record_id", "VARCHAR"),
    ("row_ref", "VARCHAR"),
    ("payload_hash", "VARCHAR"),
    ("known_from", "TIMESTAMP"),
    ("known_to", "TIMESTAMP"),
)
"""Columns that every staged table begins with; `row_ref` is file:line."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: name, form, what it says, and what a good value is.

    `refers` names the kinds a reference may point at; `low` and `high` bound a number; a `tracked` field keeps its
    history: a difference between two stagings becomes a `change` record.
    """

    name: str
    form: Form
    about: str
    required: bool = False
    values: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    tracked: bool = False

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name != self.name.lower() or not self.about:
            raise ConfigurationError(f"field {self.name!r}: a name is lower case with underscores, and is described")
        if (self.form is Form.CHOICE) != bool(self.values) or (self.form is Form.REF) != bool(self.refers):
            raise ConfigurationError(f"field {self.name!r}: a choice has values, a reference names kinds, others "
                "neither")

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the column."""
        return SQL_TYPES[self.form]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. A `keyless` kind may do without an id: the row's own content is its key.

    `ends` names the moments at which an end is reached, each with the fields that may have been written only then:
      where
    the mapping names no knowledge time, they are not known before.

    `known_by` names the fields that tell when a row was known if the mapping does not say; `aliases` are short names
    that a mapping may use for a field (a deal's `kind`).
    """

    name: str
    about: str
    fields: tuple[Field, ...]
    keyless: bool = False
    known_by: tuple[str, ...] = ()
    ends: tuple[tuple[str, tuple[str, ...]], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    by_name: dict[str, Field] = field(init=False, compare=False, repr=False, hash=False)

    def __post_init__(self) -> None:
        by_name = {f.name: f for f in self.fields}
        ends = [n for end, fields in self.ends for n in (end, *fields)]
        if missing := [n for n in (*self.known_by, *ends, *(f for _, f in self.aliases)) if n not in by_name]:
            raise ConfigurationError(f"kind {self.name!r} speaks of {missing}, which are not its fields")
        object.__setattr__(self, "by_name", by_name)

    @property
    def table(self) -> str:
        """Name of the staged table."""
        return f"staged_{self.name}"

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Every column of the staged table with its DuckDB type, in order."""
        own = ((column, kind) for f in self.fields for column, kind in ((f.name, f.sql_type), (f"{f.name}__known",
            "TIMESTAMP")))
        return (*FIXED, *own)

    @property
    def tracked(self) -> tuple[str, ...]:
        """Names of the fields whose history is kept."""
        return tuple(f.name for f in self.fields if f.tracked)


def text(name: str, about: str, *, tracked: bool = False, required: bool = False) -> Field:
    """A text field."""
    return Field(name, Form.TEXT, about, required=required, tracked=tracked)


def number(name: str, about: str, low: float | None = None, high: float | None = None, *,
    tracked: bool = False) -> Field:
    """A number, with its bounds."""
    return Field(name, Form.NUMBER, about, low=low, high=high, tracked=tracked)


def integer(name: str, about: str, low: float | None = None, *, tracked: bool = False) -> Field:
    """A whole number."""
    return Field(name, Form.INTEGER, about, low=low, tracked=tracked)


def moment(name: str, about: str, *, required: bool = False, tracked: bool = False) -> Field:
    """A moment in UTC; a bare date is the end of that day."""
    return Field(name, Form.MOMENT, about, required=required, tracked=tracked)


def ref(name: str, about: str, *kinds: str, required: bool = False, tracked: bool = False) -> Field:
    """A reference to a record of one of `kinds`."""
    return Field(name, Form.REF, about, required=required, refers=kinds, tracked=tracked)


def choice(name: str, about: str, values: tuple[str, ...], *, required: bool = False, tracked: bool = False) -> Field:
    """One of a closed list of values."""
    return Field(name, Form.CHOICE, about, required=required, values=values, tracked=tracked)


PEOPLE_AND_COMPANIES = (
    Kind("account", "An organisation, as one system holds it.", (
        text("name", "Name."), text("domain", "Internet domain."), text("website", "Website."), text("phone",
        "Switchboard."),
        text("street", "Street."), text("city", "City."), text("region", "State or region."), text("postcode",
        "Postcode."),
        text("country", "Country.", tracked=True), text("industry", "Industry.", tracked=True),
        integer("employees", "Number of employees.", 0, tracked=True), number("revenue", "Yearly revenue.",
            tracked=True),
        text("registration_id", "Number in the company register."), ref("parent", "The account it belongs to.",
        "account"),
        text("aliases", "Other names, separated by |."),
    )),
    Kind("contact", "A person at an account, as one system holds them.", (
        text("name", "Full name."), text("first_name", "First name."), text("last_name", "Last name."), text("email",
        "E-mail."),
        text("phone", "Phone."), text("title", "Job title.", tracked=True), choice("seniority", "Level.", SENIORITIES),
        text("department", "Department."), text("linkedin", "Profile page."), ref("account", "Where they work.",
        "account"),
        text("company", "Company as written."), text("city", "City."), text("country", "Country."),
        Field("birth_date", Form.DAY, "Date of birth."),
    )),
    Kind("lead", "A person's interest before it is a deal.", (
        text("name", "Full name."), text("first_name", "First name."), text("last_name", "Last name."), text("email",
        "E-mail."),
        text("phone", "Phone."), text("company", "Company as written."), text("title", "Job title.", tracked=True),
        text("country", "Country."), text("website", "Website."), text("source_name", "Where it came from.",
        tracked=True),
        ref("campaign", "Campaign that brought it.", "campaign"), text("status", "Status.", tracked=True),
        ref("owner", "Rep who works it.", "rep"), moment("created_at", "When it arose."), moment("converted_at",
        "When it converted."),
        ref("converted_deal", "Deal it became.", "deal"), ref("converted_contact", "Contact it became.", "contact"),
        ref("converted_account", "Account it became.", "account"),
    ), known_by=("created_at",), ends=(
        ("converted_at", ("converted_at", "converted_deal", "converted_contact", "converted_account", "status",
            "owner")),
    )),
    Kind("rep", "Someone who sells for us.", (
        text("name", "Full name."), text("email", "E-mail; one person in several systems is one rep by it."),
        text("team", "Team."), Field("active", Form.FLAG, "Whether they still sell."),
    )),
    Kind("employment", "A person worked at an account.", (
        ref("contact", "Who.", "contact", required=True), ref("account", "Where.", "account", required=True),
        text("title", "Job title."), moment("from", "Since when."), moment("to", "Until when."),
    ), keyless=True, known_by=("from",), ends=(("to", ("to",)),)),
    Kind("relation", "How two accounts are tied.", (
        ref("account", "One account.", "account", required=True), ref("other", "The other: parent, partner or owner.",
        "account", required=True),
        choice("relation", "How.", RELATIONS, required=True),
    ), keyless=True),
)

DEALS = (
    Kind("deal", "An opportunity to sell.", (
        text("name", "Name."), ref("account", "Account it is with.", "account"), ref("contact", "Main contact.",
        "contact"),
        number("amount", "Amount in the workspace's currency.", tracked=True), text("currency",
        "Currency of `amount`."),
        choice("deal_kind", "New business, renewal or expansion.", DEAL_KINDS, tracked=True), moment("opened_at",
        "Opened."),
        moment("closed_at", "Won or lost; empty while open."), moment("close_date",
            "When the rep expects it to close.", tracked=True),
        text("stage", "Stage.", tracked=True), integer("stage_order", "Position of the stage, from 1."),
        choice("state", "What the stage means.", STATES), text("pipeline", "Pipeline."),
        ref("owner", "Rep who works it.", "rep", tracked=True), text("lead_source", "Where it came from.",
        tracked=True),
        ref("campaign", "Campaign.", "campaign"), ref("lead", "Lead it grew from.", "lead"),
        ref("product", "Product, where the row names one.", "product"), number("quantity", "Quantity."),
        text("reason", "Why it was won or lost."), text("competitor", "Competitor named."),
    ), known_by=("opened_at",), aliases=(("kind", "deal_kind"),), ends=(
        ("closed_at", ("closed_at", "stage", "stage_order", "state", "amount", "close_date", "owner", "reason",
            "competitor", "quantity")),
    )),
    Kind("history", "A deal as it stood from a moment on: its stage and what else the system kept.", (
        ref("of", "Deal.", "deal", required=True), moment("at", "From when.", required=True), text("stage", "Stage."),
        integer("stage_order", "Position of the stage."), choice("state", "What the stage means.", STATES),
        number("amount", "Amount in the workspace's currency."), moment("close_date", "Expected close."), ref("owner",
        "Rep.", "rep"),
    ), keyless=True, known_by=("at",)),
    Kind("change", "A field took a new value.", (
        ref("of", "What changed.", *TRACKED_KINDS, required=True), choice("of_kind", "Its kind.", TRACKED_KINDS,
        required=True),
        text("field", "Field, by our name.", required=True), text("old", "Value before."), text("new", "Value after."),
        moment("at", "When.", required=True),
    ), keyless=True, known_by=("at",)),
    Kind("product", "Something we sell.", (text("name", "Name."), text("family", "Family."), number("price",
        "List price."))),
    Kind("deal_product", "A deal would sell a product.", (
        ref("deal", "Deal.", "deal", required=True), ref("product", "Product.", "product", required=True),
        number("quantity", "Quantity."), number("amount", "Amount in the workspace's currency."),
    ), keyless=True),
    Kind("role", "A contact's part in a deal.", (
        ref("contact", "Who.", "contact", required=True), ref("deal", "Deal.", "deal", required=True),
        choice("role", "Part.", ROLES), number("confidence", "How sure the source is, 0 to 1.", 0, 1),
    ), keyless=True),
    Kind("association", "Two records that a system keeps together in a table of its own.", (
        ref("of", "One record.", "deal", "activity", "ticket", "contact", required=True),
        choice("of_kind", "Its kind.", ("deal", "activity", "ticket", "contact"), required=True),
        ref("to", "The other.", "account", "contact", "deal", "lead", required=True),
        choice("to_kind", "Its kind.", ("account", "contact", "deal", "lead"), required=True),
    ), keyless=True),
)

EVENTS = (
    Kind("campaign", "A marketing campaign.", (
        text("name", "Name."), text("campaign_kind", "Kind."), moment("started_at", "Start."),
    ), known_by=("started_at",), aliases=(("kind", "campaign_kind"),)),
    Kind("activity", "Something that happened between us and them.", (
        choice("activity_kind", "Kind.", ACTIVITY_KINDS, required=True), choice("direction", "Who began it.",
        DIRECTIONS),
        text("outcome", "What came of it."), moment("at", "When.", required=True), number("minutes", "Length.", 0),
        text("subject", "Subject."), ref("rep", "Rep who did it.", "rep"), text("rep_email", "Their e-mail."),
        ref("deal", "Deal it was about.", "deal"), ref("lead", "Lead it was about.", "lead"),
        ref("account", "Account it was about.", "account"),
    ), known_by=("at",), aliases=(("kind", "activity_kind"),)),
    Kind("participant", "A person took part in an activity.", (
        ref("activity", "Activity.", "activity", required=True), ref("contact", "Who, where the system knows.",
        "contact"),
        text("email", "Their e-mail."),
    ), keyless=True),
    Kind("ticket", "A support ticket.", (
        ref("account", "Whose.", "account"), choice("severity", "Severity.", SEVERITIES), text("subject", "Subject."),
        moment("opened_at", "Opened.", required=True), moment("closed_at", "Closed."),
    ), known_by=("opened_at",), ends=(("closed_at", ("closed_at",)),)),
    Kind("usage", "One week of an account's use of the product.", (
        ref("account", "Whose.", "account", required=True), Field("week", Form.DAY, "First day of the week.",
        required=True),
        integer("active_users", "People who used it.", 0), number("events", "Events counted.", 0),
    ), keyless=True, known_by=("week",)),
    Kind("invoice", "An invoice or contract.", (
        ref("account", "Billed to.", "account"), ref("deal", "Deal it bills, where known.", "deal"), text("number",
        "Number."),
        text("product", "Product as written."), number("amount", "Amount in the workspace's currency."),
        text("currency", "Currency."),
        moment("issued_at", "Issued.", required=True), moment("paid_at", "Paid."),
    ), known_by=("issued_at",), ends=(("paid_at", ("paid_at",)),)),
)

KINDS: tuple[Kind, ...] = (*PEOPLE_AND_COMPANIES, *DEALS, *EVENTS)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}

for _kind in KINDS:
    for _field in _kind.fields:
        if _unknown := [name for name in _field.refers if name not in BY_NAME]:
            raise ConfigurationError(f"{_kind.name}.{_field.name} refers to {_unknown}, which are no kinds")
