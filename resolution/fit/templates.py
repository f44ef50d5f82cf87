"""Typed comparisons: for each role of a column its normal form, its degrees of likeness and the keys it blocks by."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from resolution.fit.profile import read_date_sql
from resolution.matchers.terms import Comparison, Level

SHARED_IDENTIFIER = 2e-4


@dataclass(frozen=True, slots=True)
class Part:
    """What one field gives a matcher.

    `select` makes its prepared columns from the file's (name, SQL). `exact` is the column whose equality is an
    agreement. `keys` are expressions over prepared records that block alone; `coarse` ones that block with another
    part's. `sure` says how much an equal value proves: 2 nearly identifies, 1 narrows, 0 neither.
    """

    role: str
    columns: tuple[str, ...]
    select: tuple[tuple[str, str], ...]
    comparison: Comparison | None
    exact: str | None
    keys: tuple[tuple[str, str, int], ...] = ()
    coarse: tuple[tuple[str, str], ...] = ()
    sure: int = 0


def raw_filled(column: str) -> str:
    """A column of the file, empty text as null."""
    return 'filled("raw {}")'.format(column.replace('"', '""'))


def _missing(name: str) -> str:
    return f"{name}_l IS NULL OR {name}_r IS NULL"


def email(column: str, name: str, *, of_persons: bool = False) -> Part:
    """An e-mail address: whole, before the @, spelled nearly the same, the domain alone.

    Of persons, an office's address (info@) says nothing, and what is made of the name (jjones@) no more than the name.
    """
    local, host = f"{name}_local", f"{name}_host"
    raw = f"mail_of(regexp_extract(lower({raw_filled(column)}), '([^<>\\s\"]+@[^<>\\s\"]+)', 1))"
    if of_persons:
        raw = f"CASE WHEN NOT list_contains(role_addresses(), mail_local({raw})) THEN {raw} END"
    named = Level(
        "the same name before another @", f"{local}_l = {local}_r AND {name}_l <> {name}_r AND "
        f"coalesce(made_of_name({local}_l, letters_of({local}_l), first_l, last_l), false)", 0.1, u=0.1,
    )  # fmt: skip
    alike = f"jaro_winkler_similarity({local}_l, {local}_r) >= 0.9"
    if of_persons:  # what is made of a name begins alike where the first names are the same: the last names decide
        bare = f"rtrim({local}_l, '0123456789')"
        made = f"coalesce(made_of_name({bare}, letters_of({local}_l), first_l, last_l), false)"
        alike = f"({alike} AND NOT ({made} AND coalesce(jaro_winkler_similarity(last_l, last_r) < 0.9, false)))"
    levels = (
        Level("same address", f"{name}_l = {name}_r", 0.6, name),
        *((named,) if of_persons else ()),
        Level("same before the @", f"{local}_l = {local}_r", 0.1, local),
        Level(
            "spelled nearly the same",
            f"damerau_levenshtein({name}_l, {name}_r) <= 2 OR {alike}",
            0.12,
        ),
        Level("same domain", f"{host}_l = {host}_r", 0.05, host),
    )
    return Part(
        "email", (column,), ((name, raw), (local, f"mail_local({raw})"), (host, f"mail_host({raw})")),
        Comparison(name, f"E-mail address ({column}).", _missing(name), levels, otherwise_m=0.13, needs=(name,)), name,
        keys=((f"same {column}", name, 60), (f"same {column} before the @", local, 40)),
        coarse=((f"{column}'s start", f"left({local}, 3)"),), sure=2,
    )  # fmt: skip


def phone(column: str, name: str) -> Part:
    """A phone number: its last nine digits, seven of them where an area code is missing, one digit apart."""
    digits = f"ltrim(phone_digits({raw_filled(column)}), '0')"
    raw = f"CASE WHEN length({digits}) >= 6 THEN right({digits}, 9) END"
    levels = (
        Level("same number", f"{name}_l = {name}_r", 0.65, name),
        Level("same last seven digits", f"right({name}_l, 7) = right({name}_r, 7)", 0.08),
        Level("one digit apart", f"damerau_levenshtein({name}_l, {name}_r) <= 1", 0.07),
    )
    return Part(
        "phone", (column,), ((name, raw),),
        Comparison(name, f"Phone number ({column}).", _missing(name), levels, otherwise_m=0.2, needs=(name,)), name,
        keys=((f"same {column}", name, 60), (f"same last digits of {column}", f"right({name}, 7)", 60)), sure=2,
    )  # fmt: skip


def identifier(column: str, name: str) -> Part:
    """A number or code that one entity has: that two share one is rare by its nature, not by this file's size."""
    levels = (
        Level("same", f"{name}_l = {name}_r", 0.9, u=SHARED_IDENTIFIER),
        Level("one character apart, or two exchanged", f"damerau_levenshtein({name}_l, {name}_r) <= 1", 0.06),
        Level("two characters apart", f"length({name}_l) >= 6 AND damerau_levenshtein({name}_l, {name}_r) <= 2", 0.015),
    )
    return Part(
        "identifier", (column,), ((name, f"plain_code({raw_filled(column)})"),),
        Comparison(name, f"Identifier ({column}).", _missing(name), levels, otherwise_m=0.01, needs=(name,)), name,
        keys=((f"same {column}", name, 60),), coarse=((f"{column}'s end", f"right({name}, 4)"),), sure=2,
    )  # fmt: skip


def date(column: str, formats: tuple[str, ...], name: str, raw: str | None = None) -> Part:
    """A date: same, day and month exchanged, a digit wrong, two of three parts, a year apart."""
    read = read_date_sql(f"trim({raw_filled(column)})", formats)
    text = raw or f"coalesce(strftime({read}, '%Y-%m-%d'), {_slipped(column, formats[:1])})"
    cuts = ("left({}, 4)", "substr({}, 6, 2)", "right({}, 2)")
    same = [f"{cut.format(f'{name}_l')} = {cut.format(f'{name}_r')}" for cut in cuts]
    turned = f"right({name}_l, 5) = right({name}_r, 2) || '-' || substr({name}_r, 6, 2)"
    crossed = [f"substr({name}_{a}, 6, 2) = right({name}_{b}, 2)" for a, b in (("l", "r"), ("r", "l"))]
    levels = (
        Level("same day", f"{name}_l = {name}_r", 0.8, name),
        Level("day and month exchanged", f"{same[0]} AND {turned}", 0.03),
        Level("one digit apart, or two exchanged", f"damerau_levenshtein({name}_l, {name}_r) <= 1", 0.07),
        Level(
            "two of year, month and day the same",
            " OR ".join(f"({a} AND {b})" for a, b in (*combinations(same, 2), crossed)), 0.05,
        ),
        Level("same year", same[0], 0.02),
    )  # fmt: skip
    return Part(
        "date", (column,), ((name, text),),
        Comparison(name, f"Date ({column}).", _missing(name), levels, otherwise_m=0.008, needs=(name,)), name,
        keys=((f"same {column}", name, 80),),
        coarse=(
            (f"year and month of {column}", f"left({name}, 7)"), (f"month and day of {column}", f"right({name}, 5)"),
            (f"year and day of {column}", f"left({name}, 4) || right({name}, 2)"),
        ), sure=1,
    )  # fmt: skip


def _slipped(column: str, formats: tuple[str, ...]) -> str:
    """A date that no format reads, for a slip of the pen: its three numbers in the order of the usual format."""
    order = re.findall(r"%([Ymd])", formats[0]) if formats else []
    if sorted(order) != ["Y", "d", "m"] or "%b" in formats[0] or formats[0] == "%Y%m%d":
        return "NULL"
    numbers = f"regexp_extract_all({raw_filled(column)}, '\\d+')"
    year, month, day = (f"{numbers}[{order.index(part) + 1}]" for part in "Ymd")
    return f"CASE WHEN len({numbers}) = 3 THEN {year} || '-' || lpad({month}, 2, '0') || '-' || lpad({day}, 2, '0') END"


def postcode(column: str, name: str) -> Part:
    """A postal code: same, a digit apart, the same area."""
    raw = f"plain_code(regexp_replace({raw_filled(column)}, '^(\\d{{5}})-?\\d{{4}}$', '\\1'))"
    levels = (
        Level("same", f"{name}_l = {name}_r", 0.75, name),
        Level("one character apart, or two exchanged", f"damerau_levenshtein({name}_l, {name}_r) <= 1", 0.08),
        Level("same area", f"left({name}_l, 3) = left({name}_r, 3)", 0.05),
    )
    return Part(
        "postcode", (column,), ((name, raw),),
        Comparison(name, f"Postal code ({column}).", _missing(name), levels, otherwise_m=0.12, needs=(name,)), name,
        coarse=((column, name),), sure=0,
    )  # fmt: skip


def place(column: str, name: str, role: str) -> Part:
    """A city, state or country under any of its names."""
    key = {"city": "city_key", "country": "country_key"}.get(role, "place_text")
    levels = (
        Level("same", f"{name}_l = {name}_r", 0.75, name),
        Level("spelled nearly the same", f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.9", 0.08),
    )
    return Part(
        role, (column,), ((name, f"{key}({raw_filled(column)})"),),
        Comparison(name, f"{role.title()} ({column}).", _missing(name), levels, otherwise_m=0.17, needs=(name,)), name,
        coarse=((column, name),) if role == "city" else (),
    )  # fmt: skip


def word(column: str, name: str, role: str = "word") -> Part:
    """One or two words: same, spelled nearly the same, alike."""
    levels = (
        Level("same", f"{name}_l = {name}_r", 0.65, name),
        Level(
            "spelled nearly the same",
            f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.92 OR "
            f"(length({name}_l) >= 4 AND damerau_levenshtein({name}_l, {name}_r) <= 1)",
            0.12,
        ),
        Level(
            "alike",
            f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.8 OR contains({name}_l, {name}_r) OR "
            f"contains({name}_r, {name}_l)",
            0.06,
        ),
    )
    return Part(
        role, (column,), ((name, f"place_text({raw_filled(column)})"),),
        Comparison(name, f"Column {column}.", _missing(name), levels, otherwise_m=0.17, needs=(name,)), name,
        keys=((f"same {column}", name, 25),), coarse=((column, name),),
    )  # fmt: skip


def street(column: str, name: str) -> Part:
    """A street, with or without the house number: same, spelled nearly the same, alike."""
    levels = (
        Level("same street", f"{name}_l = {name}_r", 0.6, name),
        Level(
            "spelled nearly the same",
            f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.92 OR damerau_levenshtein({name}_l, {name}_r) <= 2",
            0.2,
        ),
        Level("alike", f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.8", 0.05),
    )
    return Part(
        "street", (column,), ((name, f"street_text({raw_filled(column)})"),),
        Comparison(name, f"Street ({column}).", _missing(name), levels, otherwise_m=0.15, needs=(name,)), name,
        keys=((f"same {column}", name, 40),), coarse=((f"{column}'s start", f"left({name}, 8)"),),
    )  # fmt: skip


def category(column: str, name: str) -> Part:
    """One of few values."""
    return Part(
        "category", (column,), ((name, f"place_text({raw_filled(column)})"),),
        Comparison(
            name, f"Column {column}.", _missing(name), (Level("same", f"{name}_l = {name}_r", 0.8, name),),
            otherwise_m=0.2, needs=(name,),
        ), None,
    )  # fmt: skip


def gender(column: str, name: str) -> Part:
    """Man or woman, however written; anything else says nothing."""
    code = f"left(lower({raw_filled(column)}), 1)"
    raw = f"CASE WHEN {code} IN ('m', 'h') THEN 'm' WHEN {code} IN ('f', 'w') THEN 'f' END"
    return Part(
        "gender", (column,), ((name, raw),),
        Comparison(
            name, f"Gender ({column}).", _missing(name), (Level("same", f"{name}_l = {name}_r", 0.97),),
            otherwise_m=0.03, needs=(name,),
        ), None,
    )  # fmt: skip


def number(column: str, name: str) -> Part:
    """A quantity or a year: same, within a hundredth, within a tenth."""
    raw = f"try_cast(regexp_replace({raw_filled(column)}, '[$€£,% ]', '', 'g') AS DOUBLE)"
    gap, size = f"abs({name}_l - {name}_r)", f"greatest(abs({name}_l), abs({name}_r))"
    levels = (
        Level("same", f"{name}_l = {name}_r", 0.7, name),
        Level("within a hundredth", f"{gap} <= 0.01 * {size}", 0.1),
        Level("within a tenth", f"{gap} <= 0.1 * {size}", 0.05),
    )
    return Part(
        "number", (column,), ((name, raw),),
        Comparison(name, f"Number ({column}).", _missing(name), levels, otherwise_m=0.12, needs=(name,)), None,
    )  # fmt: skip


def point(latitude: str, longitude: str, name: str) -> Part:
    """A place on earth in degrees: the same point, and within 50 metres, 300 metres, 2 and 20 kilometres.

    Where one of the two degrees is not told, the other one still is.
    """
    north, east = f"{name}_north", f"{name}_east"
    number = [f"try_cast(replace({raw_filled(column)}, ',', '.') AS DOUBLE)" for column in (latitude, longitude)]
    nowhere = " AND ".join(f"{one} = 0" for one in number)  # where the equator meets Greenwich: nobody filled it in
    raw = [
        f"CASE WHEN NOT ({nowhere}) AND abs({one}) <= {most} THEN {one} END"  # 9999999999 is nowhere either
        for one, most in zip(number, (90, 180), strict=True)
    ]
    across = f"({east}_l - {east}_r) * cos(radians({north}_l))"  # a degree of a sphere 40,030 km round is 111.2 km
    gap = f"111.2 * sqrt(pow({north}_l - {north}_r, 2) + pow({across}, 2))"
    half = f"111.2 * coalesce(abs({north}_l - {north}_r), abs({east}_l - {east}_r))"
    levels = (
        Level("same point", f"{name}_l = {name}_r", 0.5, name),
        Level("within 50 metres", f"{gap} <= 0.05", 0.2),
        Level("within 300 metres", f"{gap} <= 0.3", 0.1),
        Level("same latitude or longitude, the other unknown", f"{gap} IS NULL AND {half} <= 0.05", 0.05),
        Level("within 2 kilometres", f"coalesce({gap}, {half}) <= 2", 0.04),
        Level("within 20 kilometres", f"coalesce({gap}, {half}) <= 20", 0.03),
    )
    missing = f"{half} IS NULL"
    said = f"round({raw[0]}, 4)::VARCHAR || ' ' || round({raw[1]}, 4)::VARCHAR"
    return Part(
        "point", (latitude, longitude), ((name, said), (north, raw[0]), (east, raw[1])),
        Comparison(name, f"Place ({latitude}, {longitude}).", missing, levels, otherwise_m=0.03, needs=(name,)),
        name, keys=(("same point", name, 60),),
        coarse=(("within some kilometres", f"round({north}, 1)::VARCHAR || ' ' || round({east}, 1)::VARCHAR"),), sure=1,
    )  # fmt: skip


TEMPLATES: dict[str, Callable[[str, str], Part]] = {
    "email": email, "phone": phone, "identifier": identifier, "postcode": postcode, "street": street,
    "word": word, "category": category, "gender": gender, "number": number, "house": lambda c, n: word(c, n, "house"),
    "title": lambda c, n: word(c, n, "title"), "city": lambda c, n: place(c, n, "city"),
    "state": lambda c, n: place(c, n, "state"), "country": lambda c, n: place(c, n, "country"),
    "url": lambda c, n: word(c, n, "url"), "year": number,
}  # fmt: skip
"""The roles that a single column fills; names of persons, texts and dates are built apart."""
