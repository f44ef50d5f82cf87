"""Contacts and the persons behind leads: names with nicknames, initials, order and spelling; mail, phone, employer,
    place.

The same matcher reads any file of persons: a comparison whose columns are empty is left out of the model.
"""

from resolution.matchers.terms import Block, Comparison, Level, Matcher, Veto

PREPARE = """
CREATE OR REPLACE TABLE prepared_contact AS
WITH parsed AS (
    SELECT uid AS unique_id, source, input_contact.*,
           CASE WHEN filled(first_name) IS NULL AND filled(last_name) IS NULL AND name LIKE '%,%' AND
               len(string_split(name, ',')) = 2
                THEN person_words(split_part(name, ',', 2)) || person_words(split_part(name, ',', 1))
                WHEN filled(name) IS NOT NULL AND filled(first_name) IS NULL AND filled(last_name) IS NULL THEN
                    person_words(name)
                WHEN filled(first_name) IS NULL AND filled(last_name) IS NULL AND regexp_matches(mail_local(email),
                    '^[a-z]+[._-][a-z]+$')
                THEN person_words(regexp_replace(mail_local(email), '[._-]', ' '))
           END AS whole,
           person_words(first_name) AS firsts, person_words(last_name) AS lasts
    FROM input_contact
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
           string_split(regexp_extract(fold(mail_local(email)), '^([a-z]{2,}[._-][a-z]{2,})[0-9]*$', 1), '.') AS hint,
           regexp_extract_all(fold(coalesce(regexp_extract(linkedin, '/in/([^/?]+)', 1), '')), '[a-z]{2,}') AS page
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
       CASE WHEN NOT list_contains(role_addresses(), mail_local(email)) THEN mail_of(email) END AS email,
           mail_local(email) AS mail_local,
       CASE WHEN NOT made_of_name(mail_local(email), first, last) THEN mail_local(email) END AS mail_own,
       mail_host(email) AS mail_host, list_contains(free_mail(), dom.domain) AS mail_free, CASE WHEN
           list_contains(free_mail(), dom.domain) THEN NULL ELSE dom.domain END AS mail_domain,
       regexp_replace(mail_local(email), '[^a-z]', '', 'g') AS mail_letters,
       phone_key(phone) AS phone, employer, company_core(company) AS company_words,
           nullif(array_to_string(company_core(company), ' '), '') AS company,
       place_text(title) AS title, seniority, place_text(city) AS city, place_text(country) AS country,
           plain_code(postcode) AS postcode,
       street_text(street) AS street, strftime(birth_date, '%Y-%m-%d') AS birth_date, month(birth_date)::VARCHAR AS
           birth_month,
       plain_code(national_id) AS national_id, lower(filled(linkedin)) AS linkedin, left(plain_code(gender), 1) AS
           gender
FROM hinted LEFT JOIN nick ON nick.short = hinted.first LEFT JOIN nick nick_last ON nick_last.short = hinted.last LEFT
    JOIN host_domain dom ON dom.host = mail_host(email)
"""

_NICK = "(any_shared(first_names_l, first_names_r))"
_INITIAL = "((length(first_l) = 1 OR length(first_r) = 1) AND left(first_l, 1) = left(first_r, 1))"
_NEAR_FIRST = "(jaro_winkler_similarity(first_l, first_r) >= 0.88 OR damerau_levenshtein(first_l, first_r) <= 1)"
_NEAR_LAST = (
    "(jaro_winkler_similarity(last_l, last_r) >= 0.92 OR (length(last_l) >= 4 AND "
    "damerau_levenshtein(last_l, last_r) <= 1) OR "
    "(length(last_l) >= 5 AND length(last_r) >= 5 AND (starts_with(last_l, last_r) OR starts_with(last_r, "
    "last_l))))"
)

NAME = Comparison(
    "name",
    "First and last name, with nicknames, initials and spellings.",
    "(first_l IS NULL AND last_l IS NULL) OR (first_r IS NULL AND last_r IS NULL)",
    (
        Level("same name", "full_name_l = full_name_r", 0.5, "full_name"),
        Level("same name in another order", "sorted_name_l = sorted_name_r", 0.02, "sorted_name"),
        Level("same last name, a known form of the first", f"last_l = last_r AND {_NICK}", 0.08, "last"),
        Level(
            "same last name, first name spelled nearly the same",
            f"last_l = last_r AND {_NEAR_FIRST} AND length(first_l) > 1",
            0.08,
            "last",
        ),
        Level("same last name, initial fits", f"last_l = last_r AND {_INITIAL}", 0.06, "last"),
        Level(
            "forms of both names that an address or a page spells out",
            f"{_NICK} AND any_shared(last_names_l, last_names_r)",
            0.03,
        ),
        Level(
            "last name spelled nearly the same, same first name",
            f"{_NEAR_LAST} AND (first_l = first_r OR {_NICK})",
            0.1,
            "first",
        ),
        Level("both names spelled nearly the same", f"{_NEAR_LAST} AND {_NEAR_FIRST}", 0.03),
        Level("last name spelled nearly the same, initial fits", f"{_NEAR_LAST} AND {_INITIAL}", 0.01),
        Level(
            "nearly the same in another order",
            "jaro_winkler_similarity(sorted_name_l, sorted_name_r) >= 0.94 OR "
            "(last_l = first_r AND any_shared(first_names_l, last_forms_r)) OR (last_r = first_l AND "
            "any_shared(first_names_r, last_forms_l)) OR "
            "(jaro_winkler_similarity(last_l, first_r) >= 0.92 AND jaro_winkler_similarity(first_l, last_r) "
            ">= 0.88)",
            0.01,
        ),
        Level(
            "same last name, first name missing",
            "last_l = last_r AND (first_l IS NULL OR first_r IS NULL)",
            0.05,
            "last",
        ),
        Level(
            "same first name, last name missing",
            "first_l = first_r AND (last_l IS NULL OR last_r IS NULL)",
            0.05,
            "first",
        ),
        Level("same last name, other first name", "last_l = last_r", 0.015, "last"),
        Level("same first name, other last name", "first_l = first_r", 0.03, "first"),
        Level("a known form of the first name, other last name", _NICK, 0.01),
        Level(
            "one name missing, nothing shared",
            "first_l IS NULL OR last_l IS NULL OR first_r IS NULL OR last_r IS NULL",
            0.01,
        ),
    ),
    otherwise_m=0.005,
    needs=("last", "first"),
)
EMAIL = Comparison(
    "email",
    "E-mail address. A part before the @ that is only the name says no more than the name; where it points "
    "to is the employer's business.",
    "email_l IS NULL OR email_r IS NULL OR (email_l <> email_r AND mail_host_l <> mail_host_r AND coalesce(mail_own_l "
    "<> mail_own_r, true) AND "
    "(mail_free_l <> mail_free_r OR (mail_own_l IS NULL AND mail_own_r IS NULL)))",
    (
        Level("same address", "email_l = email_r", 0.6, "email"),
        Level("same before the @, and not just the name", "mail_own_l = mail_own_r", 0.05, "mail_own"),
        Level(
            "address spelled nearly the same",
            "(mail_host_l = mail_host_r AND left(mail_local_l, 1) = "
            "left(mail_local_r, 1) AND length(mail_local_l) >= 6 AND "
            "damerau_levenshtein(mail_local_l, mail_local_r) <= 1) OR (mail_local_l = mail_local_r AND "
            "damerau_levenshtein(mail_host_l, mail_host_r) <= 1)",
            0.05,
        ),
        Level("two addresses at one company's domain", "mail_domain_l = mail_domain_r", 0.05, u=0.8),
    ),
    otherwise_m=0.15,
    needs=("email",),
)
PHONE = Comparison(
    "phone",
    "Phone; a shared switchboard is worth little.",
    "phone_l IS NULL OR phone_r IS NULL",
    (
        Level("same phone", "phone_l = phone_r", 0.6, "phone"),
        Level("one digit apart", "damerau_levenshtein(phone_l, phone_r) <= 1", 0.08),
        Level("last seven digits the same", "right(phone_l, 7) = right(phone_r, 7)", 0.02),
    ),
    otherwise_m=0.3,
    needs=("phone",),
)
EMPLOYER = Comparison(
    "employer",
    "Where they work: the resolved account, the mail domain, else the company as written.",
    "(employer_l IS NULL OR employer_r IS NULL) AND (mail_host_l IS NULL OR mail_host_r IS NULL OR mail_free_l OR "
    "mail_free_r) AND (company_l IS NULL OR company_r IS NULL)",
    (
        Level("same account", "employer_l = employer_r", 0.75, "employer"),
        Level("same mail domain", "mail_host_l = mail_host_r AND NOT mail_free_l", 0.05, "mail_domain"),
        Level("company written the same", "company_l = company_r", 0.05, "company"),
        Level("company written nearly the same", "jaro_winkler_similarity(company_l, company_r) >= 0.9", 0.05),
    ),
    otherwise_m=0.15,
    needs=("employer", "company", "mail_domain"),
)
TITLE = Comparison(
    "title",
    "Job title.",
    "title_l IS NULL OR title_r IS NULL",
    (
        Level("same title", "title_l = title_r", 0.5, "title"),
        Level(
            "title alike",
            "jaro_winkler_similarity(title_l, title_r) >= 0.85 OR contains(title_l, title_r) OR "
            "contains(title_r, title_l)",
            0.2,
        ),
    ),
    otherwise_m=0.3,
    needs=("title",),
)
PLACE = Comparison(
    "place",
    "Where they live or sit.",
    "(city_l IS NULL OR city_r IS NULL) AND (postcode_l IS NULL OR postcode_r IS NULL)",
    (
        Level("same postcode", "postcode_l = postcode_r", 0.6, "postcode"),
        Level("same city", "city_l = city_r", 0.3, "city"),
        Level(
            "nearly the same city or postcode",
            "jaro_winkler_similarity(city_l, city_r) >= 0.9 OR damerau_levenshtein(postcode_l, postcode_r) <= 1",
            0.1,
        ),
    ),
    otherwise_m=0.15,
    needs=("city", "postcode"),
)
STREET = Comparison(
    "street",
    "Street address.",
    "street_l IS NULL OR street_r IS NULL",
    (
        Level("same street", "street_l = street_r", 0.6, "street"),
        Level(
            "street alike",
            "jaro_winkler_similarity(street_l, street_r) >= 0.9 OR damerau_levenshtein(street_l, street_r) <= 2",
            0.2,
        ),
    ),
    otherwise_m=0.2,
    needs=("street",),
)
BIRTH = Comparison(
    "birth_date",
    "Date of birth.",
    "birth_date_l IS NULL OR birth_date_r IS NULL",
    (
        Level("same date", "birth_date_l = birth_date_r", 0.85, "birth_date"),
        Level(
            "one digit, or day and month, apart",
            "damerau_levenshtein(birth_date_l, birth_date_r) <= 1 OR "
            "(left(birth_date_l, 4) = left(birth_date_r, 4) "
            "AND substr(birth_date_l, 6, 2) = right(birth_date_r, 2) AND right(birth_date_l, 2) = "
            "substr(birth_date_r, 6, 2))",
            0.08,
        ),
        Level(
            "two of year, month, day the same",
            "(left(birth_date_l, 7) = left(birth_date_r, 7)) OR "
            "(right(birth_date_l, 5) = right(birth_date_r, 5)) OR "
            "(left(birth_date_l, 4) = left(birth_date_r, 4) AND right(birth_date_l, 2) = "
            "right(birth_date_r, 2))",
            0.04,
        ),
    ),
    otherwise_m=0.02,
    needs=("birth_date",),
)
NATIONAL = Comparison(
    "national_id",
    "Number given by a state or a profile that is one person's.",
    "national_id_l IS NULL OR national_id_r IS NULL",
    (
        Level("same number", "national_id_l = national_id_r", 0.9),
        Level("one character apart", "damerau_levenshtein(national_id_l, national_id_r) <= 1", 0.07),
    ),
    otherwise_m=0.03,
    needs=("national_id",),
)
PROFILE = Comparison(
    "linkedin",
    "Profile page.",
    "linkedin_l IS NULL OR linkedin_r IS NULL",
    (Level("same page", "linkedin_l = linkedin_r", 0.95),),
    otherwise_m=0.05,
    needs=("linkedin",),
)

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
            f"length(first_r) > 1 AND NOT {_NICK} AND "
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
