"""Finds values that stand for 'nothing': words such as N/A, shapes such as 000000, addresses shared by strangers.

Works on any DuckDB table whose columns are text. `find_placeholders` decides, `blank` empties; neither knows of files.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from resolution.database.connection import quoted
from resolution.normalise.words import FREE_MAIL


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


EMPTY_WORDS = _listed(
    "n/a,#n/a,n.a.,n.a,na,n/d,nil,none,null,(null),<null>,nan,undefined,-,--,---,–,—,.,..,...,?,??,???,*,unknown,"
    "not available,not applicable,not provided,not known,no data,tbd,tba,tbc,unbekannt,k.a.,k. a.,keine angabe,okänd,"
    "inconnu,desconocido,sconosciuto,onbekend,(blank),(none),(unknown),#null!,#value!,#ref!,#name?,[not provided],"
    "not specified,unspecified,none given,no value,[unknown],(empty),empty"
)
"""Texts, in lower case, that say that there is no value, whatever the field."""
NO_NAMES = EMPTY_WORDS | _listed(
    "test,tests,test test,testing,test company,test account,test contact,test user,asdf,asdfasdf,qwerty,dummy,fake,"
    "no name,noname,xx,xxx,xxxx,xxxxx,aaa,aaaa,abc,sample,do not use,delete,deleted,to be deleted,anonymous"
)
REAL_NAMES = frozenset(("null", "none", "nan", "na", "test", "fake", "abc", "sample", "nil", "empty", "unknown", "xx"))
"""Words that are also names of people: a part of a name among these counts as a placeholder only if it is frequent."""
NO_MAIL = _listed(
    "none,na,n-a,noemail,no-email,no.email,nomail,no-mail,test,tests,testing,unknown,null,nan,x,xx,xxx,xxxx,a,aa,aaa,"
    "abc,asdf,fake,dummy,nobody,no,not,notavailable,noaddress,keine,keinemail,ohne,ingen,inconnu,email,mail,user,"
    "sample,example,anonymous,default,placeholder,nul,nil,undefined"
)
NO_HOSTS = NO_MAIL | frozenset(("domain", "yourdomain", "company", "yourcompany", "localhost", "noreply", "invalid"))
FORMS = ("email", "phone", "domain", "name", "name_part", "registration")
"""What a column may hold: each has its own words, shapes and number of strangers."""
STRANGERS = {"email": 12, "phone": 12, "domain": 20, "registration": 5}
"""From so many different names on, one value cannot be the value of them all; a tenth of a small file does as well."""
FEW, SHARE = 4, 0.05
OWN = 0.5
"""Where so many of the records that share a value have one name or one like it, the value belongs to whom they name."""
ALIKE = 0.85
"""Jaro-Winkler similarity of two writings of one name, at least."""
COMMON_NAME_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Subject:
    """Which columns of a table to look at, and who a row is about.

    Attributes:
        columns: column → one of `FORMS`.
        who: columns that make the name of the person or organisation.
        where: columns that name the organisation a person belongs to; empty for organisations.
        whole: False where `who` is an organisation's name: then its first word tells strangers apart, for the members
            of a group of companies share a domain.
    """

    columns: Mapping[str, str]
    who: tuple[str, ...]
    where: tuple[str, ...] = ()
    whole: bool = True


SUBJECTS: Mapping[str, Subject] = {
    "account": Subject(
        {"name": "name", "domain": "domain", "website": "domain", "phone": "phone", "registration_id": "registration",
         "email": "email"},
        ("name",), whole=False,
    ),
    "contact": Subject(
        {"name": "name", "first_name": "name_part", "last_name": "name_part", "email": "email", "phone": "phone"},
        ("name", "first_name", "last_name"), ("account", "company"),
    ),
    "lead": Subject(
        {"name": "name", "first_name": "name_part", "last_name": "name_part", "email": "email", "phone": "phone",
         "company": "name"},
        ("name", "first_name", "last_name"), ("company",),
    ),
    "rep": Subject({"email": "email"}, ("name",)),
}  # fmt: skip
"""Columns of each kind in which one value for many strangers would turn what the matcher learns."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One value of one column (in lower case, trimmed) that stands for nothing: how many rows hold it, and why."""

    column: str
    value: str
    rows: int
    why: str


def subject_among(kind: str, columns: Collection[str]) -> Subject:
    """What to look at in a table of a kind that has only some of the columns."""
    whole = SUBJECTS[kind]
    return Subject(
        {column: form for column, form in whole.columns.items() if column in columns},
        tuple(c for c in whole.who if c in columns),
        tuple(c for c in whole.where if c in columns),
        whole.whole,
    )


def find_placeholders(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    subject: Subject,
    *,
    also: Sequence[str] = (),
    keep: Sequence[str] = (),
) -> tuple[Placeholder, ...]:
    """The placeholder values of a table, most frequent first in each column.

    Args:
        connection: where the table is.
        table: its name; the columns of `subject` are text.
        subject: the columns to look at.
        also: further values that count as placeholders in every column.
        keep: values that never do.
    """
    more, kept = {plain(v) for v in also}, {plain(v) for v in keep}
    found: list[Placeholder] = []
    for column, form in subject.columns.items():
        for value, rows, filled, names, places in _shared(connection, table, column, subject, frozenset(more)):
            if value in kept:
                continue
            why = "is listed in placeholders" if value in more else why_word(form, value, rows / max(filled, 1))
            why = why or _why_shared(form, value, rows, filled, names, places)
            if why:
                found.append(Placeholder(column, value, rows, why))
    return tuple(found)


def blank(connection: duckdb.DuckDBPyConnection, table: str, found: Sequence[Placeholder]) -> None:
    """Empties the found values in the table, in place."""
    for column in dict.fromkeys(p.column for p in found):
        values = [p.value for p in found if p.column == column]
        connection.execute(
            f"UPDATE {quoted(table)} SET {quoted(column)} = NULL WHERE {_plain(column)} IN (SELECT unnest($v))",
            {"v": values},
        )


def empty_placeholders(connection: duckdb.DuckDBPyConnection, table: str, subject: Subject) -> tuple[Placeholder, ...]:
    """Finds the placeholder values of a table and empties them; none where nothing says who a row is about."""
    if not subject.who:
        return ()
    found = find_placeholders(connection, table, subject)
    blank(connection, table, found)
    return found


def sentence_of(found: Placeholder) -> str:
    """What was emptied and why, for people."""
    times = "1 row" if found.rows == 1 else f"{found.rows:,} rows"
    return f"{found.column} {found.value!r} {found.why}: it counts as empty in {times}"


def plain(value: str) -> str:
    """How values are compared: lower case, blanks at the ends taken off."""
    return value.strip().lower()


def why_word(form: str, value: str, share: float = 0.0) -> str | None:
    """Why a text (in lower case) stands for nothing by its words or shape, or None.

    Args:
        form: one of `FORMS`.
        value: the text, lower case and trimmed.
        share: how large a part of the column's filled rows holds it.
    """
    if value in EMPTY_WORDS and not (form == "name_part" and value in REAL_NAMES):
        return "says that there is no value"
    match form:
        case "name":
            return "is no name" if value in NO_NAMES or _one_character(value, 3) else None
        case "name_part":
            odd = value in NO_NAMES and (value not in REAL_NAMES or share >= COMMON_NAME_SHARE)
            return "is no name" if odd or _one_character(value, 3) else None
        case "phone" | "registration":
            return "is no number" if _made_up(value) or value in NO_NAMES else None
        case "email":
            return _why_mail(value)
        case _:
            host = re.sub(r"^(?:[a-z]+://)?(?:www\.)?", "", value).split("/")[0]
            return "is no domain" if value in NO_NAMES or host in _NO_DOMAINS or host == "localhost" else None


_HOSTS = (
    "none", "noemail", "nomail", "unknown", "null", "nan", "test", "na", "n-a", "nodomain", "yourdomain", "domain",
)  # fmt: skip
_NO_DOMAINS = frozenset(f"{word}.{end}" for word in _HOSTS for end in ("com", "net", "org"))


def _digits(text: str) -> str:
    return f"regexp_replace({text}, '[^0-9]', '', 'g')"


_DIGITS = _digits("v")
_ODD_DIGITS = (
    f"replace(v, left(v, 1), '') = '' OR (NOT regexp_matches(v, '[a-z]') AND "
    f"(replace({_DIGITS}, left({_DIGITS}, 1), '') = '' OR contains({_DIGITS}, '12345') "
    f"OR contains({_DIGITS}, '98765')))"
)
"""Values of one character, and numbers of one digit or counted: what `why_word` may find by shape."""


def _why_mail(value: str) -> str | None:
    local, at, host = value.partition("@")
    label = host.split(".")[0]
    if not at:
        return "is no address" if value in NO_NAMES or value in NO_MAIL else None
    if local in NO_MAIL and (label in NO_HOSTS or not host):
        return "is no address"
    return "is no address" if local == label and _one_character(local, 1) else None


def _one_character(value: str, least: int) -> bool:
    return len(value) >= least and len(set(value)) == 1


def _made_up(value: str) -> bool:
    """One digit repeated, or digits counted up or down."""
    digits = re.sub(r"[^0-9]", "", value)
    if re.search(r"[a-z]", value) or len(digits) < 3:
        return bool(re.fullmatch(r"[x?*+()\-./ ]+", value))
    counted = len(digits) >= 5 and (digits in "01234567890123456789" or digits in "98765432109876543210")
    return len(set(digits)) == 1 or counted


def _plain(column: str) -> str:
    return f"lower(trim({quoted(column)}))"


def _shared(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, subject: Subject, more: frozenset[str]
) -> list[tuple[str, int, int, int, int]]:
    """(value, rows, filled rows of the column, different names, different organisations) of each value.

    Values of few rows are left out unless `why_word` could name them: only then can they be placeholders. All writings
    of one name that most of the rows have are one name: a person of a thousand mentions is misspelt in many ways. Names
    that differ in their digits are two: 'Shop 12' is no misspelt 'Shop 13'.
    """
    name = _joined(subject.who)
    token = "list_last" if subject.whole else "list_first"
    words = f"trim(regexp_replace(lower({name}), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"
    where = f"lower({_joined(subject.where)})" if subject.where else "NULL"
    rows = connection.execute(
        f"""WITH held AS (SELECT {_plain(column)} AS v, {words} AS words, {where} AS place, count(*) OVER () AS filled,
                nullif({token}(string_split_regex(words, ' ')), '') AS who
                FROM {quoted(table)} WHERE nullif(trim({quoted(column)}), '') IS NOT NULL),
            usual AS (SELECT v, mode(who ORDER BY who) AS usual FROM held GROUP BY v HAVING count(*) >= {FEW}),
            own AS (SELECT v, avg((contains(words, usual) OR {_digits("who")} = {_digits("usual")}
                AND jaro_winkler_similarity(who, usual) >= {ALIKE})::INTEGER)
                AS own FROM held JOIN usual USING (v) GROUP BY v)
        SELECT v, count(*), max(filled), CASE WHEN any_value(own) >= {OWN} THEN least(1, count(who))
            ELSE count(DISTINCT who) END, count(DISTINCT place) FROM held LEFT JOIN own USING (v)
            GROUP BY v HAVING count(*) >= {FEW} OR length(v) <= 3 OR v IN (SELECT unnest($words))
              OR split_part(v, '@', 1) IN (SELECT unnest($words)) OR {_ODD_DIGITS}
              OR regexp_matches(v, $hosts) ORDER BY 2 DESC, 1""",
        {"words": sorted(NO_NAMES | NO_MAIL | more), "hosts": f"(^|[./])({'|'.join(_HOSTS)})[.](com|net|org)"},
    ).fetchall()
    return [(str(v), int(n), int(filled), int(names), int(places)) for v, n, filled, names, places in rows]


def _joined(columns: Sequence[str]) -> str:
    return f"nullif(concat_ws(' ', {', '.join(quoted(c) for c in columns)}), '')" if columns else "NULL::VARCHAR"


def _why_shared(form: str, value: str, rows: int, filled: int, names: int, places: int) -> str | None:
    """A value shared by strangers: more different names than a household, a switchboard or a group of companies has."""
    if form not in STRANGERS or (form == "domain" and value.removeprefix("www.") in FREE_MAIL):
        return None
    many = names >= STRANGERS[form] or (names >= FEW and rows >= SHARE * filled and filled >= 2 * FEW)
    if not many or 0 < places < min(3, names) or (places == 0 and form in ("phone", "email") and names < FEW + 1):
        return None
    return f"is shared by {rows} records of {names} different names"
