"""Contacts and the persons behind leads: names with nicknames, initials, order and spelling; mail, phone, employer,
    place.

The same matcher reads any file of persons: a comparison whose columns are empty is left out of the model.
"""

from resolution.matchers.contact_comparisons import (
    BIRTH,
    EMAIL,
    EMPLOYER,
    NAME,
    NATIONAL,
    NICK,
    PHONE,
    PLACE,
    PROFILE,
    STREET,
    TITLE,
)
from resolution.matchers.terms import Block, Matcher, Veto

PREPARE = """
CREATE OR REPLACE TABLE prepared_contact AS
-- What is used several times is told once, a step earlier: long expressions take DuckDB long to plan.
WITH mailed AS (
    SELECT *, mail_of(email) AS mail, company_words(company) AS company_written FROM input_contact
), told AS (
    SELECT *, local_of(mail) AS mail_local, host_in(mail) AS mail_host, core_words(company_written) AS company_core,
           regexp_extract(linkedin, '/in/([^/?]+)', 1) AS profile
    FROM mailed
), parsed AS (
    SELECT uid AS unique_id, told.*, regexp_replace(mail_local, '[^a-z]', '', 'g') AS mail_letters,
           CASE WHEN len(company_core) > 0 THEN company_core WHEN len(company_written) > 0 THEN company_written END
               AS company_words,
           filled(first_name) IS NULL AND filled(last_name) IS NULL AS unparted,
           CASE WHEN unparted AND name LIKE '%,%' AND len(string_split(name, ',')) = 2
                THEN person_words(split_part(name, ',', 2)) || person_words(split_part(name, ',', 1))
                WHEN filled(name) IS NOT NULL AND unparted THEN person_words(name)
                WHEN unparted AND regexp_matches(mail_local, '^[a-z]+[._-][a-z]+$')
                THEN person_words(regexp_replace(mail_local, '[._-]', ' '))
           END AS whole,
           person_words(first_name) AS firsts, person_words(last_name) AS lasts
    FROM told
), split AS (
    SELECT *, coalesce(firsts[1], CASE WHEN len(whole) > 1 THEN whole[1] END) AS first,
           CASE WHEN len(lasts) > 0 THEN array_to_string(lasts, '')
                WHEN len(whole) > 0 THEN array_to_string(list_filter(whole, lambda w, i: i > 1 AND (i = len(whole) OR
                    list_contains(particles(), w))), '')
           END AS last_written,
           CASE WHEN len(whole) = 1 THEN whole[1] END AS only_word,
           coalesce(firsts[2], CASE WHEN len(whole) > 2 AND NOT list_contains(particles(), whole[2]) THEN whole[2] END)
               AS middle
    FROM parsed
), hinted AS (
    -- Addresses and profile pages often spell the name out: andi.berg -> andreas.berg@..., j.evasn -> j.evans@...
    SELECT *, coalesce(nullif(last_written, ''), only_word) AS last,
           string_split(regexp_extract(fold(mail_local), '^([a-z]{2,}[._-][a-z]{2,})[0-9]*$', 1), '.') AS hint,
           regexp_extract_all(fold(coalesce(profile, '')), '[a-z]{2,}') AS page, fold(mail_letters) AS mail_folded
    FROM split
), nick AS (
    SELECT short, list(DISTINCT name ORDER BY name) AS names FROM nickname GROUP BY short
)
SELECT unique_id, source, nullif(first, '') AS first, last, middle,
       list_distinct(list_filter(coalesce(nick.names, []) || [first] || CASE WHEN len(hint) = 2 AND
           sounds_like(hint[2], last) AND left(hint[1], 1) = left(first, 1)
           THEN [hint[1]] ELSE [] END || CASE WHEN len(page) >= 2 AND sounds_like(page[2], last) AND left(page[1], 1) =
               left(first, 1) THEN [page[1]] ELSE [] END,
           lambda x: x IS NOT NULL)) AS first_names,
       list_distinct(list_filter([last] || CASE WHEN len(hint) = 2 AND sounds_like(hint[2], last) THEN [hint[2]] ELSE
           [] END
           || CASE WHEN len(page) >= 2 AND sounds_like(page[2], last) THEN [page[2]] ELSE [] END, lambda x: x IS NOT
               NULL)) AS last_names,
       list_distinct(list_filter(coalesce(nick_last.names, []) || [last], lambda x: x IS NOT NULL)) AS last_forms,
       first || ' ' || last AS full_name, array_to_string(list_sort([first, last]), ' ') AS sorted_name,
       CASE WHEN NOT list_contains(role_addresses(), mail_local) THEN mail END AS email, mail_local,
       CASE WHEN NOT made_of_name(mail_local, mail_folded, first, last) THEN mail_local END AS mail_own,
       mail_host, list_contains(free_mail(), dom.domain) AS mail_free,
       CASE WHEN NOT mail_free THEN dom.domain END AS mail_domain, mail_letters,
       phone_key(phone) AS phone, employer, company_words, nullif(array_to_string(company_words, ' '), '') AS company,
       place_text(title) AS title, seniority, city_key(city) AS city, country_key(country) AS country,
           plain_code(postcode) AS postcode,
       street_text(street) AS street, strftime(birth_date, '%Y-%m-%d') AS birth_date, month(birth_date)::VARCHAR AS
           birth_month,
       plain_code(national_id) AS national_id, lower(filled(linkedin)) AS linkedin, left(plain_code(gender), 1) AS
           gender
FROM hinted LEFT JOIN nick ON nick.short = hinted.first LEFT JOIN nick nick_last ON nick_last.short = hinted.last LEFT
    JOIN host_domain dom ON dom.host = mail_host
"""

_APART = "first_l IS NOT NULL AND first_r IS NOT NULL AND last_l IS NOT NULL AND last_r IS NOT NULL"

CONTACT = Matcher(
    kind="contact",
    about="Persons.",
    columns=(
        "name",
        "first_name",
        "last_name",
        "email",
        "phone",
        "title",
        "seniority",
        "employer",
        "company",
        "street",
        "city",
        "postcode",
        "country",
        "birth_date",
        "national_id",
        "linkedin",
        "gender",
    ),
    prepare=PREPARE,
    comparisons=(NAME, EMAIL, PHONE, EMPLOYER, TITLE, PLACE, STREET, BIRTH, NATIONAL, PROFILE),
    blocks=(
        Block("same address", "email", ("email",)),
        Block("same profile page", "linkedin", ("linkedin",)),
        Block("same national number", "national_id", ("national_id",)),
        Block("same name", "full_name", ("last", "first"), 150),
        Block("same name in any order", "sorted_name", ("last", "first"), 150),
        Block("same phone", "phone", ("phone",), 40),
        Block("same before the @", "CASE WHEN length(mail_letters) >= 5 THEN mail_letters END", ("email",)),
        Block("last name and employer", "last || '|' || employer", ("last", "employer")),
        Block(
            "first name and employer",
            "list_transform(first_names, lambda f: f || '|' || employer)",
            ("first", "employer"),
            40,
        ),
        Block(
            "last name and a form of the first",
            "list_transform(first_names, lambda f: f || '|' || last)",
            ("first", "last"),
            80,
        ),
        Block(
            "forms of both names in any order",
            "both_names(first_names, last_names) || both_names(last_forms, [first])",
            ("first", "last"),
            80,
        ),
        Block(
            "sound of the last name and the initial", "skeleton(last) || '|' || left(first, 1)", ("first", "last"), 80
        ),
        Block("first name and the start of the last", "first || '|' || left(last, 3)", ("first", "last"), 60),
        Block("initials, mail domain", "left(first, 1) || left(last, 2) || '|' || mail_domain", ("first", "email"), 40),
        Block("last name", "last", ("last",), 25),
        Block("first name and city", "first || '|' || city", ("first", "city"), 25),
        Block("first name", "first", ("first",), 15),
        Block("birth date", "birth_date", ("birth_date",), 80),
        Block("birth date and first name", "birth_date || '|' || left(first, 2)", ("birth_date", "first"), 80),
        Block("birth date and last name", "birth_date || '|' || left(last, 2)", ("birth_date", "last"), 80),
        Block("birth month, day and first name", "right(birth_date, 5) || '|' || first", ("birth_date", "first"), 60),
        Block("birth year, month and last name", "left(birth_date, 7) || '|' || last", ("birth_date", "last"), 60),
        Block("postcode and first name", "postcode || '|' || first", ("postcode", "first")),
        Block("postcode and last name", "postcode || '|' || last", ("postcode", "last")),
        Block("city, last name", "city || '|' || last", ("city", "last"), 60),
        Block("street", "street", ("street",), 40),
        Block("company and last name", "left(company, 5) || '|' || last", ("company", "last")),
        Block("company and first name", "left(company, 5) || '|' || first", ("company", "first")),
    ),
    training=(
        ("full_name",),
        ("email", "mail_host"),
        ("phone",),
        ("linkedin",),
        ("birth_date",),
        ("national_id",),
        ("street",),
        ("last", "city"),
    ),
    sure=(
        ("email",),
        ("linkedin",),
        ("full_name", "employer"),
        ("full_name", "phone"),
        ("full_name", "birth_date"),
        ("national_id",),
        ("full_name", "street"),
    ),
    sure_recall=0.7,
    threshold=0.0,
    missing_pair=-2.0,
    vetoes=(
        Veto(
            "same last name, clearly another first name",
            "last_l = last_r AND length(first_l) > 1 AND "
            f"length(first_r) > 1 AND NOT {NICK} AND "
            "jaro_winkler_similarity(first_l, first_r) < 0.75 AND first_l <> last_r AND coalesce(email_l <> email_r, "
            "true) AND "
            "coalesce(national_id_l <> national_id_r, true) AND coalesce(linkedin_l <> linkedin_r, true) AND "
            "coalesce(birth_date_l <> birth_date_r, true)",
            ("first", "last"),
        ),
        Veto(
            "birth dates far apart",
            "birth_date_l IS NOT NULL AND birth_date_r IS NOT NULL AND left(birth_date_l, "
            "4) <> left(birth_date_r, 4) AND "
            "right(birth_date_l, 5) <> right(birth_date_r, 5) AND damerau_levenshtein(birth_date_l, birth_date_r) > 2 "
            "AND coalesce(full_name_l <> full_name_r, true)",
            ("birth_date",),
        ),
        Veto(
            "clearly different persons: first and last names both differ",
            f"{_APART} AND left(first_l, 1) <> left(first_r, 1) AND "
            "jaro_winkler_similarity(first_l, first_r) < 0.7 AND jaro_winkler_similarity(last_l, last_r) < 0.7 AND "
            "NOT any_shared(first_names_l, first_names_r) "
            "AND jaro_winkler_similarity(sorted_name_l, sorted_name_r) < 0.85 AND coalesce(email_l <> email_r, true) "
            "AND coalesce(national_id_l <> national_id_r, true)",
            ("first", "last"),
        ),
    ),
)
