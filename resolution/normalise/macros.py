"""Normal forms that records are compared by, as DuckDB macros so that they work on whole tables.

`install(con)` adds them to a connection. Transliteration is `anyascii` (called only for values that are not ASCII);
registrable domains follow the public suffix list that ships inside `tldextract`, which is never asked to download one.
"""

from functools import lru_cache

import duckdb
import tldextract
from anyascii import anyascii

from resolution.normalise import words
from resolution.normalise.given_names import GIVEN_NAMES
from resolution.normalise.nicknames import NICKNAMES
from resolution.normalise.places import install_places

_EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def to_ascii(text: str) -> str:
    """Transliterate to ASCII: 'Łódź' -> 'Lodz', 'Мария' -> 'Mariya'."""
    return anyascii(text)


@lru_cache(maxsize=200_000)
def registrable_domain(host: str) -> str | None:
    """The part of a host name that someone registered: 'mail.acme.co.uk' -> 'acme.co.uk'; None when there is none.

    Under an ending that is not on the public suffix list (an inner network's) it is the last two labels.
    """
    found = _EXTRACT(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or None
    labels = host.lower().strip(".").split(".")
    inner = len(labels) > 1 and all(labels) and labels[-1].isalpha()
    return ".".join(labels[-2:]) if inner else None


def _texts(values: frozenset[str]) -> str:
    return "[" + ", ".join(f"'{v}'" for v in sorted(values)) + "]"


def _mapping(pairs: dict[str, str]) -> str:
    inside = ", ".join(f"'{k}': '{v}'" for k, v in sorted(pairs.items()))
    return f"MAP {{{inside}}}"


def _registrable_text(host: str) -> str:
    return registrable_domain(host) or ""


MACROS = (
    # Folding: ASCII, lower case, German and Nordic double spellings made one (Mueller = Müller, Aage = Åge).
    "ascii_of(x) AS CASE WHEN regexp_matches(x, '[^\\x00-\\x7F]') THEN to_ascii(x) ELSE x END",
    "filled(x) AS nullif(trim(x), '')",
    "fold(x) AS replace(replace(replace(replace(lower(ascii_of(x)), 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'aa', 'a')",
    # Organisations.
    "company_text(x) AS trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(replace(replace("
    f"' ' || lower(ascii_of(regexp_replace(x, '{words.NATIVE_FORMS}', ' ', 'g'))) || ' ', ' a/s', ' as'), "
    "'&', ' and '), "
    "'\\.(com|net|org|io)\\b', ' \\1', 'g'), "
    "'[.''`]', '', 'g'),"
    f"'[^a-z0-9]+', ' ', 'g'), '\\b(?:{words.LEGAL_PHRASES})\\b', ' ', 'g'))",
    "company_words(x) AS list_filter(string_split(company_text(x), ' '), lambda w: w <> '')",
    "core_words(ws) AS list_transform(list_filter(ws, lambda w, i: NOT (list_contains(legal_forms(), w) AND (i > 1 OR "
    "list_contains(prefix_forms(), w))) AND NOT list_contains(filler(), w)), lambda w: coalesce(word_stems()[w], w))",
    "one_word(ws) AS CASE WHEN len(ws) > 1 AND len(list_filter(ws, lambda w: NOT list_contains(general_words(), w))) "
    "= 0 THEN [array_to_string(ws, ' ')] ELSE ws END",
    "company_core(x) AS CASE WHEN len(core_words(company_words(x))) > 0 THEN one_word(core_words(company_words(x))) "
    "WHEN len(company_words(x)) > 0 THEN company_words(x) END",
    "company_squashed(x) AS filled(array_to_string(coalesce(nullif(list_filter(company_words(x), lambda w, i: "
    "NOT (list_contains(legal_forms(), w) AND (i > 1 OR list_contains(prefix_forms(), w))) AND NOT "
    "list_contains(filler(), w)), []), company_words(x)), ''))",
    "core_branch(x) AS coalesce(array_to_string(list_sort(list_filter(company_words(x), lambda w: "
    "list_contains(branch_words(), w))), ' '), '')",
    # Persons.
    "person_text(x) AS trim(regexp_replace(regexp_replace(fold(x), '[''`´.]', '', 'g'), '[^a-z]+', ' ', 'g'))",
    "person_words(x) AS list_filter(string_split(person_text(x), ' '), lambda w: w <> '' AND NOT "
    "list_contains(person_titles(), w)"
    " AND NOT list_contains(person_suffixes(), w))",
    # An account named like a person: a given name, then nothing that companies are called.
    "named_like_person(x) AS len(person_words(x)) BETWEEN 2 AND 4 AND list_contains(given_names(), person_words(x)[1]) "
    "AND len(list_filter(company_words(x), lambda w: list_contains(legal_forms(), w) OR "
    "list_contains(general_words(), w) OR coalesce(word_stems()[w], w) <> w)) = 0",
    "undoubled(x) AS replace(replace(replace(replace(replace(replace(replace(x, 'll', 'l'), 'tt', 't'), 'nn', 'n'), "
    "'mm', 'm'),"
    " 'ss', 's'), 'rr', 'r'), 'kk', 'k')",
    "skeleton(x) AS left(x, 1) || undoubled(regexp_replace(replace(replace(replace(replace(replace(replace(substr(x, "
    "2), 'ph', 'f'),"
    " 'ck', 'k'), 'c', 'k'), 'z', 's'), 'w', 'v'), 'dt', 't'), '[aeiouyh]', '', 'g'))",
    "sounds_like(a, b) AS a = b OR jaro_winkler_similarity(a, b) >= 0.88 OR damerau_levenshtein(a, b) <= 1",
    "both_names(fs, ls) AS flatten(list_transform(fs, lambda f: list_transform(ls, lambda l: least(f, l) || '|' || "
    "greatest(f, l))))",
    # Addresses of all kinds.
    "host_of(x) AS filled(regexp_replace(regexp_replace(lower(trim(x)), '^[a-z]+://', ''), '[/?#:].*$', ''))",
    "registrable(x) AS nullif(registrable_text(x), '')",
    "mail_of(x) AS CASE WHEN regexp_matches(lower(trim(x)), '^[^@\\s]+@[^@\\s]+\\.[a-z0-9.-]+$') THEN "
    "lower(trim(x)) END",
    "local_of(mail) AS regexp_replace(split_part(mail, '@', 1), '\\+.*$', '')",
    "host_in(mail) AS filled(split_part(mail, '@', 2))",
    "mail_local(x) AS local_of(mail_of(x))",
    "mail_host(x) AS host_in(mail_of(x))",
    # A local part that is the name and nothing more: letters only, in one of the usual patterns.
    "made_of_name(local, letters, f, l) AS regexp_full_match(local, '[a-z._-]+') AND f IS NOT NULL AND l IS NOT NULL "
    "AND (contains(letters, l) OR starts_with(letters, f) OR jaro_winkler_similarity(letters, f || l) >= 0.85 OR "
    "jaro_winkler_similarity(letters, left(f, 1) || l) >= 0.85)",
    "corporate_host(x) AS CASE WHEN NOT list_contains(free_mail(), mail_host(x)) THEN mail_host(x) END",
    "phone_digits(x) AS regexp_replace(regexp_replace(regexp_replace(x, '(?i)(ext|x|#|extension|durchwahl|dw).*$', "
    "''), '\\(0\\)', ''), '[^0-9]', '', 'g')",
    "phone_key(x) AS CASE WHEN length(ltrim(phone_digits(x), '0')) >= 7 THEN right(ltrim(phone_digits(x), '0'), 9) END",
    "phone_dial(x) AS CASE WHEN regexp_matches(trim(x), '^(\\+|00)') THEN "
    "filled(left(ltrim(phone_digits(x), '0'), -9)) END",
    "plain_label(x) AS regexp_replace(split_part(x, '.', 1), "
    "'-(group|gruppe|groupe|grupo|holding|international|global)$', '')",
    "plain_code(x) AS filled(regexp_replace(upper(ascii_of(x)), '[^A-Z0-9]', '', 'g'))",
    "letters_of(x) AS regexp_replace(fold(x), '[^a-z]', '', 'g')",
    "street_text(x) AS filled(trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(fold(x), "
    "'(strasse|straße|str\\.|stra[sz]e)', 'str', 'g'),"
    " '\\b(street|st)\\b\\.?', 'st', 'g'), '\\b(road|rd)\\b\\.?', 'rd', 'g'), '[^a-z0-9]+', ' ', 'g')))",
    "place_text(x) AS filled(trim(regexp_replace(fold(x), '[^a-z0-9]+', ' ', 'g')))",
    # Similarities over lists, as macros: Splink's parser sees plain function calls.
    "word_gain(w, b, others) AS CASE WHEN list_contains(others, w) THEN b WHEN length(w) >= 5 AND "
    "len(list_filter(others, "
    "lambda o: length(o) >= 4 AND jaro_winkler_similarity(o, w) >= 0.92)) > 0 THEN 0.8 * b "
    "WHEN length(w) BETWEEN 2 AND 4 AND len(list_filter(others, lambda o: starts_with(o, w))) > 0 THEN 0.3 * b "
    "ELSE 0 END",
    "words_gain(ws, bs, others) AS list_sum(list_transform(list_zip(ws, bs), lambda p: word_gain(p[1], p[2], others)))",
    "words_alike(wl, bl, tl, wr, br, tr) AS (words_gain(wl, bl, wr) + words_gain(wr, br, wl)) / (tl + tr)",
    "any_shared(a, b) AS len(list_intersect(a, b)) > 0",
)


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Add the functions and macros of this file to a DuckDB connection."""
    con.create_function("to_ascii", to_ascii, ["VARCHAR"], "VARCHAR")
    con.create_function("registrable_text", _registrable_text, ["VARCHAR"], "VARCHAR")
    lists = {
        "legal_forms": words.LEGAL_FORMS,
        "prefix_forms": words.PREFIX_FORMS,
        "filler": words.FILLER,
        "general_words": words.GENERAL_WORDS,
        "person_titles": words.PERSON_TITLES,
        "person_suffixes": words.PERSON_SUFFIXES,
        "particles": words.PARTICLES,
        "free_mail": words.FREE_MAIL,
        "role_addresses": words.ROLE_ADDRESSES,
        "given_names": GIVEN_NAMES,
        "branch_words": words.BRANCH_WORDS,
    }
    for name, values in lists.items():
        con.execute(f"CREATE OR REPLACE MACRO {name}() AS {_texts(values)}")
    con.execute(f"CREATE OR REPLACE MACRO word_stems() AS {_mapping(words.STEM_OF)}")
    for macro in MACROS:
        con.execute(f"CREATE OR REPLACE MACRO {macro}")
    install_places(con)
    pairs = sorted({(s, n) for n, short in NICKNAMES.items() for s in (n, *short)})
    con.execute("CREATE OR REPLACE TEMP TABLE nickname (short VARCHAR, name VARCHAR)")
    short, names = zip(*pairs, strict=True)
    con.execute(
        "INSERT INTO nickname SELECT fold(short), fold(name) "
        "FROM (SELECT unnest(?::VARCHAR[]) AS short, unnest(?::VARCHAR[]) AS name)",
        [list(short), list(names)],
    )
