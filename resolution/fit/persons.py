"""Names of persons in unseen files: one column or several, in any order, with nicknames, initials and generations.

First and last name are two comparisons, so that each is learned from the file and a missing one says nothing.
"""

from resolution.fit.templates import Part, raw_filled
from resolution.matchers.terms import Comparison, Level

_NICK = "any_shared(first_forms_l, first_forms_r)"
_INITIAL = (
    "least(length(first_l), length(first_r)) = 1 AND (contains(first_initials_l, first_r) OR "
    "contains(first_initials_r, first_l))"
)
_ALIKE = (
    "jaro_winkler_similarity(first_l, first_r) >= 0.8 AND abs(length(first_l) - length(first_r)) <= 1 "
    "OR (starts_with(first_l, first_r) AND NOT first_known_r) OR (starts_with(first_r, first_l) AND NOT first_known_l)"
)
"""What another name begins with is short for it, unless it is a name of its own: Annabelle is not called Anna."""


def _crossed(one: str, other: str) -> str:
    """On one side the family name comes first: it is last here, and one of the other names is first here."""
    given = f"first_{other}"
    fits = " OR ".join(
        f"jaro_winkler_similarity({name}_{one}, {given}) >= 0.92 OR starts_with({name}_{one}, {given}) OR "
        f"starts_with({given}, {name}_{one})"
        for name in ("last", "middle")
    )
    return f"(length(first_{one}) >= 3 AND jaro_winkler_similarity(first_{one}, last_{other}) >= 0.92 AND ({fits}))"


_CROSSED = f"(({_crossed('l', 'r')} OR {_crossed('r', 'l')}) AND NOT (first_l = first_r OR last_l = last_r))"
SUFFIXES = "['jr', 'sr', 'junior', 'senior', 'i', 'ii', 'iii', 'iv']"


def _near(name: str) -> str:
    return (
        f"(jaro_winkler_similarity({name}_l, {name}_r) >= 0.92 AND abs(length({name}_l) - length({name}_r)) <= 2 OR "
        f"(length({name}_l) >= 4 AND length({name}_r) >= 4 AND damerau_levenshtein({name}_l, {name}_r) <= 1))"
    )


def _sound(name: str) -> str:
    return f"({name}_sound_l = {name}_sound_r AND length({name}_sound_l) >= 2)"


FIRST = Comparison(
    "first",
    "First name, with nicknames, initials and spellings.",
    "first_l IS NULL OR first_r IS NULL",
    (
        Level("same first name", "first_l = first_r", 0.65, "first"),
        Level("first and last name exchanged", f"coalesce({_CROSSED}, false)", 0.03),
        Level("a known form of it", _NICK, 0.1),
        Level("spelled nearly the same", _near("first"), 0.1),
        Level("sounds the same, or short for it", _sound("first"), 0.05),
        Level("an initial that fits", _INITIAL, 0.04),
        Level("alike", _ALIKE, 0.02, u=0.02),
    ),
    otherwise_m=0.01,
    needs=("first",),
)  # fmt: skip
LAST = Comparison(
    "last",
    "Last name, with spellings and double names; names exchanged are told by the first name.",
    f"last_l IS NULL OR last_r IS NULL OR coalesce({_CROSSED}, false)",
    (
        Level("same last name", "last_l = last_r", 0.7, "last"),
        Level("spelled nearly the same", _near("last"), 0.12),
        Level("one part of a double name", "any_shared(last_parts_l, last_parts_r)", 0.03),
        Level("sounds the same", _sound("last"), 0.03),
        Level("alike", "jaro_winkler_similarity(last_l, last_r) >= 0.8", 0.03),
    ),
    otherwise_m=0.06,
    needs=("last",),
)
MIDDLE = Comparison(
    "middle",
    "Middle names.",
    f"middle_l IS NULL OR middle_r IS NULL OR coalesce({_CROSSED}, false)",
    (
        Level("same middle name", "middle_l = middle_r", 0.7, "middle"),
        Level("an initial that fits", "left(middle_l, 1) = left(middle_r, 1)", 0.2),
    ),
    otherwise_m=0.1,
    needs=("middle",),
)
GENERATION = Comparison(
    "generation",
    "Junior or senior, the first or the second.",
    "generation_l IS NULL OR generation_r IS NULL",
    (
        Level("same", "generation_l = generation_r", 0.5, u=0.5),
        Level("another generation", "generation_l <> generation_r", 0.004, u=0.5),
    ),
    needs=("generation",),
)


def _joined(columns: list[str]) -> str:
    return "concat_ws(' ', " + ", ".join(raw_filled(c) for c in columns) + ")" if columns else "NULL::VARCHAR"


def persons(given: list[str], family: list[str], middle: list[str], suffix: list[str], whole: list[str]) -> list[Part]:
    """The parts for the columns that hold names of persons; empty when there are none."""
    if not (given or family or whole):
        return []
    every = (*given, *family, *middle, *suffix, *whole)
    full = f"coalesce({', '.join(raw_filled(c) for c in whole)})" if whole else "NULL::VARCHAR"
    turn = f"split_part({full}, ',', 2) || ' ' || split_part({full}, ',', 1)"
    swapped = f"CASE WHEN {full} LIKE '%,%' THEN {turn} ELSE {full} END"
    spaced = f"regexp_replace(ascii_of({swapped}), '([a-z])([A-Z])', '\\1 \\2', 'g')"
    words = f"name_words({spaced})"
    turned = f"regexp_matches({full}, '[\\x{{4E00}}-\\x{{9FFF}}\\x{{AC00}}-\\x{{D7AF}}]')"  # family name first
    raw = (
        ("fit_given", f"name_words({_joined(given)})"),
        ("fit_family", f"name_words({_joined(family)})"),
        ("fit_middle", f"name_words({_joined(middle)})"),
        ("fit_whole", f"CASE WHEN {turned} THEN {words}[2:] || {words}[:1] ELSE {words} END"),
        (
            "fit_generation",
            f"list_filter(string_split(person_text(concat_ws(' ', {_joined(list(every))})), ' '), "
            f"lambda w, i: i > 1 AND list_contains({SUFFIXES}, w))[1]",
        ),
    )
    return [
        Part(
            "person", every, raw, FIRST, "first",
            keys=(
                ("same first and last name", "first || '|' || last", 150),
                ("same names in any order", "array_to_string(list_sort([first, last]), '|')", 150),
                ("last name and a form of the first", "list_transform(first_forms, lambda f: f || '|' || last)", 80),
                ("sound of the last name and the initial", "skeleton(last) || '|' || left(first, 1)", 80),
                ("first name and the start of the last", "first || '|' || left(last, 3)", 60),
                ("same first name", "first", 15),
            ),
            coarse=(("first name", "first"), ("sound of the first name", "skeleton(first)")),
        ),
        Part(
            "person", (), (), LAST, "last",
            keys=(("same last name", "last", 25),),
            coarse=(("last name", "last"), ("sound of the last name", "skeleton(last)")),
        ),
        Part("person", (), (), MIDDLE, None),
        Part("person", (), (), GENERATION, None),
    ]  # fmt: skip


DERIVED = """
CREATE OR REPLACE TABLE {table} AS
WITH named AS (
    SELECT *, coalesce(fit_given[1], CASE WHEN len(fit_whole) > 1 THEN fit_whole[1] END) AS first,
        CASE WHEN len(fit_family) > 0 THEN array_to_string(fit_family, '')
             WHEN len(fit_whole) > 1 THEN array_to_string(list_filter(fit_whole, lambda w, i: i > 1 AND
                 (i = len(fit_whole) OR list_contains(particles(), w))), '')
             WHEN len(fit_whole) = 1 THEN fit_whole[1] END AS last,
        coalesce(fit_middle[1], fit_given[2],
            CASE WHEN len(fit_whole) > 2 AND NOT list_contains(particles(), fit_whole[2]) THEN fit_whole[2] END)
            AS middle,
        list_filter(CASE WHEN len(fit_family) > 0 THEN fit_family ELSE fit_whole[2:] END,
            lambda w: length(w) >= 3 AND NOT list_contains(particles(), w)) AS last_parts,
        CASE fit_generation WHEN 'junior' THEN 'jr' WHEN 'senior' THEN 'sr' ELSE fit_generation END AS generation
    FROM {table}
), nick AS (
    SELECT plain_ending(n.short) AS short, list(DISTINCT n.name ORDER BY n.name) AS names,
        string_agg(DISTINCT left(other.short, 1), '') AS initials
    FROM nickname n JOIN nickname other USING (name) GROUP BY ALL
)
SELECT named.* EXCLUDE (fit_given, fit_family, fit_middle, fit_whole, fit_generation),
    list_distinct(list_filter(coalesce(nick.names, []) || [first], lambda x: x IS NOT NULL)) AS first_forms,
    nick.names IS NOT NULL AS first_known,
    left(first, 1) || coalesce(nick.initials, '') AS first_initials,
    sound_of(first) AS first_sound, sound_of(last) AS last_sound
FROM named LEFT JOIN nick ON nick.short = plain_ending(named.first)
"""
"""First and last name from columns of their own, else from a whole name; its last word is the last name."""

MACROS = (
    "CREATE OR REPLACE MACRO name_words(x) AS list_filter(string_split(person_text(x), ' '), lambda w, i: w <> '' "
    f"AND NOT list_contains(person_titles(), w) AND NOT list_contains(person_suffixes(), w) AND NOT (i > 1 AND "
    f"list_contains({SUFFIXES}, w)))",
    "CREATE OR REPLACE MACRO plain_ending(x) AS regexp_replace(x, 'ie$', 'y')",
    "CREATE OR REPLACE MACRO squeezed(x) AS array_to_string(list_filter(string_split(x, ''), lambda c, i: i = 1 OR "
    "c <> x[i - 1]), '')",
    "CREATE OR REPLACE MACRO sound_of(x) AS CASE WHEN regexp_matches(x, '^[aeiou]') THEN 'a' ELSE '' END || "
    "squeezed(ltrim(skeleton(' ' || x)))",
)
