"""What a column of an unseen file can be, and the words in column names that say so. Frozen data."""

import itertools
import re

from anyascii import anyascii

ROLES = (
    "given", "family", "middle", "suffix", "person", "organisation", "email", "phone", "url", "date", "event", "year",
    "month", "day", "gender", "identifier", "postcode", "street", "house", "city", "state", "country", "title",
    "text", "word", "number", "category", "latitude", "longitude", "source", "unused",
)  # fmt: skip
"""`identifier` is a number that one entity has; `date` the day of its birth or foundation, `event` of anything else;
`text` several words; `word` one or two; `unused` cannot tell apart."""

_WORDS: tuple[tuple[str, str], ...] = (
    ("email", "email mail emailaddress epost correo courriel mailadresse"),
    (
        "phone",
        "phone telephone tel mobile cell fax msisdn telefon handy phonenumber telefono telefoon telefone mobil "
        "movil cellulare cellphone landline rufnummer",
    ),
    ("url", "url website web homepage domain site www linkedin webseite internet"),
    ("gender", "gender sex geschlecht sexe sexo sesso kon geslacht plec"),
    ("latitude", "latitude lat ycoord"),
    ("longitude", "longitude lon lng long xcoord"),
    (
        "postcode",
        "postcode zip zipcode postal postalcode plz pin postleitzahl cap cp postnummer postnr cep kod pincode",
    ),
    (
        "given",
        "given forename firstname fname vorname prenom givenname fornavn fornamn gname voornaam nombre nome imie",
    ),
    (
        "family",
        "family surname lastname lname nachname familyname sname efternamn etternavn apellido apellidos nom "
        "cognome achternaam sobrenome nazwisko familienname",
    ),
    ("middle", "middle middlename midl mname mi"),
    ("suffix", "suffix generation namesuffix"),
    (
        "date",
        "dob birth birthdate birthday dateofbirth geburtsdatum born naissance nacimiento nascita nascimento "
        "geboortedatum fodelsedatum geburtstag",
    ),
    (
        "identifier",
        "ssn sin nin passport license licence vat tax lei duns isbn isin issn ean gtin upc asin sku crn siren siret "
        "ein tin iban nhs soc socsec soundex registration isrc doi orcid ror",
    ),
    (
        "organisation",
        "org organisation organization company companyname business firm employer affiliation account legal "
        "institution vendor manufacturer publisher brand assignee applicant corporate corporation affil "
        "enterprise supplier bank firma unternehmen entreprise societe empresa azienda bedrijf foretag sociale "
        "sociedad arbeitgeber employeur werkgever",
    ),
    ("house", "house housenumber houseno hausnummer hausnr huisnummer numero civico"),
    (
        "street",
        "street address addr strasse line1 road streetaddress adresse direccion indirizzo adres endereco adress "
        "anschrift rue calle via straat ulica gata rua domicilio",
    ),
    (
        "city",
        "city town suburb locality municipality ort stadt ville place ciudad citta plaats cidade stad miasto "
        "commune localite localidad comune gemeinde wohnort",
    ),
    ("state", "state province region county bundesland departement provincia regione estado provincie lan wojewodztwo"),
    ("country", "country nation land pays pais paese kraj"),
    ("title", "jobtitle position occupation beruf poste cargo funktion fonction"),
    ("year", "year yob"),
    ("month", "month mob"),
    (
        "person",
        "person fullname author authors artist inventor contact customer voter kunde client cliente ansprechpartner",
    ),
    ("source", "source dataset"),
    ("category", "prefix salutation honorific anrede nameprefix"),
)
_STREET_KINDS = (
    "allee alley av ave avenida avenue blvd boulevard calle carrer chemin cir circle close court cres crescent ct "
    "dr drive esplanade gade gata highway hwy jalan jln laan lane ln lorong mews parade parkway piazza pkwy pl "
    "place platz plaza pobox quay rd rise road route row rua rue sq square st str straat strasse street ter "
    "terrace trail ul ulica ulitsa vag vej via viale walk way weg"
)
STREET_KINDS = frozenset(_STREET_KINDS.split())
"""Words that say that a line names a street."""
STREET_ENDINGS = ("strasse", "straat", "gasse", "allee", "platz", "gatan", "vagen", "laan", "weg", "str")
BY_WORD = {word: role for role, words in _WORDS for word in words.split()}
PAIRS: dict[tuple[str, str], str] = {
    ("first", "name"): "given", ("name", "first"): "given", ("last", "name"): "family", ("name", "last"): "family",
    ("street", "number"): "house", ("house", "number"): "house", ("birth", "year"): "year", ("birth", "month"): "month",
    ("birth", "day"): "day", ("job", "title"): "title", ("soc", "sec"): "identifier", ("national", "id"): "identifier",
    ("company", "number"): "identifier", ("registration", "number"): "identifier", ("e", "mail"): "email",
    ("name", "full"): "person", ("full", "name"): "person", ("name", "org"): "organisation",
    ("addr", "full"): "street", ("data", "source"): "source", ("record", "type"): "category",
    ("y", "coord"): "latitude", ("x", "coord"): "longitude", ("raison", "sociale"): "organisation",
    ("razon", "social"): "organisation", ("ragione", "sociale"): "organisation", ("first", "line"): "street",
    ("date", "naissance"): "date", ("site", "name"): "organisation", ("legal", "name"): "organisation",
    ("trade", "name"): "organisation", ("display", "name"): "organisation",
}  # fmt: skip
"""Two words that follow each other say more than each alone."""
FOUNDATION = frozenset("founded foundation incorporated incorporation gegrundet grundung fondation".split())  # noqa: SIM905
"""Words that make a date that of a foundation; beside others they say less: `state of incorporation` is a state."""
QUALIFIERS = frozenset("type country state status code date role desc description flag kind".split())  # noqa: SIM905
"""`phone_type`, `passport_country`: the last word says that the column is about the thing, not the thing."""


_USUAL_BESIDE = (
    "home work mailing billing primary legal main business office mobile private shipping company site full postal "
    "street contact first last"
)
_BESIDE = frozenset(BY_WORD) | frozenset(_USUAL_BESIDE.split())
"""Words that stand before a known one without a space."""


def words_of(name: str) -> list[str]:
    """The words of a column's name: 'PRIMARY_NAME_Last' -> primary, name, last; 'fname_c1' -> fname, c1."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", anyascii(name))
    return [part for w in re.split(r"[^a-z0-9]+", spaced.lower()) if w for part in _parted(w)]


def _parted(word: str) -> tuple[str, ...]:
    """A word without the number behind it, in two where two known words were written as one: `mobilephone`."""
    bare = word.rstrip("0123456789") or word
    if word in BY_WORD or len(bare) < 3:
        return (word,)
    cuts = [(bare[:i], bare[i:]) for i in range(3, len(bare) - 2)]
    found = [cut for cut in cuts if cut in PAIRS or (cut[0] in _BESIDE and cut[1] in BY_WORD)]
    return (bare,) if bare in BY_WORD or not found else found[0]


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


def is_origin(name: str) -> bool:
    """Whether a column's name speaks of a birth or a foundation, which each entity has once."""
    return any(BY_WORD.get(word) == "date" or word in FOUNDATION for word in words_of(name))


def is_street_word(word: str) -> bool:
    """Whether a word in lower-case ASCII says that a line names a street: `road`, `bahnhofstrasse`."""
    return word in STREET_KINDS or (len(word) > 6 and word.endswith(STREET_ENDINGS))
