"""Accounts: the same organisation written differently. A parent and its subsidiary stay two accounts.

Names are compared by the information in the words they share (rare words say more, legal forms say nothing).
"""

from resolution.matchers.terms import Block, Comparison, Level, Matcher, Veto

LEARN = """
CREATE OR REPLACE TABLE words_account AS
WITH named AS (SELECT source || chr(31) || uid AS record, company_core(name) AS words FROM input_account)
SELECT word, count(DISTINCT record) AS n, (SELECT count(*) FROM named) AS records
FROM (SELECT record, unnest(list_distinct(words)) AS word FROM named) GROUP BY word
"""
PREPARE = """
CREATE OR REPLACE TABLE prepared_account AS
WITH named AS (
    SELECT uid AS unique_id, source, company_core(name) AS words, company_squashed(name) AS name_squashed,
           letters_of(name) AS name_letters, core_branch(name) AS branch,
           named_like_person(name) AS like_person,
           CASE WHEN list_contains(free_mail(), dom.domain) THEN NULL ELSE dom.domain END AS domain,
           phone_key(phone) AS phone, phone_dial(phone) AS dial, plain_code(registration_id) AS registration_id,
           street_text(street) AS street, plain_code(postcode) AS postcode, city_key(city) AS city,
           country_key(country) AS country,
           list_filter(list_transform(string_split(coalesce(aliases, ''), '|'), lambda a:
               array_to_string(company_core(a), ' ')),
                       lambda a: a IS NOT NULL AND a <> '') AS aliases
    FROM input_account LEFT JOIN host_domain dom ON dom.host = coalesce(host_of(input_account.domain),
        host_of(website), mail_host(email))
), counted AS (
    SELECT unique_id, word, coalesce(n, 1) AS n, coalesce((SELECT max(records) FROM words_account), 1) AS records
    FROM (SELECT unique_id, unnest(list_distinct(words)) AS word FROM named) LEFT JOIN words_account USING (word)
), bits AS (
    SELECT unique_id, list(word ORDER BY n, word) AS by_rarity, list(n ORDER BY n, word) AS counts,
           list(log2(records / n + 1) ORDER BY n, word) AS word_bits FROM counted GROUP BY unique_id
)
SELECT named.unique_id, source, domain, phone, dial, registration_id, street, postcode, city, country, aliases, branch,
       plain_label(domain) AS domain_label, contains(name_letters, letters_of(city)) AS named_after_city,
       left(phone, -3) AS phone_trunk, like_person,
       nullif(array_to_string(words, ' '), '') AS name_core, name_squashed,
       by_rarity AS name_words, list_transform(by_rarity, lambda w: left(w, 2)) AS name_starts, word_bits AS name_bits,
           list_sum(word_bits) AS name_total,
       list_transform(list_filter(list_zip(by_rarity, counts), lambda p, i: i <= 2 AND length(p[1]) > 1), lambda p:
           p[1]) AS rare_words,
       array_to_string(list_transform(words, lambda w: left(w, 1)), '') AS initials
FROM named LEFT JOIN bits USING (unique_id)
"""

_ALIKE = (
    "(CASE WHEN any_shared(name_starts_l, name_starts_r) THEN "
    "words_alike(name_words_l, name_bits_l, name_total_l, name_words_r, name_bits_r, name_total_r) ELSE 0 END)"
)

NAME = Comparison(
    "name",
    "What the records call the organisation.",
    "name_core_l IS NULL OR name_core_r IS NULL",
    (
        Level("same name, legal form aside", "name_core_l = name_core_r", 0.45, "name_core"),
        Level(
            "same words, spaced or ordered differently",
            "branch_l = branch_r AND (name_squashed_l = name_squashed_r OR list_sort(name_words_l) = "
            "list_sort(name_words_r) OR "
            "list_contains(aliases_l, name_core_r) OR list_contains(aliases_r, name_core_l))",
            0.05,
        ),
        Level("same name but for a place or branch", f"branch_l <> branch_r AND {_ALIKE} >= 0.4", 0.03),
        Level(
            "nearly all of the name's information shared",
            f"{_ALIKE} >= 0.8 OR (length(name_squashed_l) >= 6 AND "
            "(jaro_winkler_similarity(name_squashed_l, name_squashed_r) >= 0.95 OR "
            "length(name_squashed_l) >= 9 AND damerau_levenshtein(name_squashed_l, name_squashed_r) <= 2))",
            0.2,
        ),
        Level("most of the name's information shared", f"{_ALIKE} >= 0.55", 0.12),
        Level(
            "one name is the initials of the other",
            "(length(initials_l) >= 3 AND initials_l = name_squashed_r) OR "
            "(length(initials_r) >= 3 AND initials_r = name_squashed_l)",
            0.02,
        ),
        Level("some of the name's information shared", f"{_ALIKE} >= 0.3", 0.06),
    ),
    needs=("name_core",),
)
DOMAIN = Comparison(
    "domain",
    "Internet domain; free-mail domains count for nothing.",
    "domain_l IS NULL OR domain_r IS NULL",
    (
        Level("same domain", "domain_l = domain_r", 0.8, "domain"),
        Level("same domain under another ending", "domain_label_l = domain_label_r", 0.05, "domain_label"),
        Level("one letter of the domain apart", "damerau_levenshtein(domain_label_l, domain_label_r) <= 1", 0.02),
        Level("domains alike", "jaro_winkler_similarity(domain_label_l, domain_label_r) >= 0.93", 0.03, u=0.03),
    ),
    otherwise_m=0.12,
    needs=("domain",),
)
PHONE = Comparison(
    "phone",
    "Phone; a switchboard that many share is worth little.",
    "phone_l IS NULL OR phone_r IS NULL",
    (
        Level("same digits in two countries", "phone_trunk_l = phone_trunk_r AND dial_l <> dial_r", 0.02, u=0.02),
        Level("same phone", "phone_l = phone_r", 0.6, "phone"),
        Level("same exchange, other extension", "phone_trunk_l = phone_trunk_r", 0.1, "phone_trunk"),
        Level("one digit apart", "levenshtein(phone_l, phone_r) <= 1", 0.05),
    ),
    otherwise_m=0.25,
    needs=("phone",),
)
PLACE = Comparison(
    "place",
    "Where it is.",
    "(street_l IS NULL OR street_r IS NULL) AND (postcode_l IS NULL OR postcode_r IS NULL) AND "
    "(city_l IS NULL OR city_r IS NULL) AND (country_l IS NULL OR country_r IS NULL)",
    (
        Level(
            "same street and postcode",
            "postcode_l = postcode_r AND jaro_winkler_similarity(street_l, street_r) >= 0.9",
            0.35,
        ),
        Level("same postcode", "postcode_l = postcode_r", 0.2, "postcode"),
        Level(
            "same street",
            "jaro_winkler_similarity(street_l, street_r) >= 0.95 AND coalesce(city_l = city_r, true)",
            0.05,
        ),
        Level(
            "same city, which both names say already",
            "city_l = city_r AND named_after_city_l AND named_after_city_r",
            0.05,
            u=0.05,
        ),
        Level("same city", "city_l = city_r", 0.25, "city"),
        Level("city nearly the same", "jaro_winkler_similarity(city_l, city_r) >= 0.9", 0.04),
        Level("same country, other city", "country_l = country_r AND city_l <> city_r", 0.05),
        Level("same country", "country_l = country_r", 0.1),
        Level("other country", "country_l <> country_r", 0.01),
    ),
    needs=("postcode", "city", "country", "street"),
)
REGISTER = Comparison(
    "registration_id",
    "Number in the company register.",
    "registration_id_l IS NULL OR registration_id_r IS NULL",
    (
        Level("same number", "registration_id_l = registration_id_r", 0.95),
        Level("one character apart", "damerau_levenshtein(registration_id_l, registration_id_r) <= 1", 0.03),
    ),
    otherwise_m=0.02,
    needs=("registration_id",),
)

ACCOUNT = Matcher(
    kind="account",
    about="Organisations.",
    columns=(
        "name",
        "aliases",
        "domain",
        "website",
        "email",
        "phone",
        "street",
        "city",
        "postcode",
        "country",
        "registration_id",
    ),
    prepare=PREPARE,
    learn=LEARN,
    learned="words_account",
    comparisons=(NAME, DOMAIN, PHONE, PLACE, REGISTER),
    blocks=(
        Block("same registration number", "registration_id", ("registration_id",)),
        Block("same name", "name_core", ("name_core",), 120),
        Block("same domain", "domain", ("domain",)),
        Block("same phone", "phone", ("phone",)),
        Block("one of the two rarest words", "rare_words", ("name_core",), 80),
        Block("first letters of the name and city", "left(name_squashed, 4) || '|' || city", ("name_core", "city")),
        Block("first letters of the name", "left(name_squashed, 6)", ("name_core",), 80),
        Block("skeleton of the name", "skeleton(name_squashed)", ("name_core",)),
        Block("domain's first label", "domain_label", ("domain",)),
        Block("name is the domain's label", "coalesce(domain_label, name_squashed)", ("domain",)),
        Block("name without spaces", "name_squashed", ("name_core",)),
        Block("postcode and first letter", "postcode || '|' || left(name_squashed, 1)", ("postcode",)),
        Block(
            "initials",
            "CASE WHEN len(name_words) >= 3 THEN initials WHEN len(name_words) = 1 AND "
            "length(name_squashed) <= 6 THEN name_squashed END",
            ("name_core",),
            20,
        ),
    ),
    training=(("name_core",), ("domain",), ("phone",), ("registration_id",), ("postcode",)),
    sure=(
        ("name_core", "domain"),
        ("name_core", "phone"),
        ("registration_id",),
        ("name_core", "postcode"),
        ("name_core", "city"),
    ),
    sure_recall=0.6,
    threshold=0.0,
    missing_pair=-2.0,
    vetoes=(
        Veto(
            "different registration numbers",
            "registration_id_l IS NOT NULL AND registration_id_r IS NOT NULL AND "
            "damerau_levenshtein(registration_id_l, registration_id_r) > 2",
            ("registration_id",),
        ),
        Veto(
            "in two countries, tied by no more than name and domain",
            "country_l <> country_r AND coalesce(city_l <> city_r, true) AND coalesce(postcode_l <> postcode_r, true) "
            "AND coalesce(registration_id_l <> registration_id_r, true) "
            "AND NOT coalesce(phone_l = phone_r AND dial_l = dial_r, false)",
            ("country",),
        ),
        Veto(
            "named like persons in one source, where nothing else is told of them",
            "like_person_l AND like_person_r AND source_l = source_r AND coalesce(domain_l, domain_r, phone_l, "
            "phone_r, street_l, street_r, postcode_l, postcode_r, city_l, city_r, registration_id_l, "
            "registration_id_r) IS NULL",
            ("name_core", "domain"),
        ),
    ),
)
