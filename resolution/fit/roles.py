"""What a column of an unseen file can be, and the words in column names that say so. Frozen data."""

import itertools
import re

ROLES = (
    "given", "family", "middle", "suffix", "person", "organisation", "email", "phone", "url", "date", "year", "month",
    "day", "gender", "identifier", "postcode", "street", "house", "city", "state", "country", "title", "text", "word",
    "number", "category", "source", "unused",
)  # fmt: skip
"""`identifier` is a number that one entity has; `text` several words; `word` one or two; `unused` cannot tell apart."""

_WORDS: tuple[tuple[str, str], ...] = (
    ("email", "email mail emailaddress"),
    ("phone", "phone telephone tel mobile cell fax msisdn telefon handy phonenumber"),
    ("url", "url website web homepage domain site www linkedin"),
    ("gender", "gender sex geschlecht"),
    ("postcode", "postcode zip zipcode postal postalcode plz pin"),
    ("given", "given forename firstname fname vorname prenom givenname fornavn fornamn gname"),
    ("family", "family surname lastname lname nachname familyname sname efternamn etternavn apellido nom"),
    ("middle", "middle middlename midl mname mi"),
    ("suffix", "suffix generation namesuffix"),
    ("date", "dob birth birthdate birthday dateofbirth geburtsdatum born"),
    (
        "identifier",
        "ssn sin nin passport license licence vat tax lei duns isbn isin issn ean gtin upc asin sku crn siren siret "
        "ein tin iban nhs soc socsec soundex registration isrc doi orcid ror",
    ),
    (
        "organisation",
        "org organisation organization company companyname business firm employer affiliation account legal "
        "institution vendor manufacturer publisher brand assignee applicant corporate corporation affil "
        "enterprise supplier bank",
    ),
    ("house", "house housenumber houseno"),
    ("street", "street address addr address1 strasse line1 road streetaddress"),
    ("city", "city town suburb locality municipality ort stadt ville place"),
    ("state", "state province region county bundesland"),
    ("country", "country nation land"),
    ("title", "jobtitle position occupation"),
    ("year", "year yob"),
    ("month", "month mob"),
    ("person", "person fullname author authors artist inventor contact customer voter"),
    ("source", "source dataset"),
)
BY_WORD = {word: role for role, words in _WORDS for word in words.split()}
PAIRS: dict[tuple[str, str], str] = {
    ("first", "name"): "given", ("name", "first"): "given", ("last", "name"): "family", ("name", "last"): "family",
    ("street", "number"): "house", ("house", "number"): "house", ("birth", "year"): "year", ("birth", "month"): "month",
    ("birth", "day"): "day", ("job", "title"): "title", ("soc", "sec"): "identifier", ("national", "id"): "identifier",
    ("company", "number"): "identifier", ("registration", "number"): "identifier", ("e", "mail"): "email",
    ("name", "full"): "person", ("full", "name"): "person", ("name", "org"): "organisation",
    ("addr", "full"): "street", ("data", "source"): "source", ("record", "type"): "category",
}  # fmt: skip
"""Two words that follow each other say more than each alone."""
QUALIFIERS = frozenset("type country state status code date role desc description flag kind".split())  # noqa: SIM905
"""`phone_type`, `passport_country`: the last word says that the column is about the thing, not the thing."""


def words_of(name: str) -> list[str]:
    """The words of a column's name: 'PRIMARY_NAME_Last' -> primary, name, last; 'fname_c1' -> fname, c1."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [w for w in re.split(r"[^a-z0-9]+", spaced.lower()) if w]


def by_name(name: str) -> str | None:
    """The role that a column's name speaks of; None when it says nothing."""
    words = words_of(name)
    if len(words) > 1 and words[-1] in QUALIFIERS and not (words[-1] == "code" and "postal" in words):
        if words[-1] in ("country", "state"):
            return words[-1] if words[0] in ("addr", "address", "birth", "home", "raw") else "unused"
        if words[-1] == "date" and "birth" in words:
            return "date"
        if words[-1] == "code" and words[0] in ("zip", "post", "country"):
            return "country" if words[0] == "country" else "postcode"
        return "date" if words[-1] == "date" else "unused"
    for pair in itertools.pairwise(words):
        if pair in PAIRS:
            return PAIRS[pair]
    if words and words[0] in ("email", "phone"):
        return words[0]
    for word in reversed(words):
        if word in BY_WORD:
            return BY_WORD[word]
    if words in (["first"], ["last"]):
        return "given" if words == ["first"] else "family"
    return None
