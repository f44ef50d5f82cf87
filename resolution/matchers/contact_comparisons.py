"""What the records of two persons are compared by, each from the best agreement down to none."""

from resolution.matchers.terms import Comparison, Level

NICK = "(any_shared(first_names_l, first_names_r))"
"""The first names have a known form in common."""

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
        Level("same last name, a known form of the first", f"last_l = last_r AND {NICK}", 0.08, "last"),
        Level(
            "same last name, first name spelled nearly the same",
            f"last_l = last_r AND {_NEAR_FIRST} AND length(first_l) > 1",
            0.08,
            "last",
        ),
        Level("same last name, initial fits", f"last_l = last_r AND {_INITIAL}", 0.06, "last"),
        Level(
            "forms of both names that an address or a page spells out",
            f"{NICK} AND any_shared(last_names_l, last_names_r)",
            0.03,
        ),
        Level(
            "last name spelled nearly the same, same first name",
            f"{_NEAR_LAST} AND (first_l = first_r OR {NICK})",
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
        Level("a known form of the first name, other last name", NICK, 0.01),
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
